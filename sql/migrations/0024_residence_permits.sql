set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 居住证: several cities ask for it beside the residence.
alter table diner_records
    add column residence_permit boolean not null default false;

create or replace view current_diner_records as
select distinct on (diner_id) *
from diner_records
order by diner_id, record_no desc;
