set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- A day that was entered wrongly, or that a later notice changed, is corrected by a new revision; an
-- 'ordinary' day is told by its weekday again.
alter table calendar_days
    add column revision integer not null default 1,
    add column recorded_by text not null default '',
    add column recorded_at timestamptz not null default '1970-01-01T00:00:00Z',
    drop constraint calendar_days_pk,
    add constraint calendar_days_pk primary key (service_date, revision),
    drop constraint calendar_days_kind_is_known,
    add constraint calendar_days_kind_is_known check (kind in ('holiday', 'workday', 'ordinary')),
    add constraint calendar_days_are_numbered_from_one check (revision >= 1);

alter table calendar_days
    alter column revision drop default,
    alter column recorded_by drop default,
    alter column recorded_at drop default;

create view current_calendar_days as
select distinct on (service_date) *
from calendar_days
order by service_date, revision desc;

grant select on current_calendar_days to canteen_app;
