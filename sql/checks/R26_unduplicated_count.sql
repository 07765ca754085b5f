-- id: R26
-- title.zh: 去重人数与各点合计不符
-- title.en: persons of the canteens and of the street differ
-- severity: notice
-- Fires once a month for a street whose canteens' persons add up to more than its distinct persons: the
-- street must claim the smaller number. Guests are no persons of the register. Looked at and reported at
-- the first of its canteens.
-- Window: months that end on one of the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with street as (
    select k.code, r.code as street_code
    from canteens as k
    join regions as n on n.code = k.region_code
    join regions as r on r.code = case n.level when 'community' then n.parent_code else n.code end
),
mine as (
    select s.street_code
    from street as s
    where s.street_code = (select street_code from street where code = :'canteen')
    group by s.street_code
    having min(s.code) = :'canteen'
),
months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
        and exists (select from mine)
),
sites as (
    select m.month_to, s.street_code, c.person_id, count(distinct c.canteen_code) as sites
    from months as m
    join standing_check_ins as c on c.service_date between m.month_from and m.month_to
    join street as s on s.code = c.canteen_code
    where s.street_code = (select street_code from mine)
        and c.guest_kind is null
        and c.service_date between
            date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
    group by 1, 2, 3
),
sums as (
    select month_to, street_code, sum(sites) as person_sites, count(*) as persons
    from sites
    group by 1, 2
)
select
    month_to as service_date,
    'persons ' || street_code as subject,
    format('各点人数合计 %s，去重后 %s 人', person_sites, persons) as zh,
    format('%s person-sites, %s distinct persons', person_sites, persons) as en
from sums
where person_sites <> persons
