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
with here as (
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.guest_kind is null
),
records as (
    -- A person's meals stand under every record that was merged into theirs.
    select person_id, person_id as diner_id from here
    union all
    select a.into_diner_id, a.diner_id
    from current_diner_aliases as a
    join here as h on h.person_id = a.into_diner_id
),
neighbours as (
    select
        c.check_in_id, c.service_date, c.canteen_code, c.served_at,
        lag(c.canteen_code) over person as earlier_canteen,
        lag(c.served_at) over person as earlier_at
    from records as r
    cross join lateral (
        -- One person's meals by their own index, and not everybody's of those days.
        select m.diner_id, m.check_in_id, m.service_date, m.canteen_code, m.served_at
        from check_ins as m
        where m.diner_id = r.diner_id
            and m.service_date between :'day_from'::date and :'day_to'::date
        offset 0
    ) as c
    left join check_in_reversals as v
        on v.diner_id = c.diner_id
        and v.service_date = c.service_date
        and v.check_in_id = c.check_in_id
    where v.check_in_id is null
    window person as (
        partition by r.person_id, c.service_date order by c.served_at, c.check_in_id
    )
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
