-- id: R16
-- title.zh: 从不缺席
-- title.en: never absent
-- severity: notice
-- Fires for each person who ate in on every day on which the canteen served, over three months: perhaps a
-- card that others use. 90 and older, and those in need of care, are the ones to look at first.
-- Window: 90 days before the end of months that end on one of the days asked for. Parameters: days
-- (default 90), min_days (serving days, default 45).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '90' \endif
\if :{?min_days} \else \set min_days '45' \endif
with months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
),
served as (
    select m.month_to, c.person_id, c.service_date
    from months as m
    join standing_check_ins as c
        on c.canteen_code = :'canteen'
        and c.service_date between m.month_to - :'days'::integer + 1 and m.month_to
    where c.mode = 'dine_in'
),
open_days as (
    select month_to, count(distinct service_date) as days from served group by month_to
)
select
    s.month_to as service_date,
    'diner ' || s.person_id as subject,
    format(
        '%s 个供餐日全部到场%s', o.days,
        case when d.birth_date + interval '90 years' <= s.month_to then '，已满 90 岁' else '' end
    ) as zh,
    format(
        'present on all of %s serving days%s', o.days,
        case when d.birth_date + interval '90 years' <= s.month_to then ', aged 90 or more' else '' end
    ) as en
from served as s
join open_days as o on o.month_to = s.month_to
left join current_diner_records as d on d.diner_id = s.person_id
where o.days >= :'min_days'::integer
group by s.month_to, s.person_id, o.days, d.birth_date
having count(distinct s.service_date) = o.days
