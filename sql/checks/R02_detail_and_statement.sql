-- id: R02
-- title.zh: 明细与结算单不符
-- title.en: detail and statement differ
-- severity: blocking
-- Fires for each statement, tier and source (and the list price) whose lines do not add up to the
-- statement's own total; any fen counts. A line that takes a meal back has its sign in its money
-- already. Window: statements closed on the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?zone} \else \set zone 'Asia/Shanghai' \endif
with closed as (
    select s.*, (s.closed_at at time zone :'zone')::date as closed_on
    from statements as s
    where s.canteen_code = :'canteen'
        and (s.closed_at at time zone :'zone')::date
            between :'day_from'::date and :'day_to'::date
),
said as (
    select s.statement_no, t ->> 'code' as tier, 'list' as item, (t ->> 'list')::bigint as fen
    from closed as s, jsonb_array_elements(s.summary -> 'tiers') as t
    union all
    select s.statement_no, t ->> 'code', p ->> 'source', (p ->> 'fen')::bigint
    from closed as s, jsonb_array_elements(s.summary -> 'tiers') as t,
        jsonb_array_elements(t -> 'sources') as p
),
lines as (
    select l.* from statement_lines as l
    join closed as s on s.statement_no = l.statement_no
    where l.adjustment_no = 0
),
detail as (
    select
        statement_no, content ->> 'tier' as tier, 'list' as item,
        sum((content ->> 'list')::bigint)::bigint as fen
    from lines
    group by 1, 2
    union all
    select
        l.statement_no, l.content ->> 'tier', p ->> 'source',
        sum((p ->> 'fen')::bigint)::bigint
    from lines as l, jsonb_array_elements(l.content -> 'sources') as p
    group by 1, 2, 3
),
compared as (
    select
        statement_no, tier, item, coalesce(sum(s.fen), 0) as said, coalesce(sum(d.fen), 0) as found
    from said as s
    full join detail as d using (statement_no, tier, item)
    group by 1, 2, 3
)
select
    s.closed_on as service_date,
    concat_ws(' ', c.statement_no, c.tier, c.item) as subject,
    format('结算单 %s 元，明细合计 %s 元', yuan(c.said), yuan(c.found)) as zh,
    format('the statement says %s yuan, its lines %s', yuan(c.said), yuan(c.found)) as en
from compared as c
join closed as s using (statement_no)
where c.said <> c.found
