-- id: R29
-- title.zh: 预算累计与明细不符
-- title.en: a budget's kept sum is not that of its meals
-- severity: blocking
-- Fires where the sum that is kept as spent of a yearly budget is other than what the meals that
-- stand, by their latest lines, and the operating subsidies of closed periods take of it; while it is
-- wrong, the counter may grant too much or too little.
-- Window: the whole years of the days asked for, over all canteens. Looked at and reported at the first
-- canteen of a street, on the last of the days; a difference that was found before is one finding.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with street as (
    select k.code, r.code as street_code
    from canteens as k
    join regions as n on n.code = k.region_code
    join regions as r on r.code = case n.level when 'community' then n.parent_code else n.code end
),
kept as (
    select y.policy_id, y.source, y.year, u.spent_fen
    from budget_years as y
    cross join lateral (
        select b.spent_fen
        from budget_uses as b
        where b.policy_id = y.policy_id and b.source = y.source and b.year = y.year
        order by b.use_no desc
        limit 1
    ) as u
    where y.year between
            extract(year from :'day_from'::date) and extract(year from :'day_to'::date)
        and :'canteen' = (
            select min(s.code)
            from street as s
            where s.street_code = (select street_code from street where code = :'canteen')
        )
),
sums as (
    select k.*, s.fen + o.fen as fen, k.spent_fen - s.fen - o.fen as difference
    from kept as k
    cross join lateral (
        select coalesce(sum(fen), 0)::bigint as fen
        from standing_shares as s
        where s.policy_id = k.policy_id
            and s.source = k.source
            and s.service_date between make_date(k.year, 1, 1) and make_date(k.year, 12, 31)
            and s.service_date between
                date_trunc('year', :'day_from'::date::timestamp)::date
                and (date_trunc('year', :'day_to'::date::timestamp) + interval '1 year - 1 day')::date
    ) as s
    cross join lateral (
        select coalesce(sum(fen), 0)::bigint as fen
        from period_shares as o
        where o.policy_id = k.policy_id and o.source = k.source and o.year = k.year
    ) as o
),
named as (
    select
        *, format('budget %s %s %s', policy_id, source, year) as subject,
        format('；相差 %s 元', yuan(difference)) as difference_zh
    from sums
    where difference <> 0
)
select
    :'day_to'::date as service_date,
    n.subject,
    format(
        '%s 年 %s 的 %s 预算累计 %s 元，餐次明细合计 %s 元', n.year, n.policy_id, n.source,
        yuan(n.spent_fen), yuan(n.fen)
    ) || n.difference_zh as zh,
    format(
        'of the budget of %s by %s for %s, %s yuan are kept as spent, and the meals take %s; difference %s',
        n.source, n.policy_id, n.year, yuan(n.spent_fen), yuan(n.fen), yuan(n.difference)
    ) as en
from named as n
where not exists (
    select
    from current_findings as f
    where f.check_id = 'R29'
        and f.canteen_code = :'canteen'
        and f.subject = n.subject
        and f.service_date < :'day_to'::date
        and f.holds
        and right(f.zh, length(n.difference_zh)) = n.difference_zh
)
