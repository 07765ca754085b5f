-- id: R19
-- title.zh: 食物与餐数不符
-- title.en: food and meals differ
-- severity: warning
-- Fires (a) for each day and period whose portions (produced + carried in - carried over - wasted) or
-- whose gate or tray count differ from the meals checked in by more than a tolerance; (b) for each period
-- whose delivery receipts are not the delivered meals; (c) for a dish of the menu without a sample or with
-- fewer grams, where the canteen recorded samples on the day.
-- Window: the days asked for. Parameters: tolerance (percent, default 5), min_grams (default 125).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?tolerance} \else \set tolerance '5' \endif
\if :{?min_grams} \else \set min_grams '125' \endif
with meals as (
    select
        c.service_date, c.period, count(*) as meals,
        count(*) filter (where c.mode = 'home_delivery') as delivered,
        count(*) filter (where c.mode = 'dine_in') as dine_in
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    group by 1, 2
),
counted as (
    select
        t.service_date, t.key as period,
        case when t.source in ('gate', 'delivered') then t.source else 'portions' end as what,
        sum(case when t.source in ('carried_over', 'wasted') then -t.amount else t.amount end) as n,
        bool_or(t.source in ('produced', 'gate', 'delivered')) as is_whole
    from current_independent_counts as t
    where t.canteen_code = :'canteen'
        and t.service_date between :'day_from'::date and :'day_to'::date
        and t.source <> 'till'
    group by 1, 2, 3
),
compared as (
    select
        k.service_date, k.period, k.what, k.n,
        case k.what
            when 'delivered' then coalesce(m.delivered, 0)
            when 'gate' then coalesce(m.dine_in, 0)
            else coalesce(m.meals, 0)
        end as meals
    from counted as k
    left join meals as m using (service_date, period)
    where k.is_whole
),
samples as (
    select f.service_date, f.period, f.dish, f.grams
    from current_food_samples as f
    where f.canteen_code = :'canteen'
        and f.service_date between :'day_from'::date and :'day_to'::date
)
select
    service_date,
    concat_ws(' ', what, period) as subject,
    format(
        '%s：清点 %s，签到 %s，相差 %s；可能原因：%s', period, n, meals, n - meals,
        case
            when meals = 0 then '签到未同步'
            when n > meals then '客餐未录入或离线队列未补传'
            else '份数漏记，或签到多于实际用餐'
        end
    ) as zh,
    format(
        '%s: counted %s, checked in %s, difference %s; likely: %s', period, n, meals, n - meals,
        case
            when meals = 0 then 'check-ins not synced'
            when n > meals then 'guest meals not keyed or the offline queue not replayed'
            else 'portions not counted, or more check-ins than people'
        end
    ) as en
from compared
where case what
    when 'delivered' then n <> meals
    else abs(n - meals) * 100 > greatest(n, meals) * :'tolerance'::numeric
end
union all
select
    s.service_date,
    concat_ws(' ', 'sample', s.period, s.dish),
    format('%s 留样 %s 克，至少 %s 克', s.dish, s.grams, :'min_grams'),
    format('sample of %s has %s g, at least %s g', s.dish, s.grams, :'min_grams')
from samples as s
where s.grams < :'min_grams'::integer
union all
select
    m.service_date,
    concat_ws(' ', 'sample', m.period, d.name),
    format('%s 没有留样', d.name),
    format('no sample of %s', d.name)
from current_menus as m
join menu_dishes as d
    on d.canteen_code = m.canteen_code
    and d.service_date = m.service_date
    and d.period = m.period
    and d.revision = m.revision
    and d.category <> 'set'
where m.canteen_code = :'canteen'
    and m.service_date between :'day_from'::date and :'day_to'::date
    and exists (
        select from samples as s where s.service_date = m.service_date and s.period = m.period
    )
    and not exists (
        select
        from samples as s
        where s.service_date = m.service_date and s.period = m.period and s.dish = d.name
    )
