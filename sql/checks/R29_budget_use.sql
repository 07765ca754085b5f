-- id: R29
-- title.zh: 预算累计与明细不符
-- title.en: a budget's kept sum is not that of its meals
-- severity: blocking
-- Fires where the sum that is kept as spent of a yearly budget is other than what the meals that
-- stand, by their latest lines, and the operating subsidies of closed periods take of it; while it is
-- wrong, the counter may grant too much or too little.
-- Window: the whole years of the days asked for, over all canteens; found on the last of the days.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with kept as (
    select distinct on (policy_id, source, year) policy_id, source, year, spent_fen
    from budget_uses
    where year between
        extract(year from :'day_from'::date) and extract(year from :'day_to'::date)
    order by policy_id, source, year, use_no desc
),
sums as (
    select k.*, s.fen + o.fen as fen
    from kept as k
    cross join lateral (
        select coalesce(sum(fen), 0)::bigint as fen
        from standing_shares as s
        where s.policy_id = k.policy_id
            and s.source = k.source
            and s.service_date between make_date(k.year, 1, 1) and make_date(k.year, 12, 31)
    ) as s
    cross join lateral (
        select coalesce(sum(fen), 0)::bigint as fen
        from period_shares as o
        where o.policy_id = k.policy_id and o.source = k.source and o.year = k.year
    ) as o
)
select
    :'day_to'::date as service_date,
    format('budget %s %s %s', policy_id, source, year) as subject,
    format(
        '%s 年 %s 的 %s 预算累计 %s 分，餐次明细合计 %s 分', year, policy_id, source, spent_fen, fen
    ) as zh,
    format(
        'of the budget of %s by %s for %s, %s fen are kept as spent, and the meals take %s',
        source, policy_id, year, spent_fen, fen
    ) as en
from sums
where spent_fen <> fen
