-- id: R10
-- title.zh: 连续多日数量相同
-- title.en: the same count on many days running
-- severity: warning
-- limits: days 2..60, min_meals 1..1000
-- Fires on the day on which a period's count of meals has been the same for the given number of serving
-- days running, once for each run.
-- Window: three times that many days before the days asked for. Parameters: days (default 15), min_meals
-- (smaller counts repeat by chance; default 10).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '15' \endif
\if :{?min_meals} \else \set min_meals '10' \endif
with before as (
    -- The last two serving days before the days asked for.
    select d::date as service_date
    from generate_series(:'day_from'::date - 21, :'day_from'::date - 1, interval '1 day') as d
    where (
        select 1
        from check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date = d::date
            and c.service_date between :'day_from'::date - 21 and :'day_from'::date - 1
        limit 1
    ) = 1
    order by 1 desc
    limit 2
),
lately as (
    select c.period, c.service_date, count(*) as meals
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
    group by 1, 2
    union all
    select c.period, c.service_date, count(*)
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date = any (array(select service_date from before))
        and c.service_date between :'day_from'::date - 21 and :'day_from'::date - 1
    group by 1, 2
),
suspects as (
    -- Three days running with one count, or there is no need to read weeks.
    select count(*) as n
    from (
        select
            service_date, meals, lag(meals, 1) over days as one, lag(meals, 2) over days as two
        from lately
        window days as (partition by period order by service_date)
    ) as l
    where service_date >= :'day_from'::date and meals = one and meals = two
),
counts as (
    select c.service_date, c.period, count(*) as meals
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date - 3 * :'days'::integer and :'day_to'::date
        and (select n from suspects) > 0
    group by 1, 2
),
steps as (
    select
        *, case when meals = lag(meals) over (partition by period order by service_date) then 0
        else 1 end as changed
    from counts
),
runs as (
    select *, sum(changed) over (partition by period order by service_date) as run from steps
),
numbered as (
    select *, row_number() over (partition by period, run order by service_date) as n from runs
)
select
    service_date,
    'block ' || period as subject,
    format('连续 %s 个供餐日都是 %s 份', n, meals) as zh,
    format('%s serving days running with just %s meals', n, meals) as en
from numbered
where service_date between :'day_from'::date and :'day_to'::date
    and n = :'days'::integer
    and meals >= :'min_meals'::integer
