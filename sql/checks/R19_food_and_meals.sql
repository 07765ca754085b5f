-- id: R19
-- title.zh: 食物与餐数不符
-- title.en: food and meals differ
-- severity: warning
-- limits: tolerance 0..100, portions 0..100
-- Fires (a) for each day and period in which what others counted - portions (produced + carried in -
-- carried over - wasted), gate or tray count - differs from the meals checked in by more than a
-- tolerance, with all three numbers, the size and the likely cause; (b) for each period whose delivery
-- receipts are not the delivered meals. Samples of food: R30.
-- Window: the days asked for, and the week before for terminals that fell silent. Parameters: tolerance
-- (percent, default 5), portions (differences up to so many say nothing, default 2).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?tolerance} \else \set tolerance '5' \endif
\if :{?portions} \else \set portions '2' \endif
with counted as (
    select
        t.service_date, t.key as period,
        sum(case when t.source in ('carried_over', 'wasted') then -t.amount else t.amount end)
            filter (where t.source in ('produced', 'carried_in', 'carried_over', 'wasted'))
            as portions,
        bool_or(t.source = 'produced') as has_portions,
        sum(t.amount) filter (where t.source = 'gate') as gate,
        sum(t.amount) filter (where t.source = 'delivered') as receipts
    from current_independent_counts as t
    where t.canteen_code = :'canteen'
        and t.service_date between :'day_from'::date and :'day_to'::date
        and t.source <> 'till'
    group by 1, 2
),
meals as (
    select
        c.service_date, c.period,
        count(*) filter (where r.check_in_id is null) as meals,
        count(*) filter (where r.check_in_id is null and c.mode = 'home_delivery') as delivered,
        count(*) filter (where r.check_in_id is null and c.mode = 'dine_in') as dine_in,
        count(r.check_in_id) as voided,
        count(*) filter (where r.check_in_id is not null and c.mode = 'dine_in') as voided_dine_in
    from check_ins as c
    left join check_in_reversals as r
        on r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and exists (select from counted as k where k.service_date = c.service_date)
    group by 1, 2
),
compared as (
    select
        k.service_date, k.period, k.receipts, case when k.has_portions then k.portions end as portions,
        k.gate, coalesce(m.meals, 0) as meals, coalesce(m.dine_in, 0) as dine_in,
        coalesce(m.delivered, 0) as delivered, coalesce(m.voided, 0) as voided,
        coalesce(m.voided_dine_in, 0) as voided_dine_in
    from counted as k
    left join meals as m using (service_date, period)
),
sized as (
    select
        c.*,
        c.portions is not null
            and abs(c.portions - c.meals) > :'portions'::integer
            and abs(c.portions - c.meals) * 100 > greatest(c.portions, c.meals) * :'tolerance'::numeric
            as portions_differ,
        c.gate is not null
            and abs(c.gate - c.dine_in) > :'portions'::integer
            and abs(c.gate - c.dine_in) * 100 > greatest(c.gate, c.dine_in) * :'tolerance'::numeric
            as gate_differs
    from compared as c
),
different as materialized (
    select
        s.*,
        case when s.portions_differ then s.portions - s.meals else s.gate - s.dine_in end as size,
        case when s.portions_differ then s.voided else s.voided_dine_in end as voids,
        (
            select count(*)
            from check_in_exceptions as e
            where e.canteen_code = :'canteen'
                and e.service_date = s.service_date
                and e.period = s.period
                and not exists (
                    select
                    from check_in_exception_decisions as d
                    where d.check_in_id = e.check_in_id
                )
        ) as kept,
        (
            -- A terminal that sent something on most days of the week before, and nothing on this one.
            select min(b.terminal)
            from (
                select c.terminal
                from check_ins as c
                where c.canteen_code = :'canteen'
                    and c.service_date between :'day_from'::date - 7 and :'day_to'::date
                    and c.service_date between s.service_date - 7 and s.service_date
                    and c.period = s.period
                group by c.terminal
                having count(distinct c.service_date) >= 4
                    and max(c.service_date) < s.service_date
            ) as b
        ) as silent
    from sized as s
    where s.portions_differ or s.gate_differs
),
caused as (
    select
        *,
        case
            when size > 0 and kept > 0 then 'kept'
            when meals = 0 then 'sync'
            when size > 0 and silent is not null then 'silent'
            when size > 0 and size = voids then 'void'
            when size > 0 and portions_differ and gate is not null and not gate_differs
                then 'uneaten'
            when size > 0 then 'guests'
            when portions_differ and gate is not null and not gate_differs then 'uncounted'
            else 'people'
        end as cause
    from different
)
select
    service_date,
    'counts ' || period as subject,
    format(
        '%s：签到 %s%s%s，相差 %s；可能原因：%s',
        case period when 'breakfast' then '早餐' when 'lunch' then '午餐' else '晚餐' end,
        meals, '，实出 ' || portions, '，闸机 ' || gate || '（堂食签到 ' || dine_in || '）', size,
        case cause
            when 'kept' then format('离线补传有 %s 笔待处理', kept)
            when 'sync' then '签到未同步'
            when 'silent' then format('终端 %s 当日没有记录，离线队列可能未补传', silent)
            when 'void' then format('冲正了 %s 份，餐已吃', voids)
            when 'uneaten' then '闸机与签到相符：剩余未登记为废弃或结转'
            when 'guests' then '客餐未录入或离线队列未补传'
            when 'uncounted' then '闸机与签到相符：份数漏记'
            else '份数漏记，或签到多于实际用餐'
        end
    ) as zh,
    format(
        '%s: checked in %s%s%s, difference %s; likely: %s', period, meals, ', portions ' || portions,
        ', gate ' || gate || ' (dine-in check-ins ' || dine_in || ')', size,
        case cause
            when 'kept' then format('%s of the offline queue wait for a decision', kept)
            when 'sync' then 'check-ins not synced'
            when 'silent'
                then format('terminal %s sent nothing: its offline queue was not replayed', silent)
            when 'void' then format('%s voided, but eaten', voids)
            when 'uneaten' then 'gate and check-ins agree: what was left is not in wasted or carried over'
            when 'guests' then 'guest meals not keyed or the offline queue not replayed'
            when 'uncounted' then 'gate and check-ins agree: portions not counted'
            else 'portions not counted, or more check-ins than people'
        end
    ) as en
from caused
union all
select
    service_date,
    'delivered ' || period,
    format('送餐回执 %s 份，送餐签到 %s 份，相差 %s；可能原因：%s', receipts, delivered,
        receipts - delivered,
        case when receipts < delivered then '没有送到或回执未交' else '送餐未签到' end),
    format('%s delivery receipts, %s delivered meals, difference %s; likely: %s', receipts, delivered,
        receipts - delivered,
        case when receipts < delivered then 'not brought, or receipts missing'
            else 'deliveries not checked in' end)
from compared
where receipts is not null and receipts <> delivered
