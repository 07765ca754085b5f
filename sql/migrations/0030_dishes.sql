set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What a canteen can cook, what it plans for a week, and when it does not serve. Nothing is updated:
-- the row with the highest revision counts.

-- 菜品档案: everything that is known of a dish.
create table dishes (
    canteen_code text not null,
    name text not null,
    revision integer not null,
    category text not null,
    ingredients text[] not null,
    allergens text[] not null,
    -- in which forms besides the ordinary one it can be served: soft, minced, liquid
    textures text[] not null,
    -- nutrition of one portion; null where nobody computed it
    energy_kcal integer,
    protein_mg integer,
    fat_mg integer,
    carbohydrate_mg integer,
    sodium_mg integer,
    -- where the photo lies; a name, never the picture
    photo_ref text not null,
    -- of one portion; null while nobody reckoned it
    cost_fen bigint,
    is_served boolean not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint dishes_pk primary key (canteen_code, name, revision),
    constraint dishes_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint dishes_have_a_name check (name <> ''),
    constraint dishes_category_is_known
        check (category in ('meat', 'vegetable', 'soup', 'staple', 'set')),
    constraint dishes_textures_are_known check (textures <@ array['soft', 'minced', 'liquid']),
    constraint dishes_nutrition_is_not_negative check (
        energy_kcal >= 0 and protein_mg >= 0 and fat_mg >= 0 and carbohydrate_mg >= 0
        and sodium_mg >= 0
    ),
    constraint dishes_cost_is_not_negative check (cost_fen >= 0)
);

select shard_table('dishes', 'reference');

create view current_dishes as
select distinct on (canteen_code, name) *
from dishes
order by canteen_code, name, revision desc;

-- What a set or a single dish costs from a day on.
create table dish_prices (
    canteen_code text not null,
    name text not null,
    valid_from date not null,
    revision integer not null,
    price_fen bigint not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint dish_prices_pk primary key (canteen_code, name, valid_from, revision),
    constraint dish_prices_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint dish_prices_are_positive check (price_fen > 0)
);

select shard_table('dish_prices', 'reference');

create view current_dish_prices as
select distinct on (canteen_code, name, valid_from) *
from dish_prices
order by canteen_code, name, valid_from, revision desc;

-- What is planned for one meal, before anybody may rely on it.
create table menu_plans (
    canteen_code text not null,
    service_date date not null,
    period text not null,
    revision integer not null,
    -- in the order of the menu; the three lists go together
    dishes text[] not null,
    -- null where the price is the dish's own of that day, or where it is part of the set
    prices_fen bigint[] not null,
    -- whether it is sold by itself, beside the set
    are_single boolean[] not null,
    planned_by text not null,
    planned_at timestamptz not null,
    constraint menu_plans_pk primary key (canteen_code, service_date, period, revision),
    constraint menu_plans_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint menu_plans_period_is_known check (period in ('breakfast', 'lunch', 'dinner')),
    constraint menu_plans_lists_go_together check (
        cardinality(dishes) = cardinality(prices_fen)
        and cardinality(dishes) = cardinality(are_single)
    )
);

select shard_table('menu_plans', 'reference');

create view current_menu_plans as
select distinct on (canteen_code, service_date, period) *
from menu_plans
order by canteen_code, service_date, period, revision desc;

-- Days on which a canteen does not serve, and special ones; an 'ordinary' day takes either back.
create table canteen_days (
    canteen_code text not null,
    service_date date not null,
    revision integer not null,
    kind text not null,
    -- such as 重阳节 or 厨房检修; printed on the menu
    name text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint canteen_days_pk primary key (canteen_code, service_date, revision),
    constraint canteen_days_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint canteen_days_kind_is_known check (kind in ('closed', 'special', 'ordinary'))
);

select shard_table('canteen_days', 'reference');

create view current_canteen_days as
select distinct on (canteen_code, service_date) *
from canteen_days
order by canteen_code, service_date, revision desc;

grant select on current_dishes, current_dish_prices, current_menu_plans, current_canteen_days
to canteen_app;

-- What was known of a dish stands on the menu as it was published.
alter table menu_dishes
    add column ingredients text[] not null default '{}',
    add column textures text[] not null default '{}',
    add column energy_kcal integer,
    -- whether it is sold by itself, beside the set
    add column is_single boolean not null default false;
