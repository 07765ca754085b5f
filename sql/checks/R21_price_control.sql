-- id: R21
-- title.zh: 价格不符
-- title.en: price control
-- severity: warning
-- limits: guide_fen 0..100000, float 0..100
-- Fires (a) for each line whose list price is outside the guide price and its float, where a guide price
-- is set, and (b) for each line whose price is none of the set prices on the day's published menu, where
-- the menu offers sets only, and (c) for each line that a policy's own guide price flagged.
-- Window: the days asked for. Parameters: guide_fen (0: none), float (percent, default 30).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?guide_fen} \else \set guide_fen '0' \endif
\if :{?float} \else \set float '30' \endif
select
    c.service_date,
    c.check_in_id::text as subject,
    format('标价 %s 分，指导价 %s 分 ± %s%%，菜单套餐 %s', c.list_fen, :'guide_fen', :'float',
        coalesce(m.prices::text, '未公示')) as zh,
    format('list price %s fen, guide price %s fen +- %s%%, sets on the menu %s', c.list_fen,
        :'guide_fen', :'float', coalesce(m.prices::text, 'none')) as en
from standing_check_ins as c
left join lateral (
    select array_agg(d.price_fen) filter (where d.category = 'set' and d.price_fen > 0) as prices,
        bool_or(d.category <> 'set' and d.price_fen > 0) as has_dishes
    from current_menus as m
    join menu_dishes as d
        on d.canteen_code = m.canteen_code
        and d.service_date = m.service_date
        and d.period = m.period
        and d.revision = m.revision
    where m.canteen_code = c.canteen_code
        and m.service_date = c.service_date
        and m.period = c.period
) as m on true
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (
        c.pricing @? '$.line.reasons[*] ? (@.code == "guide_price")'
        or (
            :'guide_fen'::bigint > 0
            and abs(c.list_fen - :'guide_fen'::bigint) * 100
                > :'guide_fen'::bigint * :'float'::numeric
        )
        or (m.prices is not null and not m.has_dishes and c.list_fen <> all (m.prices))
    )
