-- id: R09
-- title.zh: 餐次未批准或超过可申报数
-- title.en: a meal not approved, or more than can be claimed
-- severity: blocking
-- Fires (a) for each day and period with subsidised meals that the canteen is not approved to serve, and
-- (b) for each month and period with more subsidised meals than enrolled persons times operating days;
-- enrolled are as many as the canteen entered, or without that the residents of its area.
-- Window: (a) the days asked for, (b) months that end on one of them.
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
months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
),
claimed as (
    select
        m.month_to, c.period, count(*) as meals,
        (
            select count(distinct o.service_date)
            from standing_check_ins as o
            where o.canteen_code = :'canteen'
                and o.service_date between m.month_from and m.month_to
                and o.service_date between
                    date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
        ) as days
    from months as m
    join standing_check_ins as c
        on c.canteen_code = :'canteen' and c.service_date between m.month_from and m.month_to
    where c.diner_fen < c.list_fen
        and c.category is not null
        and c.service_date between
            date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
    group by m.month_from, m.month_to, c.period
)
select
    c.service_date,
    'approved ' || c.period as subject,
    format('%s 份补贴餐，但本助餐点未登记该餐次', count(*)) as zh,
    format('%s subsidised meals of a period that the canteen is not approved for', count(*)) as en
from standing_check_ins as c
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and c.diner_fen < c.list_fen and c.category is not null
    and not exists (
        select
        from canteen_periods as p
        where p.canteen_code = c.canteen_code
            and p.period = c.period
            and p.valid_from <= c.service_date
    )
group by c.service_date, c.period
union all
select
    k.month_to,
    'enrolled ' || k.period,
    format('申报 %s 份，最多 %s 份（%s 人 × %s 天），超出 %s', k.meals, e.eligible * k.days,
        e.eligible, k.days, k.meals - e.eligible * k.days),
    format('%s claimed, at most %s (%s persons x %s days), %s over', k.meals, e.eligible * k.days,
        e.eligible, k.days, k.meals - e.eligible * k.days)
from claimed as k
left join lateral (
    select n.eligible
    from current_eligible_counts as n
    where n.canteen_code = :'canteen' and n.category = '' and n.valid_from <= k.month_to
    order by n.valid_from desc
    limit 1
) as entered on true
cross join lateral (
    select coalesce(
        entered.eligible,
        (
            select count(*)::integer
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
                            and t.valid_from < date_trunc('month', k.month_to::timestamp)
                            and coalesce(t.valid_to, 'infinity') >= k.month_to
                    )
                -- One more than could eat all that was claimed is enough to know.
                limit k.meals / greatest(k.days, 1) + 1
            ) as enough
        )
    ) as eligible
    -- Asked once, and not again for each number of the sentences.
    offset 0
) as e
where k.meals > e.eligible * k.days
