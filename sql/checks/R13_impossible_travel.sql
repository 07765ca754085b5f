-- id: R13
-- title.zh: 时间或地点不可能
-- title.en: impossible time or place
-- severity: warning
-- Fires for a check-in that follows another one of the same person too soon: at another canteen within
-- the travel time, or at the same one within the meal gap. Reported at the later canteen.
-- Parameters: travel (default 30 minutes), gap (default 120 minutes).
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?travel} \else \set travel '30 minutes' \endif
\if :{?gap} \else \set gap '120 minutes' \endif
with days as (
    -- Every line of the persons who ate at this canteen on the days in question, at any canteen.
    select c.diner_id, c.service_date, c.check_in_id, c.canteen_code, c.served_at
    from check_ins as c
    where c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_id in (
            select d.diner_id
            from check_ins as d
            where d.canteen_code = :'canteen'
                and d.service_date between :'day_from'::date and :'day_to'::date
        )
        and not exists (
            select
            from check_in_reversals as r
            where r.diner_id = c.diner_id
                and r.service_date = c.service_date
                and r.check_in_id = c.check_in_id
        )
),
neighbours as (
    select
        *,
        lag(canteen_code) over person as earlier_canteen,
        lag(served_at) over person as earlier_at
    from days
    window person as (partition by diner_id, service_date order by served_at, check_in_id)
)
select
    service_date,
    check_in_id::text as subject,
    format(
        '距上一次签到（%s）仅 %s 分钟', earlier_canteen,
        floor(extract(epoch from served_at - earlier_at) / 60)
    ) as zh,
    format(
        'only %s minutes after the check-in before it (%s)',
        floor(extract(epoch from served_at - earlier_at) / 60), earlier_canteen
    ) as en
from neighbours
where canteen_code = :'canteen'
    and served_at - earlier_at < case
        when earlier_canteen <> canteen_code then :'travel'::interval
        else :'gap'::interval
    end
order by service_date, check_in_id
