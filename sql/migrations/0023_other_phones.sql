set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- A person is found by each of their phones, not by the first alone.
alter table diner_records
    -- Keyed hashes of each further phone: of its last four digits, and of all of it. null without one
    add column other_phone_tails bigint[],
    add column other_phone_keys bigint[];

-- Serves the counter: the last four of a further phone. Few persons have one.
create index diner_records_by_other_phones on diner_records using gin (other_phone_tails)
where other_phone_tails is not null;

create or replace view current_diner_records as
select distinct on (diner_id) *
from diner_records
order by diner_id, record_no desc;
