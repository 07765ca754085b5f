-- id: R10
-- title.zh: 连续多日数量相同
-- title.en: the same count on many days running
-- severity: warning
-- limits: days 2..60, min_meals 1..1000
-- Fires on the day on which a period's count of meals, or that of its subsidised meals, has been the same
-- for the given number of the period's own serving days running, once for each run.
-- Window: three times that many days before the days asked for. Parameters: days (default 15), min_meals
-- (smaller counts repeat by chance; default 10).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '15' \endif
\if :{?min_meals} \else \set min_meals '10' \endif
with asked as (
    select
        c.period, c.service_date, count(*) as meals,
        count(*) filter (where c.diner_fen < c.list_fen and c.category is not null) as claimed
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
    group by 1, 2
),
before as (
    -- The last two serving days of each period before the days asked for.
    select p.period, d.service_date
    from (select distinct period from asked) as p
    left join lateral (
        select c.service_date
        from check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date between :'day_from'::date - 21 and :'day_from'::date - 1
            and c.period = p.period
        order by c.service_date desc
        limit 1
    ) as one on true
    left join lateral (
        select c.service_date
        from check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date between :'day_from'::date - 21 and :'day_from'::date - 1
            and c.service_date < one.service_date
            and c.period = p.period
        order by c.service_date desc
        limit 1
    ) as two on true
    cross join lateral (values (one.service_date), (two.service_date)) as d (service_date)
    where d.service_date is not null
),
lately as (
    select * from asked
    union all
    select
        c.period, c.service_date, count(*),
        count(*) filter (where c.diner_fen < c.list_fen and c.category is not null)
    from standing_check_ins as c
    join before as b on b.period = c.period and b.service_date = c.service_date
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
            l.service_date, k.n, lag(k.n, 1) over days as one, lag(k.n, 2) over days as two
        from lately as l
        cross join lateral (values ('meals', l.meals), ('claimed', l.claimed)) as k (kind, n)
        window days as (partition by l.period, k.kind order by l.service_date)
    ) as l
    where service_date >= :'day_from'::date
        and n >= :'min_meals'::integer
        and n = one
        and n = two
),
counts as (
    select d.service_date, d.period, k.kind, k.n as meals
    from (
        select
            c.service_date, c.period, count(*) as meals,
            count(*) filter (where c.diner_fen < c.list_fen and c.category is not null) as claimed
        from standing_check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date between :'day_from'::date - 3 * :'days'::integer and :'day_to'::date
            and (select n from suspects) > 0
        group by 1, 2
    ) as d
    cross join lateral (values ('meals', d.meals), ('claimed', d.claimed)) as k (kind, n)
    where k.n > 0
),
steps as (
    select
        *, case when meals = lag(meals) over (partition by period, kind order by service_date) then 0
        else 1 end as changed
    from counts
),
runs as (
    select *, sum(changed) over (partition by period, kind order by service_date) as run from steps
),
numbered as (
    select *, row_number() over (partition by period, kind, run order by service_date) as n from runs
)
select distinct on (service_date, period)
    service_date,
    'block ' || period as subject,
    format('连续 %s 个供餐日都是 %s 份%s', n, meals, case kind when 'claimed' then '补贴餐' else '' end)
        as zh,
    format('%s serving days running with just %s %smeals', n, meals,
        case kind when 'claimed' then 'subsidised ' else '' end) as en
from numbered
where service_date between :'day_from'::date and :'day_to'::date
    and n = :'days'::integer
    and meals >= :'min_meals'::integer
order by service_date, period, kind desc
