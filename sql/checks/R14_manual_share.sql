-- id: R14
-- title.zh: 人工核验过多
-- title.en: too many identified by hand
-- severity: warning
-- limits: share 0..100, peers 1..100, min_meals 1..100000
-- Fires (a) for each month in which more than a share of dine-in meals were identified by hand, and (b)
-- for each member of staff whose own share is above twice that of the others; who that is, the list of
-- irregularities says, and not the subject, which goes out by mail. What was entered late
-- from a list (after a power cut, say) and guests have no card to read and do not count.
-- Window: months that end on one of the days asked for. Parameters: share (percent, default
-- 10; the nightly job takes it from the policies where they name one), peers
-- (times, default 2), min_meals (fewer say nothing; default 20).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?share} \else \set share '10' \endif
\if :{?peers} \else \set peers '2' \endif
\if :{?min_meals} \else \set min_meals '20' \endif
with months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
),
lines as (
    select m.month_to, c.recorded_by, count(*) as meals,
        count(*) filter (where c.auth_method = 'manual') as manual
    from months as m
    join standing_check_ins as c
        on c.canteen_code = :'canteen' and c.service_date between m.month_from and m.month_to
    where c.mode = 'dine_in'
        and c.entry <> 'late'
        and c.guest_kind is null
        and c.service_date between
            date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
    group by 1, 2
),
sums as (
    select
        *, sum(meals) over whole as all_meals, sum(manual) over whole as all_manual
    from lines
    window whole as (partition by month_to)
)
select distinct
    month_to as service_date,
    'manual' as subject,
    format('本月堂食 %s 份，人工核验 %s 份，超过 %s%%', all_meals, all_manual, :'share') as zh,
    format('%s of %s dine-in meals by hand, more than %s%%', all_manual, all_meals, :'share') as en
from sums
where all_meals >= :'min_meals'::integer and all_manual * 100 > all_meals * :'share'::numeric
union all
select
    month_to,
    'operator ' || left(md5(recorded_by), 12),
    format('人工核验 %s / %s，超过其他人的 %s 倍', manual, meals, :'peers'),
    format('%s of %s by hand, above %s times the others', manual, meals, :'peers')
from sums
where meals >= :'min_meals'::integer
    and all_meals - meals >= :'min_meals'::integer
    and manual * (all_meals - meals) > :'peers'::numeric * (all_manual - manual) * meals
    and manual * 100 > meals * :'share'::numeric
