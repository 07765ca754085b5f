-- id: R05
-- title.zh: 当日无资格
-- title.en: not entitled on the day
-- severity: warning
-- Fires for each subsidised line of a person who on the service day was neither old enough nor held an
-- active entitlement, or who was paused, moved away, withdrawn or on the staff.
-- Window: the days asked for. Parameters: min_age (years, default 60).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?min_age} \else \set min_age '60' \endif
select
    c.service_date,
    c.check_in_id::text as subject,
    coalesce('登记状态：' || s.status, '未达年龄，也没有当日有效的资格') as zh,
    coalesce('status: ' || s.status, 'neither old enough nor entitled on the day') as en
from standing_check_ins as c
left join current_diner_records as d on d.diner_id = c.person_id
left join lateral (
    select s.status
    from current_diner_statuses as s
    where s.diner_id = c.person_id
        and s.status in ('paused', 'moved', 'withdrawn', 'staff')
        and c.service_date between s.valid_from and coalesce(s.valid_to, 'infinity')
    limit 1
) as s on true
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and c.diner_fen < c.list_fen
    and (
        s.status is not null
        or (
            coalesce(d.birth_date + make_interval(years => :'min_age'::integer) > c.service_date, true)
            and not exists (
                select
                from active_entitlements as e
                where e.diner_id = c.person_id
                    and c.service_date between
                        coalesce(e.valid_from, '-infinity') and coalesce(e.valid_to, 'infinity')
            )
        )
    )
