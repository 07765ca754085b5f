-- id: R12
-- title.zh: 非供餐时段或停餐日签到
-- title.en: a check-in outside of the meal period or on a closed day
-- severity: warning
-- limits: few 0..100
-- Fires (a) for each check-in more than a grace period before its meal's window opens or after it
-- closes, and for a meal that the canteen does not serve at all; (b) for a day with so few check-ins,
-- against what is usual on that weekday and altogether, that the canteen was perhaps closed; (c) once for
-- a day that the canteen registered as closed and on which somebody ate all the same.
-- Window: 56 days before the days asked for. Parameters: grace (default 15 minutes), few (percent of
-- the usual meals of a day, default 15).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?grace} \else \set grace '15 minutes' \endif
\if :{?few} \else \set few '15' \endif
\if :{?zone} \else \set zone 'Asia/Shanghai' \endif
with closed as (
    select k.service_date, k.name
    from current_canteen_days as k
    where k.canteen_code = :'canteen'
        and k.service_date between :'day_from'::date - 56 and :'day_to'::date
        and k.kind = 'closed'
),
served as not materialized (
    -- Counted day by day, where a day is asked for: an index knows how many lines each has.
    select d::date as service_date, extract(isodow from d) as weekday, c.n
    from generate_series(
        (:'day_from'::date - 56)::timestamp, :'day_to'::date, interval '1 day'
    ) as d
    cross join lateral (
        select count(*) as n
        from check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date = d::date
            and c.service_date between :'day_from'::date - 56 and :'day_to'::date
    ) as c
    where c.n > 0 and not exists (select from closed as k where k.service_date = d::date)
)
select
    c.service_date,
    c.check_in_id::text as subject,
    format(
        '签到 %s，供餐时段 %s',
        to_char(c.served_at at time zone :'zone', 'HH24:MI'),
        coalesce(
            to_char(w.starts_at, 'HH24:MI') || '–' || to_char(w.ends_at, 'HH24:MI'), '未登记'
        )
    ) as zh,
    format(
        'checked in at %s, the meal is served %s',
        to_char(c.served_at at time zone :'zone', 'HH24:MI'),
        coalesce(to_char(w.starts_at, 'HH24:MI') || '–' || to_char(w.ends_at, 'HH24:MI'), 'never')
    ) as en
from standing_check_ins as c
left join lateral (
    select p.starts_at, p.ends_at
    from canteen_periods as p
    where p.canteen_code = c.canteen_code
        and p.period = c.period
        and p.valid_from <= c.service_date
    order by p.valid_from desc
    limit 1
) as w on true
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (
        w.starts_at is null
        or c.served_at at time zone :'zone' < c.service_date + w.starts_at - :'grace'::interval
        or c.served_at at time zone :'zone' > c.service_date + w.ends_at + :'grace'::interval
    )
union all
select
    d.service_date,
    'closed',
    format('当日只有 %s 笔签到，平日约 %s 笔：当日是否停餐', d.n, u.usual),
    format('only %s check-ins, %s are usual: was the canteen closed?', d.n, u.usual)
from served as d
cross join lateral (
    select count(*) as days, percentile_disc(0.5) within group (order by s.n) as usual
    from served as s
    where s.service_date between d.service_date - 56 and d.service_date - 7
        and s.weekday = d.weekday
) as w
cross join lateral (
    select count(*) as days, percentile_disc(0.5) within group (order by s.n) as usual
    from served as s
    where s.service_date between d.service_date - 56 and d.service_date - 1
        -- A weekday on which few come every week is an open day, and nothing more is counted.
        and (w.days <= 2 or d.n * 100 < w.usual * :'few'::numeric)
) as u
where d.service_date between :'day_from'::date and :'day_to'::date
    and u.days >= 20
    and d.n * 100 < u.usual * :'few'::numeric
union all
select
    k.service_date,
    'closed',
    format('当日登记为停餐（%s），却有 %s 笔签到', k.name, count(*)),
    format('registered as closed (%s), and there are %s check-ins', k.name, count(*))
from closed as k
join standing_check_ins as c
    on c.canteen_code = :'canteen'
    and c.service_date = k.service_date
    and c.service_date between :'day_from'::date and :'day_to'::date
group by k.service_date, k.name
