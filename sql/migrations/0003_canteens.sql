set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Canteens and service points.
create table canteens (
    code text not null,
    name text not null,
    kind text not null,
    region_code text not null,
    operator_name text not null,
    -- 统一社会信用代码; null while the operator has none on file
    credit_code text,
    -- null where nobody counted the seats
    seats integer,
    opened_on date not null,
    -- Never changes: the application's right to update it is its right to lock the row, which a day
    -- close takes against check-ins.
    lock_word smallint not null default 0,
    constraint canteens_pk primary key (code),
    constraint canteens_region_exists foreign key (region_code) references regions (code),
    constraint canteens_have_a_code_and_a_name check (code <> '' and name <> ''),
    constraint canteens_kind_is_known
        check (kind in ('kitchen', 'distribution', 'central_kitchen')),
    constraint canteens_seats_are_positive check (seats > 0),
    constraint canteens_lock_word_never_changes check (lock_word = 0)
);

select shard_table('canteens', 'reference');
grant update (lock_word) on canteens to canteen_app;

-- When a canteen serves which meal, in its own local time. A changed window is a new row with a later
-- first day, so that an old check-in is judged by the window of its day.
create table canteen_periods (
    canteen_code text not null,
    period text not null,
    valid_from date not null,
    starts_at time not null,
    ends_at time not null,
    constraint canteen_periods_pk primary key (canteen_code, period, valid_from),
    constraint canteen_periods_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint canteen_periods_period_is_known check (period in ('breakfast', 'lunch', 'dinner')),
    constraint canteen_periods_end_after_they_start check (ends_at > starts_at)
);

select shard_table('canteen_periods', 'reference');
