set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 留样: who took it when, and who destroyed it when. Destroying is a new revision.
alter table food_samples
    -- null for a sample that was only weighed
    add column taken_at timestamptz,
    add column taken_by text not null default '',
    -- null while it is kept
    add column destroyed_at timestamptz,
    add column destroyed_by text not null default '',
    add constraint food_samples_weigh_something check (grams >= 0),
    add constraint food_samples_are_destroyed_after_they_were_taken
        check (destroyed_at >= taken_at);

create or replace view current_food_samples as
select distinct on (canteen_code, service_date, period, dish) *
from food_samples
order by canteen_code, service_date, period, dish, revision desc;
