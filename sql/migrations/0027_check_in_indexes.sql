set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- One index in the place of two: each costs every check-in something.

-- Serves the counter and the street office (what a canteen served on a day, the latest first) and every
-- check (a canteen's lines of some service days).
create index check_ins_by_canteen_and_day on check_ins (canteen_code, service_date, served_at desc);

drop index check_ins_by_canteen_and_service_time;
drop index check_ins_by_canteen_and_service_day;
