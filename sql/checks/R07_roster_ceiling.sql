-- id: R07
-- title.zh: 享受人数超过名册
-- title.en: more subsidised persons than the roster has
-- severity: blocking
-- Fires for each day on which more persons were subsidised at the canteen than its area's roster holds:
-- registered residents of its region who had not died or moved by that day.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with recursive area as (
    select r.code
    from regions as r
    join canteens as k on k.region_code = r.code
    where k.code = :'canteen'
    union
    select r.code
    from regions as r
    join area as a on r.parent_code = a.code
),
served as (
    select c.service_date, count(distinct c.person_id) as persons
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen and c.category is not null
    group by c.service_date
)
select
    s.service_date,
    'roster' as subject,
    format('享受补贴 %s 人，本区域在册 %s 人', s.persons, n.roster) as zh,
    format('%s persons subsidised, %s on the roster of the area', s.persons, n.roster) as en
from served as s
cross join lateral (
    select count(*) as roster
    from (
        select
        from diner_records as d
        where d.residence_region in (select code from area)
            and not exists (
                select
                from diner_records as later
                where later.diner_id = d.diner_id and later.record_no > d.record_no
            )
            and not exists (
                select from current_diner_aliases as a where a.diner_id = d.diner_id
            )
            and not exists (
                select
                from current_diner_statuses as t
                where t.diner_id = d.diner_id
                    and t.status in ('deceased', 'moved')
                    and t.valid_from < s.service_date
                    and coalesce(t.valid_to, 'infinity') >= s.service_date
            )
        -- As many as ate are enough: the whole register is counted only where it is too short.
        limit s.persons
    ) as enough
) as n
where s.persons > n.roster
