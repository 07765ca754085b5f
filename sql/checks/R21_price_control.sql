-- id: R21
-- title.zh: 价格不符
-- title.en: price control
-- severity: warning
-- limits: guide_fen 0..100000, float 0..100
-- Fires (a) for each line whose list price is outside the guide price and its float, where a guide price
-- is set, (b) for each line whose price, extras left out, the published menu of its meal does not give: a
-- set, dishes that are sold singly, or a set with such dishes, and (c) for each line that a policy's own
-- guide price flagged.
-- Window: the days asked for. Parameters: guide_fen (0: none), float (percent, default 30).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?guide_fen} \else \set guide_fen '0' \endif
\if :{?float} \else \set float '30' \endif
with recursive menu as (
    select distinct m.service_date, m.period, d.category = 'set' as is_set, d.price_fen as fen
    from current_menus as m
    join menu_dishes as d
        on d.canteen_code = m.canteen_code
        and d.service_date = m.service_date
        and d.period = m.period
        and d.revision = m.revision
    where m.canteen_code = :'canteen'
        and m.service_date between :'day_from'::date and :'day_to'::date
        and d.price_fen > 0
),
lines as materialized (
    select
        c.service_date, c.period, c.check_in_id, c.list_fen,
        c.list_fen - coalesce((c.pricing #>> '{inputs,meal,extrasFen}')::bigint, 0) as meal_fen,
        c.pricing @? '$.line.reasons[*] ? (@.code == "guide_price")' as is_flagged
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
),
dearest as (
    select service_date, period, least(max(meal_fen), 20000) as fen
    from lines
    group by 1, 2
),
prices as (
    -- All that one person can take: a set or a dish, and dishes beside it.
    select service_date, period, fen
    from menu
    union
    select p.service_date, p.period, p.fen + m.fen
    from prices as p
    join menu as m on m.service_date = p.service_date and m.period = p.period and not m.is_set
    join dearest as d on d.service_date = p.service_date and d.period = p.period
    where p.fen + m.fen <= d.fen
)
select
    c.service_date,
    c.check_in_id::text as subject,
    format('标价 %s 元，指导价 %s 元 ± %s%%，菜单价格 %s', yuan(c.list_fen),
        yuan(:'guide_fen'::numeric), :'float', coalesce(s.prices, '未公示')) as zh,
    format('list price %s yuan, guide price %s +- %s%%, prices on the menu %s', yuan(c.list_fen),
        yuan(:'guide_fen'::numeric), :'float', coalesce(s.prices, 'none')) as en
from lines as c
left join lateral (
    select string_agg(yuan(m.fen), ' ' order by not m.is_set, m.fen) as prices
    from menu as m
    where m.service_date = c.service_date and m.period = c.period
) as s on true
where c.is_flagged
    or (
        :'guide_fen'::bigint > 0
        and abs(c.list_fen - :'guide_fen'::bigint) * 100
            > :'guide_fen'::bigint * :'float'::numeric
    )
    or (
        s.prices is not null
        and not exists (
            select
            from prices as p
            where p.service_date = c.service_date
                and p.period = c.period
                and p.fen = c.meal_fen
        )
    )
