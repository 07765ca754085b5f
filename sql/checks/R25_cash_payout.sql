-- id: R25
-- title.zh: 补贴发放现金
-- title.en: a subsidy paid out in cash
-- severity: blocking
-- Fires for each transfer that moves what a funding source owes into the till: a subsidy handed out.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select
    c.service_date,
    concat_ws(' ', c.check_in_id, c.transfer_no) as subject,
    format('补贴 %s 元转为现金支出', yuan(c.fen)) as zh,
    format('%s yuan of subsidy paid out', yuan(c.fen)) as en
from transfers as c
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    -- Nothing is posted before its day: the index by posting day finds them.
    and c.posted_on >= :'day_from'::date
    and (c.debit_account like 'receivable:%' or c.debit_account = 'subsidy_adjustments')
    and (c.credit_account like 'received:%' or c.credit_account like 'paid_out:%')
