-- id: R15
-- title.zh: 代领集中
-- title.en: one proxy for many persons
-- severity: warning
-- limits: persons 1..1000, share 0..100, min_meals 1..100000
-- Fires (a) for each proxy (by phone) on the day of a month on which the persons they fetched for become
-- more than a number, unless it was so in the month before: who is known to fetch for a whole building
-- is named once; (b) for each month in which more than a share of meals went through proxies; (c) for a
-- phone under which more persons than that number are registered, when one of them eats here and none
-- did in the month before.
-- A meal counts as by proxy if the counter named the proxy, or if it was picked up for a person with a
-- registered one.
-- Window: the month before that of the days asked for, up to them. Parameters: persons (default 5),
-- share (percent, default 30), min_meals (default 20).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?persons} \else \set persons '5' \endif
\if :{?share} \else \set share '30' \endif
\if :{?min_meals} \else \set min_meals '20' \endif
with months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
),
fetched as (
    select
        date_trunc('month', c.service_date::timestamp)::date as month, p.phone_key, c.person_id,
        min(c.service_date) as day, min(p.diner_id) as named_by
    from standing_check_ins as c
    join current_proxies as p
        on p.diner_id = c.person_id
        and (
            p.proxy_no = c.proxy_no
            or (
                c.proxy_no is null
                and c.mode = 'pickup'
                and c.service_date between p.valid_from and coalesce(p.valid_to, 'infinity')
            )
        )
    where c.canteen_code = :'canteen'
        and c.service_date between
            (date_trunc('month', :'day_from'::date::timestamp) - interval '1 month')::date
            and :'day_to'::date
        and (c.proxy_no is not null or c.mode = 'pickup')
        and p.phone_key is not null
    group by 1, 2, 3
),
passed as (
    -- The person with whom the number is passed, in each month.
    select month, phone_key, day, named_by
    from (
        select
            month, phone_key, day,
            row_number() over so_far as n,
            min(named_by) over so_far as named_by
        from fetched
        window so_far as (
            partition by month, phone_key order by day, person_id rows unbounded preceding
        )
    ) as counted
    where n = :'persons'::integer + 1
),
phones as (
    -- Phones of those who ate, with how many are registered under each.
    select c.service_date, d.phone_key, min(c.person_id) as person_id, min(o.persons) as persons
    from standing_check_ins as c
    cross join lateral (
        select r.phone_tail, r.phone_key
        from diner_records as r
        where r.diner_id = c.person_id
        order by r.record_no desc
        limit 1
    ) as d
    cross join lateral (
        select count(distinct r.diner_id) as persons
        from diner_records as r
        where r.phone_tail = d.phone_tail
            and r.phone_key = d.phone_key
            and not exists (
                select
                from diner_records as later
                where later.diner_id = r.diner_id and later.record_no > r.record_no
            )
            and not exists (
                select from current_diner_aliases as a where a.diner_id = r.diner_id
            )
    ) as o
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and o.persons > :'persons'::integer
    group by 1, 2
)
select
    p.day as service_date,
    'proxy ' || p.named_by as subject,
    format('同一代领人（同一电话）本月已为 %s 人代领', :'persons'::integer + 1) as zh,
    format('one proxy (one phone) for %s persons in the month', :'persons'::integer + 1) as en
from passed as p
where p.day between :'day_from'::date and :'day_to'::date
    and not exists (
        select
        from passed as b
        where b.phone_key = p.phone_key and b.month = (p.month - interval '1 month')::date
    )
union all
select
    m.month_to,
    'proxies',
    format('本月 %s 份中 %s 份由代领', count(*), count(*) filter (where x.is_proxy)),
    format('%s of the month''s %s meals went through proxies', count(*) filter (where x.is_proxy),
        count(*))
from months as m
join standing_check_ins as c
    on c.canteen_code = :'canteen' and c.service_date between m.month_from and m.month_to
cross join lateral (
    select c.proxy_no is not null or (
        c.mode = 'pickup' and exists (
            select
            from current_proxies as p
            where p.diner_id = c.person_id
                and c.service_date between p.valid_from and coalesce(p.valid_to, 'infinity')
        )
    ) as is_proxy
) as x
where c.service_date between
    date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
group by m.month_to
having count(*) >= :'min_meals'::integer
    and count(*) filter (where x.is_proxy) * 100 > count(*) * :'share'::numeric
union all
select
    p.service_date,
    'phone ' || p.person_id,
    format('同一电话登记了 %s 人', p.persons),
    format('%s persons are registered under one phone', p.persons)
from phones as p
where not exists (
    select
    from diner_records as r
    join diner_records as same
        on same.phone_tail = r.phone_tail and same.phone_key = r.phone_key
    join check_ins as c on c.diner_id = same.diner_id
    where r.diner_id = p.person_id
        and r.phone_key = p.phone_key
        and c.canteen_code = :'canteen'
        and c.service_date between p.service_date - 31 and p.service_date - 1
        and c.service_date between :'day_from'::date - 31 and :'day_to'::date
)
