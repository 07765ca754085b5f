set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 志愿者: who helps, when, and the points that they earn and spend.
create table volunteers (
    volunteer_id bigint generated always as identity,
    name text not null,
    -- who they are in the register; null for somebody who is not in it
    diner_id bigint,
    joined_on date not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    -- Never changes: the right to update it is the right to lock the row.
    lock_word smallint not null default 0,
    constraint volunteers_pk primary key (volunteer_id),
    constraint volunteers_have_a_name check (name <> ''),
    constraint volunteers_lock_word_never_changes check (lock_word = 0)
);

select shard_table('volunteers', 'key', 'volunteer_id');
grant update (lock_word) on volunteers to canteen_app;

-- 班次: planned first, then with the minutes that were worked; each a revision.
create table volunteer_shifts (
    volunteer_id bigint not null,
    shift_no integer not null,
    revision integer not null,
    canteen_code text not null,
    service_date date not null,
    task text not null,
    planned_minutes integer not null,
    -- null until somebody has confirmed it
    worked_minutes integer,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint volunteer_shifts_pk primary key (volunteer_id, shift_no, revision),
    constraint volunteer_shifts_volunteer_exists
        foreign key (volunteer_id) references volunteers (volunteer_id),
    constraint volunteer_shifts_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint volunteer_shifts_last_a_day_at_most check (
        planned_minutes between 1 and 1440 and worked_minutes between 0 and 1440
    )
);

select shard_table('volunteer_shifts', 'key', 'volunteer_id');

create view current_volunteer_shifts as
select distinct on (volunteer_id, shift_no) *
from volunteer_shifts
order by volunteer_id, shift_no, revision desc;

-- 积分规则: so many points for so many minutes of a task, so many for a meal worth so many fen.
create table point_rules (
    kind text not null,
    -- the task that earns, or the meal that is paid
    key text not null,
    revision integer not null,
    points integer not null,
    -- null for a meal
    minutes integer,
    -- what the points of a meal are worth; null for a task
    fen bigint,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint point_rules_pk primary key (kind, key, revision),
    constraint point_rules_kind_is_known check (kind in ('earn', 'spend')),
    constraint point_rules_points_are_positive check (points > 0),
    constraint point_rules_are_whole check (
        (kind = 'earn' and minutes > 0 and fen is null)
        or (kind = 'spend' and minutes is null and fen > 0)
    )
);

select shard_table('point_rules', 'reference');

create view current_point_rules as
select distinct on (kind, key) *
from point_rules
order by kind, key, revision desc;

-- 积分账: each entry stands on the one before it and can never lead below zero, whoever writes it and
-- however many at once: the same number can be taken once, and what it starts from is what the entry
-- before left.
create table point_entries (
    volunteer_id bigint not null,
    entry_no integer not null,
    -- null for the first entry
    previous_no integer,
    kind text not null,
    points integer not null,
    balance_before integer not null,
    balance integer not null,
    -- null unless it was earned in a shift
    shift_no integer,
    -- null unless a meal was paid, or its points came back
    check_in_id uuid,
    note text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint point_entries_pk primary key (volunteer_id, entry_no),
    constraint point_entries_leave_a_balance unique (volunteer_id, entry_no, balance),
    constraint point_entries_volunteer_exists
        foreign key (volunteer_id) references volunteers (volunteer_id),
    constraint point_entries_stand_on_the_one_before
        foreign key (volunteer_id, previous_no, balance_before)
        references point_entries (volunteer_id, entry_no, balance),
    constraint point_entries_begin_at_nothing
        check (entry_no > 1 or (previous_no is null and balance_before = 0)),
    constraint point_entries_go_one_by_one
        check (entry_no = 1 or (previous_no is not null and previous_no = entry_no - 1)),
    constraint point_entries_add_up check (balance = balance_before + points),
    constraint point_entries_never_go_below_zero check (balance >= 0),
    constraint point_entries_kind_is_known
        check (kind in ('earned', 'spent', 'returned', 'adjusted')),
    constraint point_entries_move_something check (points <> 0),
    constraint point_entries_pay_a_meal_once unique (volunteer_id, check_in_id, kind)
);

select shard_table('point_entries', 'key', 'volunteer_id');

-- Serves the reversal of a check-in: whose points paid it.
create index point_entries_by_check_in on point_entries (check_in_id) where check_in_id is not null;

grant select on current_volunteer_shifts, current_point_rules to canteen_app;
