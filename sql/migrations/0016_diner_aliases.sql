set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 并档: a number of the register that stands for the person of another number, because two records
-- were one person. Both histories stay where they are. The row with the highest revision counts; one
-- that points at itself undoes the merge. Seldom written and read with every check-in: so a copy
-- everywhere, and no key into the diners' tables.
create table diner_aliases (
    diner_id bigint not null,
    revision integer not null,
    into_diner_id bigint not null,
    merged_at timestamptz not null,
    merged_by text not null,
    reason text not null,
    constraint diner_aliases_pk primary key (diner_id, revision),
    constraint diner_aliases_have_a_reason check (reason <> '')
);

select shard_table('diner_aliases', 'reference');

create view current_diner_aliases as
select *
from (
    select distinct on (diner_id) *
    from diner_aliases
    order by diner_id, revision desc
) as latest
where into_diner_id <> diner_id;

grant select on current_diner_aliases to canteen_app;
