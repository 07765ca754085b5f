set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Budgets stand in the policies; a second list of them could only disagree.
drop view current_funding_budgets;
drop table funding_budgets;
delete from table_placements where table_name = 'funding_budgets';

-- 清点文件: tables of counts that were taken from the drop folder. The same bytes are never taken
-- again: an old table that is dropped once more does not undo a correction.
create table count_files (
    file_sha256 bytea not null,
    name text not null,
    rows integer not null,
    taken_at timestamptz not null,
    taken_by text not null,
    constraint count_files_are_taken_once primary key (file_sha256)
);

select shard_table('count_files', 'local');

-- Serves reconciliation: lines that came into the books after their own day, which are few.
create index check_ins_posted_late
    on check_ins (canteen_code, posted_on, service_date) where posted_on > service_date;

-- Serves the report: what was found since yesterday.
create index findings_by_time on findings (found_at);
