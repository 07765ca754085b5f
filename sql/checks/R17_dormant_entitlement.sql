-- id: R17
-- title.zh: 久未就餐，建议关怀走访
-- title.en: not seen for long: a visit would be kind
-- severity: notice
-- limits: days 30..365, min_meals 1..1000
-- Fires once for each person who used to come and has not come to any canteen for the given number of
-- days: no accusation, somebody should ask how they are. Who came only now and then is not missed, nor
-- is anybody while the canteen itself was closed. Those who died, moved, withdrew or live in an
-- institution are left in peace.
-- Window: twice the given days before the days asked for. Parameters: days (default 90), min_meals
-- (meals in as many days up to the last one, default 5).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '90' \endif
\if :{?min_meals} \else \set min_meals '5' \endif
with lately as (
    -- The first of the days asked for comes soon enough after any day on which somebody was perhaps seen
    -- last: most came on it, and are looked for no further.
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date = :'day_from'::date
        and c.service_date > :'day_to'::date - :'days'::integer
),
missed as (
    select c.service_date, c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between
            :'day_from'::date - :'days'::integer and :'day_to'::date - :'days'::integer
        and c.guest_kind is null
        and not exists (select from lately as l where l.person_id = c.person_id)
    group by 1, 2
),
came as (
    select
        m.*,
        -- A person's meals stand under every record that was merged into theirs.
        array[m.person_id] || array(
            select a.diner_id from current_diner_aliases as a where a.into_diner_id = m.person_id
        ) as records
    from missed as m
),
gone as materialized (
    select m.*
    from came as m
    where not exists (
        select
        from check_ins as c
        where c.diner_id = any (m.records)
            and c.service_date > m.service_date
            and c.service_date <= m.service_date + :'days'::integer
            and c.service_date between
                :'day_from'::date - :'days'::integer and :'day_to'::date
            and not exists (
                select
                from check_in_reversals as v
                where v.diner_id = c.diner_id
                    and v.service_date = c.service_date
                    and v.check_in_id = c.check_in_id
            )
    )
)
select
    g.service_date + :'days'::integer as service_date,
    'diner ' || g.person_id as subject,
    format('已 %s 天没有来就餐，建议走访看望', :'days') as zh,
    format('has not come for %s days; a visit would be kind', :'days') as en
from gone as g
where (
        select count(*)
        from check_ins as c
        where c.diner_id = any (g.records)
            and c.service_date between g.service_date - :'days'::integer and g.service_date
            and c.service_date between
                :'day_from'::date - 2 * :'days'::integer and :'day_to'::date
    ) >= :'min_meals'::integer
    and (
        -- The canteen was there to come to, for a third of the time at least.
        select count(distinct o.service_date)
        from check_ins as o
        where o.canteen_code = :'canteen'
            and o.service_date > g.service_date
            and o.service_date <= g.service_date + :'days'::integer
            and o.service_date between
                :'day_from'::date - :'days'::integer and :'day_to'::date
    ) * 3 >= :'days'::integer
    and not exists (
        select
        from current_diner_statuses as s
        where s.diner_id = any (g.records)
            and s.status in ('deceased', 'moved', 'withdrawn', 'in_institution')
            and s.valid_from <= g.service_date + :'days'::integer
            and coalesce(s.valid_to, 'infinity') > g.service_date
    )
