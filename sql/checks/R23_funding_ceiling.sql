-- id: R23
-- title.zh: 资金超出预算
-- title.en: a funding source above its budget
-- severity: blocking
-- Fires on the day on which what a source owes by a policy for the year, over all canteens, passes the
-- budget that the policy names: the meals by their latest lines, delivery included, and the subsidies
-- of closed periods on their last day. Reported at the first canteen of that day. A budget whose kept
-- sum (which R29 adds up anew) is within it is not looked at further.
-- Window: the year up to the days asked for, for sources with a budget. Parameters: budgets (JSON:
-- policy, source, year, fen; default none). The nightly job takes them from the policies.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31
--   -v budgets='[{"policy":"example","source":"district","year":2026,"fen":60000}]' -f this file.
\if :{?budgets} \else \set budgets '[]' \endif
with budgets as (
    select b.policy, b.source, b.year, b.fen as budget
    from jsonb_to_recordset(:'budgets'::jsonb) as b (policy text, source text, year integer, fen bigint)
    left join lateral (
        select u.spent_fen
        from budget_uses as u
        where u.policy_id = b.policy and u.source = b.source and u.year = b.year
        order by u.use_no desc
        limit 1
    ) as kept on true
    where b.year between
            extract(year from :'day_from'::date) and extract(year from :'day_to'::date)
        and coalesce(kept.spent_fen > b.fen, true)
),
owed as (
    select b.policy, b.source, b.year, b.budget, s.service_date, s.canteen_code, s.fen
    from budgets as b
    join standing_shares as s
        on s.policy_id = b.policy
        and s.source = b.source
        and s.service_date between make_date(b.year, 1, 1) and
            least(make_date(b.year, 12, 31), :'day_to'::date)
        and s.service_date between
            date_trunc('year', :'day_from'::date::timestamp)::date and :'day_to'::date
    union all
    select b.policy, b.source, b.year, b.budget, t.period_to, t.canteen_code, o.fen
    from budgets as b
    join period_shares as o on o.policy_id = b.policy and o.source = b.source and o.year = b.year
    join statements as t on t.statement_no = o.statement_no
    where t.period_to <= :'day_to'::date
),
days as (
    select
        policy, source, year, budget, service_date, sum(fen) as fen,
        min(canteen_code) as first_canteen
    from owed
    group by 1, 2, 3, 4, 5
),
sums as (
    select
        *, sum(fen) over (partition by policy, source, year order by service_date) as used
    from days
)
select
    service_date,
    format('budget %s %s', policy, source) as subject,
    format('政策 %s：%s 本年累计 %s 元，预算 %s 元', policy, source, yuan(used), yuan(budget)) as zh,
    format(
        'policy %s: %s owes %s yuan this year, the budget is %s', policy, source, yuan(used),
        yuan(budget)
    ) as en
from sums
where service_date between :'day_from'::date and :'day_to'::date
    and first_canteen = :'canteen'
    and used > budget
    and used - fen <= budget
