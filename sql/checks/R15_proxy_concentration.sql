-- id: R15
-- title.zh: 代领集中
-- title.en: one proxy for many persons
-- severity: warning
-- Fires (a) for each day and proxy (by phone) who fetched or received meals for more than a number of
-- persons, and (b) for each month in which more than a share of meals went through proxies.
-- A meal counts as by proxy if it was picked up or delivered for a person with a registered proxy.
-- Window: the days asked for, and months that end on one of them. Parameters: persons (default 5),
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
)
select
    c.service_date,
    'proxy ' || min(p.diner_id) as subject,
    format('同一代领人（同一电话）当日为 %s 人代领', count(distinct c.person_id)) as zh,
    format('one proxy (one phone) for %s persons on the day', count(distinct c.person_id)) as en
from standing_check_ins as c
join current_proxies as p
    on p.diner_id = c.person_id
    and c.service_date between p.valid_from and coalesce(p.valid_to, 'infinity')
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and c.mode <> 'dine_in'
    and p.phone_key is not null
group by c.service_date, p.phone_key
having count(distinct c.person_id) > :'persons'::integer
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
    select c.mode <> 'dine_in' and exists (
        select
        from current_proxies as p
        where p.diner_id = c.person_id
            and c.service_date between p.valid_from and coalesce(p.valid_to, 'infinity')
    ) as is_proxy
) as x
group by m.month_to
having count(*) >= :'min_meals'::integer
    and count(*) filter (where x.is_proxy) * 100 > count(*) * :'share'::numeric
