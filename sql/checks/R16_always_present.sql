-- id: R16
-- title.zh: 从不缺席
-- title.en: never absent
-- severity: notice
-- limits: days 30..120, min_days 1..120
-- Fires once for each person who ate in on every day on which the canteen served, on the day on which
-- that has been so for three months: perhaps a card that others use. 90 and older, and those in need of
-- care, are the ones to look at first. It is no reproach: some simply like to come.
-- Window: 125 days before the days asked for. Parameters: days (default 90), min_days (serving days
-- among them, default 45).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?days} \else \set days '90' \endif
\if :{?min_days} \else \set min_days '45' \endif
with open_days as (
    select service_date, row_number() over (order by service_date) as no
    from (
        select d::date as service_date
        from generate_series(:'day_from'::date - 125, :'day_to'::date, interval '1 day') as d
        where (
            select 1
            from check_ins as c
            where c.canteen_code = :'canteen'
                and c.service_date = d::date
                and c.service_date between :'day_from'::date - 125 and :'day_to'::date
            limit 1
        ) = 1
    ) as served
),
edge as (
    -- Days just before a stretch that is long enough on one of the days asked for: who came on all of
    -- them was named before.
    select o.service_date
    from open_days as o
    where o.service_date between
        (
            select max(b.service_date)
            from open_days as b
            where b.service_date <= :'day_from'::date - :'days'::integer
        )
        and :'day_to'::date - :'days'::integer
),
lately as (
    -- Days on which nobody was absent who is found below.
    select service_date
    from open_days
    where service_date between
        greatest(:'day_from'::date - 4, :'day_to'::date - :'days'::integer + 1)
        and :'day_from'::date - 1
),
attended as (
    select c.person_id, c.service_date
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date - 4 and :'day_to'::date
        and c.mode = 'dine_in'
        and c.guest_kind is null
    group by 1, 2
    union
    select c.person_id, c.service_date
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date - 125 and :'day_to'::date
        and c.service_date = any (array(select service_date from edge))
        and c.mode = 'dine_in'
        and c.guest_kind is null
),
steady as (
    select person_id
    from attended
    group by person_id
    having count(*) filter (where service_date in (select service_date from lately))
            = (select count(*) from lately)
        and max(service_date) >= :'day_from'::date
        and (
            count(*) filter (where service_date in (select service_date from edge))
                < (select count(*) from edge)
            or (
                (select count(*) from edge) = 0
                and (select min(service_date) from open_days)
                    <= :'day_to'::date - :'days'::integer + 1
            )
        )
),
records as (
    -- A person's meals stand under every record that was merged into theirs.
    select person_id, person_id as diner_id from steady
    union all
    select a.into_diner_id, a.diner_id
    from current_diner_aliases as a
    join steady as s on s.person_id = a.into_diner_id
),
came as (
    select
        r.person_id, o.service_date,
        o.no - row_number() over (partition by r.person_id order by o.no) as stretch
    from records as r
    join check_ins as c on c.diner_id = r.diner_id
    join open_days as o on o.service_date = c.service_date
    where c.service_date between :'day_from'::date - 125 and :'day_to'::date
        and c.canteen_code = :'canteen'
        and c.mode = 'dine_in'
        and not exists (
            select
            from check_in_reversals as v
            where v.diner_id = c.diner_id
                and v.service_date = c.service_date
                and v.check_in_id = c.check_in_id
        )
    group by r.person_id, o.service_date, o.no
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
    select
        case when d.birth_date + interval '90 years' <= l.day then '，已满 90 岁' else '' end
            || case when g.is_severe then '，重度失能' else '' end as zh,
        case when d.birth_date + interval '90 years' <= l.day then ', aged 90 or more' else '' end
            || case when g.is_severe then ', in severe need of care' else '' end as en
    from (
        select exists (
            select
            from active_entitlements as e
            where e.diner_id = l.person_id
                and e.care_level = 'severe'
                and l.day between
                    coalesce(e.valid_from, '-infinity') and coalesce(e.valid_to, 'infinity')
        ) as is_severe
    ) as g
) as x
where l.day between :'day_from'::date and :'day_to'::date
