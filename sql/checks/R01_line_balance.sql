-- id: R01
-- title.zh: 单笔不平
-- title.en: line balance
-- severity: blocking
-- A check-in's list price must equal what its transfers moved into revenue, and the diner's part
-- must equal what was received. Fires for each line where it does not.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select
    c.service_date,
    c.check_in_id::text as subject,
    format(
        '标价 %s 分，分录合计 %s 分；个人自付 %s 分，实收分录 %s 分',
        c.list_fen, coalesce(t.fen, 0), c.diner_fen, coalesce(t.received_fen, 0)
    ) as zh,
    format(
        'list price %s fen, transfers %s fen; diner %s fen, received %s fen',
        c.list_fen, coalesce(t.fen, 0), c.diner_fen, coalesce(t.received_fen, 0)
    ) as en
from check_ins as c
left join lateral (
    select
        sum(fen) as fen,
        sum(fen) filter (where debit_account like 'received:%') as received_fen
    from transfers as t
    where t.diner_id = c.diner_id
        and t.service_date = c.service_date
        and t.check_in_id = c.check_in_id
        and t.credit_account in ('meal_revenue', 'guest_revenue')
) as t on true
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (
        c.list_fen <> coalesce(t.fen, 0)
        or c.diner_fen <> coalesce(t.received_fen, 0)
    )
order by c.service_date, c.check_in_id
