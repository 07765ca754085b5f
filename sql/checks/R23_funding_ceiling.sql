-- id: R23
-- title.zh: 资金超出预算
-- title.en: a funding source above its budget
-- severity: blocking
-- Fires on the day on which what a source owes for the year, over all canteens, passes its budget.
-- Window: the year up to the days asked for, for sources with a budget.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with budgets as (
    select b.source, b.year, b.fen as budget
    from current_funding_budgets as b
    where b.year between
        extract(year from :'day_from'::date) and extract(year from :'day_to'::date)
),
days as (
    select
        b.source, b.budget, t.service_date,
        sum(case when t.debit_account = 'receivable:' || b.source then t.fen else -t.fen end) as fen,
        bool_or(t.canteen_code = :'canteen') as is_here
    from budgets as b
    join transfers as t
        on t.service_date between make_date(b.year, 1, 1) and
            least(make_date(b.year, 12, 31), :'day_to'::date)
        and 'receivable:' || b.source in (t.debit_account, t.credit_account)
    group by 1, 2, 3
),
sums as (
    select
        *,
        sum(fen) over (
            partition by source, extract(year from service_date) order by service_date
        ) as used
    from days
)
select
    service_date,
    'budget ' || source as subject,
    format('%s 本年累计 %s 分，预算 %s 分', source, used, budget) as zh,
    format('%s owes %s fen this year, the budget is %s fen', source, used, budget) as en
from sums
where service_date between :'day_from'::date and :'day_to'::date
    and is_here
    and used > budget
    and used - fen <= budget
