-- id: R12
-- title.zh: 非供餐时段签到
-- title.en: a check-in outside of the meal period
-- severity: warning
-- Fires for each check-in more than a grace period before its meal's window opens or after it closes,
-- and for a meal that the canteen does not serve at all.
-- Parameters: grace (default 15 minutes).
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?grace} \else \set grace '15 minutes' \endif
\if :{?zone} \else \set zone 'Asia/Shanghai' \endif
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
from check_ins as c
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
order by c.service_date, c.check_in_id
