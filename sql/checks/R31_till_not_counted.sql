-- id: R31
-- title.zh: 收银未清点
-- title.en: till not counted
-- severity: notice
-- Fires for each day on which the till counted one means of payment and not another with money in the
-- day's books (as the day close counts). Days without any till total are left alone.
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with till as (
    select t.service_date, t.key as means
    from current_independent_counts as t
    where t.canteen_code = :'canteen'
        and t.service_date between :'day_from'::date and :'day_to'::date
        and t.source = 'till'
),
ledger as (
    select d.day as service_date, d.means, sum(d.fen)::bigint as fen
    from till_days as d
    where d.canteen_code = :'canteen'
        and d.day between :'day_from'::date and :'day_to'::date
        and (d.service_date between :'day_from'::date and :'day_to'::date or d.is_paid_back)
        and d.day in (select service_date from till)
    group by 1, 2
    having sum(d.fen) <> 0
)
select
    service_date,
    'till' as subject,
    format(
        '没有清点数：%s',
        string_agg(format('%s（台账 %s 元）', means_name(means), yuan(fen)), '、' order by means)
    ) as zh,
    format(
        'not counted: %s',
        string_agg(format('%s (ledger %s yuan)', means, yuan(fen)), ', ' order by means)
    ) as en
from ledger
where not exists (
    select from till
    where till.service_date = ledger.service_date and till.means = ledger.means
)
group by service_date
