-- id: R17
-- title.zh: 久未就餐，建议关怀走访
-- title.en: not seen for long: a visit would be kind
-- severity: notice
-- Fires once for each person who ate here last on the day that lies the given number of days back, and
-- has not come to any canteen since: no accusation, somebody should ask how they are.
-- Those who died, moved, withdrew or live in an institution are left in peace.
-- Window: the given days before the days asked for. Parameters: days (default 90).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '90' \endif
select
    c.service_date + :'days'::integer as service_date,
    'diner ' || c.person_id as subject,
    format('已 %s 天没有来就餐，建议走访看望', :'days') as zh,
    format('has not come for %s days; a visit would be kind', :'days') as en
from standing_check_ins as c
where c.canteen_code = :'canteen'
    and c.service_date between
        :'day_from'::date - :'days'::integer and :'day_to'::date - :'days'::integer
    and not exists (
        select
        from standing_check_ins as l
        where l.person_id = c.person_id
            and l.service_date > c.service_date
            and l.service_date <= c.service_date + :'days'::integer
    )
    and not exists (
        select
        from current_diner_statuses as s
        where s.diner_id = c.person_id
            and s.status in ('deceased', 'moved', 'withdrawn', 'in_institution')
            and s.valid_from <= c.service_date + :'days'::integer
            and coalesce(s.valid_to, 'infinity') > c.service_date
    )
group by c.service_date, c.person_id
