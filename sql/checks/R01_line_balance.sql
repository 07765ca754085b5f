-- id: R01
-- title.zh: 单笔不平
-- title.en: line balance
-- severity: blocking
-- A check-in's list price must equal what its transfers moved into revenue, and the diner's part
-- must equal what was received; after what was given back, revenue keeps the list price, or nothing if
-- the line was reversed. Fires for each line where it is not so: money given back without a reversal too.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select
    c.service_date,
    c.check_in_id::text as subject,
    format(
        '标价 %s 元，分录合计 %s 元；个人自付 %s 元，实收分录 %s 元；退回后收入 %s 元，应为 %s 元',
        yuan(c.list_fen), yuan(coalesce(t.fen, 0)), yuan(c.diner_fen),
        yuan(coalesce(t.received_fen, 0)),
        yuan(coalesce(t.fen, 0) - coalesce(t.returned_fen, 0)), yuan(x.due_fen)
    ) as zh,
    format(
        'list price %s yuan, transfers %s; diner %s, received %s; kept %s of %s',
        yuan(c.list_fen), yuan(coalesce(t.fen, 0)), yuan(c.diner_fen),
        yuan(coalesce(t.received_fen, 0)),
        yuan(coalesce(t.fen, 0) - coalesce(t.returned_fen, 0)), yuan(x.due_fen)
    ) as en
from check_ins as c
left join lateral (
    select
        sum(fen) filter (where credit_account in ('meal_revenue', 'guest_revenue')) as fen,
        sum(fen) filter (where debit_account in ('meal_revenue', 'guest_revenue'))
            as returned_fen,
        sum(fen) filter (
            where debit_account like 'received:%'
                and credit_account in ('meal_revenue', 'guest_revenue')
        ) as received_fen
    from transfers as t
    where t.diner_id = c.diner_id
        and t.service_date = c.service_date
        and t.service_date between :'day_from'::date and :'day_to'::date
        and t.check_in_id = c.check_in_id
) as t on true
left join check_in_reversals as r
    on r.diner_id = c.diner_id
    and r.service_date = c.service_date
    and r.check_in_id = c.check_in_id
cross join lateral (
    select case when r.check_in_id is null then c.list_fen else 0 end as due_fen
) as x
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (
        c.list_fen <> coalesce(t.fen, 0)
        or c.diner_fen <> coalesce(t.received_fen, 0)
        or x.due_fen <> coalesce(t.fen, 0) - coalesce(t.returned_fen, 0)
    )
order by c.service_date, c.check_in_id
