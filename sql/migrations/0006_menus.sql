set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Menus as they were published: a change is a new revision, and what was published stays.
create table menus (
    canteen_code text not null,
    service_date date not null,
    period text not null,
    revision integer not null,
    published_at timestamptz not null,
    published_by text not null,
    content_sha256 bytea not null,
    constraint menus_pk primary key (canteen_code, service_date, period, revision),
    constraint menus_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint menus_period_is_known check (period in ('breakfast', 'lunch', 'dinner'))
);

select shard_table('menus', 'reference');

create table menu_dishes (
    canteen_code text not null,
    service_date date not null,
    period text not null,
    revision integer not null,
    dish_no integer not null,
    name text not null,
    category text not null,
    -- null for a dish that is part of the set
    price_fen bigint,
    allergens text[] not null,
    constraint menu_dishes_pk
        primary key (canteen_code, service_date, period, revision, dish_no),
    constraint menu_dishes_menu_exists
        foreign key (canteen_code, service_date, period, revision)
        references menus (canteen_code, service_date, period, revision),
    constraint menu_dishes_have_a_name check (name <> ''),
    constraint menu_dishes_category_is_known
        check (category in ('meat', 'vegetable', 'soup', 'staple', 'set')),
    constraint menu_dishes_price_is_not_negative check (price_fen >= 0)
);

select shard_table('menu_dishes', 'reference');

create view current_menus as
select distinct on (canteen_code, service_date, period) *
from menus
order by canteen_code, service_date, period, revision desc;

grant select on current_menus to canteen_app;
