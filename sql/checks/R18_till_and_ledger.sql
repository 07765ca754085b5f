-- id: R18
-- title.zh: 收银与台账不符
-- title.en: till and ledger differ
-- severity: blocking
-- Fires for each day and means of payment with a till total that is not what the till should hold by
-- the day's books (as the day close counts: reversals on the day on which the money was paid back), with
-- the likely cause, or the reason that was given when the day was closed. Only what was counted is
-- compared; what was not is R31's. Meals that were entered later explain as much as they cost.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with till as (
    select t.service_date, t.key as means, t.amount as fen
    from current_independent_counts as t
    where t.canteen_code = :'canteen'
        and t.service_date between :'day_from'::date and :'day_to'::date
        and t.source = 'till'
),
ledger as (
    -- What was taken on its own day, and what was paid back on the days asked for.
    select
        d.day as service_date, d.means, sum(d.fen)::bigint as fen,
        -sum(d.fen) filter (where d.is_paid_back)::bigint as voided
    from till_days as d
    where d.canteen_code = :'canteen'
        and d.day between :'day_from'::date and :'day_to'::date
        and (d.service_date between :'day_from'::date and :'day_to'::date or d.is_paid_back)
        and d.day in (select service_date from till)
    group by 1, 2
),
late as (
    -- Paid on their day, entered when it was closed.
    select c.service_date, c.means_of_payment as means, sum(c.diner_fen)::bigint as fen
    from check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.posted_on > c.service_date
    group by 1, 2
),
kept as (
    -- What came from an offline queue and waits for a decision.
    select e.service_date, count(*) as n
    from check_in_exceptions as e
    where e.canteen_code = :'canteen'
        and e.service_date between :'day_from'::date and :'day_to'::date
        and not exists (
            select from check_in_exception_decisions as d where d.check_in_id = e.check_in_id
        )
    group by 1
),
compared as (
    select
        service_date, means, coalesce(t.fen, 0) as till, coalesce(l.fen, 0) as ledger,
        coalesce(l.voided, 0) as voided, coalesce(e.fen, 0) as late, coalesce(k.n, 0) as kept,
        t.fen is not null as is_counted
    from till as t
    full join ledger as l using (service_date, means)
    left join late as e using (service_date, means)
    left join kept as k using (service_date)
),
caused as (
    select
        *,
        case
            when sum(till - ledger) filter (where is_counted) over (partition by service_date) = 0
                then 'means'
            when till - ledger = voided and voided > 0 then 'void'
            when till > ledger and kept > 0 then 'kept'
            when till > ledger and ledger = 0 then 'sync'
            when till > ledger then 'guests'
            else 'short'
        end as cause,
        (
            select d.reason
            from till_differences as d
            where d.canteen_code = :'canteen'
                and d.closed_day = compared.service_date
                and d.means = compared.means
        ) as reason
    from compared
)
select
    service_date,
    'till ' || means as subject,
    format(
        '%s：收银 %s 元，台账 %s 元，相差 %s 元；%s',
        means_name(means), yuan(till), yuan(ledger), yuan(till - ledger),
        coalesce('日结时说明：' || reason, '可能原因：' || case cause
            when 'means' then '支付方式记错，当日总额相符'
            when 'void' then '冲正后未退款'
            when 'kept' then format('离线补传有 %s 笔待处理', kept)
            when 'sync' then '签到未同步或离线队列未补传'
            when 'guests' then '客餐未录入或离线队列未补传'
            else '少收、漏记收款或冲正未录入'
        end)
    ) as zh,
    format(
        '%s: till %s yuan, ledger %s yuan, difference %s; %s',
        means, yuan(till), yuan(ledger), yuan(till - ledger),
        coalesce('said at the day close: ' || reason, 'likely: ' || case cause
            when 'means' then 'another means of payment, the day''s sum agrees'
            when 'void' then 'voided but not paid back'
            when 'kept' then format('%s of the offline queue wait for a decision', kept)
            when 'sync' then 'check-ins not synced or the offline queue not replayed'
            when 'guests' then 'guest meals not keyed or the offline queue not replayed'
            else 'not taken, not counted, or a void not entered'
        end)
    ) as en
from caused
where is_counted and till <> ledger and till - ledger <> late
