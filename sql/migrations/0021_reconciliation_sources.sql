set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What reconciliation compares check-ins with: counts that others made, and what an office expects.
-- Each is corrected by a new revision.

-- 阈值: the parameters of a check as a canteen's office sets them; without a row the default of the
-- check's file holds.
create table check_thresholds (
    check_id text not null,
    -- '' for every canteen that has none of its own
    canteen_code text not null,
    parameter text not null,
    revision integer not null,
    value text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint check_thresholds_pk primary key (check_id, canteen_code, parameter, revision)
);

select shard_table('check_thresholds', 'local');

-- Counts of one canteen-day that do not come from check-ins: the till by means of payment, a gate or
-- tray counter and delivery receipts by meal, and the kitchen's portions by meal.
create table independent_counts (
    canteen_code text not null,
    service_date date not null,
    -- what was counted: till (fen), gate, delivered, produced, carried_in, carried_over, wasted
    source text not null,
    -- the means of payment for the till, the meal for the others
    key text not null,
    revision integer not null,
    amount bigint not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint independent_counts_pk
        primary key (canteen_code, service_date, source, key, revision),
    constraint independent_counts_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint independent_counts_source_is_known check (
        source in ('till', 'gate', 'delivered', 'produced', 'carried_in', 'carried_over', 'wasted')
    ),
    constraint independent_counts_are_not_negative check (amount >= 0)
);

select shard_table('independent_counts', 'local');

-- 食品留样: what was kept of each dish.
create table food_samples (
    canteen_code text not null,
    service_date date not null,
    period text not null,
    dish text not null,
    revision integer not null,
    grams integer not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint food_samples_pk
        primary key (canteen_code, service_date, period, dish, revision),
    constraint food_samples_canteen_exists foreign key (canteen_code) references canteens (code)
);

select shard_table('food_samples', 'local');

-- How many persons may be claimed at a canteen, by tier; '' counts everyone enrolled.
create table eligible_counts (
    canteen_code text not null,
    category text not null,
    valid_from date not null,
    revision integer not null,
    eligible integer not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint eligible_counts_pk primary key (canteen_code, category, valid_from, revision),
    constraint eligible_counts_canteen_exists foreign key (canteen_code) references canteens (code)
);

select shard_table('eligible_counts', 'local');

-- What a funding source has for a year, over all canteens.
create table funding_budgets (
    source text not null,
    year integer not null,
    revision integer not null,
    fen bigint not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint funding_budgets_pk primary key (source, year, revision)
);

select shard_table('funding_budgets', 'local');

-- 抽查: one beneficiary who was asked by phone or visited, drawn with a stored seed.
create table spot_checks (
    diner_id bigint not null,
    canteen_code text not null,
    checked_on date not null,
    seed bigint not null,
    result text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint spot_checks_pk primary key (diner_id, canteen_code, checked_on)
);

select shard_table('spot_checks', 'diner');

create view current_independent_counts as
select distinct on (canteen_code, service_date, source, key) *
from independent_counts
order by canteen_code, service_date, source, key, revision desc;

create view current_food_samples as
select distinct on (canteen_code, service_date, period, dish) *
from food_samples
order by canteen_code, service_date, period, dish, revision desc;

create view current_eligible_counts as
select distinct on (canteen_code, category, valid_from) *
from eligible_counts
order by canteen_code, category, valid_from, revision desc;

create view current_funding_budgets as
select distinct on (source, year) *
from funding_budgets
order by source, year, revision desc;

create view current_check_thresholds as
select distinct on (check_id, canteen_code, parameter) *
from check_thresholds
order by check_id, canteen_code, parameter, revision desc;

-- Check-ins that were not reversed, each with the person whose record it is.
create view standing_check_ins as
select c.*, coalesce(a.into_diner_id, c.diner_id) as person_id
from check_ins as c
left join current_diner_aliases as a on a.diner_id = c.diner_id
where not exists (
    select
    from check_in_reversals as r
    where r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
);

grant select on
    current_independent_counts, current_food_samples, current_eligible_counts,
    current_funding_budgets, current_check_thresholds, standing_check_ins
to canteen_app;

-- Serves every check: a canteen's lines of some service days.
create index check_ins_by_canteen_and_service_day on check_ins (canteen_code, service_date);

-- 处理: where a finding stands after each thing that was said or done about it.
alter table finding_explanations
    add column step text not null default 'explained',
    add column reason text not null default 'other',
    add constraint finding_explanations_step_is_known
        check (step in ('explained', 'accepted', 'disallowed', 'recovered')),
    add constraint finding_explanations_reason_is_known check (
        reason in (
            'data_entry', 'late_sync', 'visiting_group', 'registered_proxy', 'counting_error',
            'register_outdated', 'policy_changed', 'misuse', 'other'
        )
    );
