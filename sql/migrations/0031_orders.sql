set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What people order. Nothing is updated: the row with the highest revision counts, so an order that
-- was cancelled is a row of its own, and no generation can bring it back.

-- 订餐规则 of a canteen's meal.
create table order_rules (
    canteen_code text not null,
    period text not null,
    revision integer not null,
    -- orders are taken until this time, so many days before
    cutoff_days integer not null,
    cutoff_at time not null,
    -- null where the kitchen sets no limit
    capacity integer,
    sides_per_main integer not null,
    -- so many meals not fetched within 30 days put standing orders on hold; null for never
    no_show_limit integer,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint order_rules_pk primary key (canteen_code, period, revision),
    constraint order_rules_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint order_rules_period_is_known check (period in ('breakfast', 'lunch', 'dinner')),
    constraint order_rules_are_possible check (
        cutoff_days between 0 and 31 and capacity >= 0 and sides_per_main >= 0
        and no_show_limit >= 1
    )
);

select shard_table('order_rules', 'reference');

create view current_order_rules as
select distinct on (canteen_code, period) *
from order_rules
order by canteen_code, period, revision desc;

-- 长期订餐: which weekdays a person eats, until it is ended.
create table standing_orders (
    diner_id bigint not null,
    standing_no integer not null,
    revision integer not null,
    canteen_code text not null,
    period text not null,
    -- 1 for Monday
    weekdays smallint[] not null,
    mode text not null,
    size text not null,
    -- empty for the set of the day
    dishes text[] not null,
    note text not null,
    channel text not null,
    -- the proxy or the group for whom; '' for the person
    ordered_by text not null,
    valid_from date not null,
    -- null while it has no end
    valid_to date,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint standing_orders_pk primary key (diner_id, standing_no, revision),
    constraint standing_orders_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint standing_orders_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint standing_orders_period_is_known
        check (period in ('breakfast', 'lunch', 'dinner')),
    constraint standing_orders_weekdays_are_known
        check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[]),
    constraint standing_orders_mode_is_known
        check (mode in ('dine_in', 'pickup', 'home_delivery')),
    constraint standing_orders_size_is_known check (size in ('small', 'regular', 'large')),
    constraint standing_orders_channel_is_known
        check (channel in ('clerk', 'phone', 'proxy', 'group'))
);

select shard_table('standing_orders', 'diner');

-- Serves the nightly generation: the standing orders of a canteen.
create index standing_orders_by_canteen on standing_orders (canteen_code);

create view current_standing_orders as
select distinct on (diner_id, standing_no) *
from standing_orders
order by diner_id, standing_no, revision desc;

-- 订餐: one meal of one person.
create table orders (
    diner_id bigint not null,
    service_date date not null,
    period text not null,
    revision integer not null,
    state text not null,
    canteen_code text not null,
    mode text not null,
    size text not null,
    -- empty for the set of the day
    dishes text[] not null,
    note text not null,
    channel text not null,
    -- the proxy or the group for whom; '' for the person
    ordered_by text not null,
    -- which standing order it comes from; null for a single one
    standing_no integer,
    -- whether it came after the cut-off
    is_late boolean not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint orders_pk primary key (diner_id, service_date, period, revision),
    constraint orders_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint orders_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint orders_state_is_known check (state in ('ordered', 'cancelled')),
    constraint orders_period_is_known check (period in ('breakfast', 'lunch', 'dinner')),
    constraint orders_mode_is_known check (mode in ('dine_in', 'pickup', 'home_delivery')),
    constraint orders_size_is_known check (size in ('small', 'regular', 'large')),
    constraint orders_channel_is_known check (channel in ('clerk', 'phone', 'proxy', 'group'))
);

select shard_table('orders', 'diner');

-- Serves the kitchen's count, the generation and the list of a day.
create index orders_by_day on orders (service_date, period);

create view current_orders as
select distinct on (diner_id, service_date, period) *
from orders
order by diner_id, service_date, period, revision desc;

grant select on current_order_rules, current_standing_orders, current_orders to canteen_app;
