set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 送餐路线: who brings a meal to whom, in which order. A new plan of the same meal is a new revision of
-- all its rounds.
create table delivery_rounds (
    canteen_code text not null,
    service_date date not null,
    period text not null,
    revision integer not null,
    round_no integer not null,
    courier text not null,
    -- persons in the order of the stops
    stops bigint[] not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint delivery_rounds_pk
        primary key (canteen_code, service_date, period, revision, round_no),
    constraint delivery_rounds_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint delivery_rounds_have_a_courier check (courier <> ''),
    constraint delivery_rounds_are_numbered_from_one check (round_no >= 1)
);

select shard_table('delivery_rounds', 'local');

create view current_delivery_rounds as
select r.*
from delivery_rounds as r
where r.revision = (
    select max(o.revision)
    from delivery_rounds as o
    where o.canteen_code = r.canteen_code
        and o.service_date = r.service_date
        and o.period = r.period
);

grant select on current_delivery_rounds to canteen_app;

-- 送餐签收: what happened at the door, once a meal.
create table delivery_receipts (
    diner_id bigint not null,
    service_date date not null,
    period text not null,
    canteen_code text not null,
    received_at timestamptz not null,
    -- the person's own name, or who took it for them
    received_by text not null,
    is_proxy boolean not null,
    courier text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint delivery_receipts_once_a_meal primary key (diner_id, service_date, period),
    constraint delivery_receipts_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint delivery_receipts_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint delivery_receipts_name_somebody check (received_by <> '')
);

select shard_table('delivery_receipts', 'diner');

-- Serves the count of a day's deliveries.
create index delivery_receipts_by_canteen on delivery_receipts (canteen_code, service_date);
