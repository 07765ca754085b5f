-- id: R16
-- title.zh: 从不缺席
-- title.en: never absent
-- severity: notice
-- limits: days 30..120, min_days 1..120, few 0..100
-- Fires once for each person who ate in on every day on which the canteen served, on the day on which
-- that has been so for three months: perhaps a card that others use. 90 and older, and those in need of
-- care, are the ones to look at first, and why is not said. It is no reproach: some simply like to come.
-- A day on which it was closed, or on which hardly anybody came, is none on which it served.
-- Window: 125 days before the days asked for. Parameters: days (default 90), min_days (serving days
-- among them, default 45), few (percent of the weekday's usual lines that make a serving day, default 15).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '90' \endif
\if :{?min_days} \else \set min_days '45' \endif
\if :{?few} \else \set few '15' \endif
with usual as (
    -- Lines of each day of the last two weeks.
    select d::date as service_date, extract(isodow from d) as weekday, c.n
    from generate_series(
        (:'day_from'::date - 14)::timestamp, :'day_to'::date, interval '1 day'
    ) as d
    cross join lateral (
        select count(*) as n
        from check_ins as c
        where c.canteen_code = :'canteen'
            and c.service_date = d::date
            and c.service_date between :'day_from'::date - 14 and :'day_to'::date
    ) as c
    where c.n > 0
),
least_lines as (
    -- How many lines make an open day of a weekday: a stray check-in makes none.
    select
        w.weekday,
        greatest(
            1, least(3, ceil(a.n / 2.0)),
            ceil(
                case
                    when count(u.n) >= 2 then percentile_disc(0.5) within group (order by u.n)
                    else a.n
                end * :'few'::numeric / 100
            )
        )::bigint as n
    from (select percentile_disc(0.5) within group (order by n) as n from usual) as a
    cross join generate_series(1, 7) as w (weekday)
    left join usual as u on u.weekday = w.weekday
    group by w.weekday, a.n
),
days as (
    -- The days of the window on which the canteen was not closed, and how many lines make each a serving
    -- day.
    select d::date as service_date, l.n
    from generate_series(
        (:'day_from'::date - 125)::timestamp, :'day_to'::date, interval '1 day'
    ) as d
    join least_lines as l on l.weekday = extract(isodow from d)
    where not exists (
            select
            from current_canteen_days as k
            where k.canteen_code = :'canteen'
                and k.service_date = d::date
                and k.kind = 'closed'
        )
),
serving as not materialized (
    -- Counted day by day, the last one first: who asks for the last ones counts no others.
    select d.service_date
    from (select service_date, n from days order by service_date desc) as d
    cross join lateral (
        select count(*) as n
        from (
            select
            from check_ins as c
            where c.canteen_code = :'canteen'
                and c.service_date = d.service_date
                and c.service_date between :'day_from'::date - 125 and :'day_to'::date
            limit d.n
        ) as enough
    ) as c
    where c.n >= d.n
),
edge as (
    -- Days just before a stretch that is long enough on one of the days asked for, and was not on the
    -- serving day before them: who came on all of them was named before.
    select s.service_date
    from serving as s
    where s.service_date between
        (
            select b.service_date
            from serving as b
            where b.service_date <= 1 - :'days'::integer + coalesce(
                (
                    select p.service_date
                    from serving as p
                    where p.service_date < :'day_from'::date
                    order by p.service_date desc
                    limit 1
                ),
                :'day_from'::date - 1
            )
            order by b.service_date desc
            limit 1
        )
        and :'day_to'::date - :'days'::integer
),
asked as (
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.mode = 'dine_in'
        and c.guest_kind is null
),
at_edge as (
    select c.person_id, count(distinct c.service_date) as days
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date - 125 and :'day_to'::date
        and c.service_date = any (array(select service_date from edge))
        and c.mode = 'dine_in'
        and c.guest_kind is null
    group by 1
),
records as (
    -- Whoever was not there on every day of the edge, with every record that was merged into theirs.
    select a.person_id, r.diner_id
    from asked as a
    left join at_edge as e on e.person_id = a.person_id
    cross join lateral (
        select a.person_id as diner_id
        union all
        select m.diner_id
        from current_diner_aliases as m
        where m.into_diner_id = a.person_id
    ) as r
    where coalesce(e.days, 0) < (select count(*) from edge)
        or (
            (select count(*) from edge) = 0
            and exists (
                select
                from serving
                where service_date <= :'day_to'::date - :'days'::integer + 1
            )
        )
),
eaten as (
    -- Anywhere: an index alone says so.
    select
        r.person_id,
        coalesce(
            array_agg(distinct c.service_date) filter (where c.service_date is not null), '{}'
        ) as days
    from records as r
    left join lateral (
        select c.service_date
        from check_ins as c
        where c.diner_id = r.diner_id
            and c.service_date between :'day_from'::date - 125 and :'day_from'::date - 1
            and c.service_date >= :'day_to'::date - :'days'::integer + 1
        offset 0
    ) as c on true
    group by r.person_id
),
steady as (
    -- Whoever ate somewhere on every serving day of the stretch; few are left. Of the days on which
    -- somebody ate nowhere the first one that was a serving day is enough.
    select e.person_id
    from eaten as e
    where not exists (
            select
            from days as d
            where d.service_date between
                :'day_to'::date - :'days'::integer + 1 and :'day_from'::date - 1
                and d.service_date <> all (e.days)
                and exists (
                    select from serving as s where s.service_date = d.service_date offset 0
                )
            offset 0
        )
),
meals as (
    select distinct r.person_id, c.service_date
    from records as r
    join steady as s on s.person_id = r.person_id
    cross join lateral (
        -- A few persons' meals by their own index, however many the planner expects.
        select c.service_date
        from check_ins as c
        where c.diner_id = r.diner_id
            and c.service_date between :'day_from'::date - 125 and :'day_to'::date
            and c.canteen_code = :'canteen'
            and c.mode = 'dine_in'
            and not exists (
                select
                from check_in_reversals as v
                where v.diner_id = c.diner_id
                    and v.service_date = c.service_date
                    and v.check_in_id = c.check_in_id
            )
        offset 0
    ) as c
),
came as (
    -- A day's number is its place in a list: a join would read all serving days for each meal.
    select
        person_id, service_date,
        no - row_number() over (partition by person_id order by no) as stretch
    from (
        select
            person_id, service_date,
            array_position(
                array(select s.service_date from serving as s order by s.service_date), service_date
            ) as no
        from meals
        offset 0
    ) as numbered
    where no is not null
),
lasting as (
    -- The first day of each unbroken stretch on which it is long enough.
    select c.person_id, min(c.service_date) as day, max(c.n) as days
    from (
        select
            *,
            min(service_date) over (partition by person_id, stretch) as since,
            row_number() over (partition by person_id, stretch order by service_date) as n
        from came
    ) as c
    where c.service_date >= c.since + :'days'::integer - 1 and c.n >= :'min_days'::integer
    group by c.person_id, c.stretch
)
select
    l.day as service_date,
    'diner ' || l.person_id as subject,
    format('连续三个月、每个供餐日都到场%s', x.zh) as zh,
    format('present on every serving day of three months%s', x.en) as en
from lasting as l
left join lateral (
    select r.birth_date
    from diner_records as r
    where r.diner_id = l.person_id
    order by r.record_no desc
    limit 1
) as d on true
cross join lateral (
    select d.birth_date + interval '90 years' <= l.day or exists (
        select
        from active_entitlements as e
        where e.diner_id = l.person_id
            and e.care_level = 'severe'
            and l.day between
                coalesce(e.valid_from, '-infinity') and coalesce(e.valid_to, 'infinity')
    ) as is_first
) as g
cross join lateral (
    select
        case when g.is_first then '，优先核实' else '' end as zh,
        case when g.is_first then ', look at it first' else '' end as en
) as x
where l.day between :'day_from'::date and :'day_to'::date
