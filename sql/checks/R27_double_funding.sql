-- id: R27
-- title.zh: 同餐双重补贴
-- title.en: one meal under two programmes
-- severity: blocking
-- judged: programmes
-- Fires for each line with subsidies of two policies, unless the office allows the pair. The nightly job
-- reports a line only if the policies themselves, asked again, do not pay side by side.
-- Window: the days asked for. Parameters: allowed (policy ids with +, joined by commas, such as
-- city+street; default none).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?allowed} \else \set allowed '' \endif
select
    c.service_date,
    c.check_in_id::text as subject,
    format('同一餐由 %s 同时补贴', p.ids) as zh,
    format('one meal is subsidised by %s', p.ids) as en
from standing_check_ins as c
cross join lateral (
    select string_agg(distinct s ->> 'policy', '+' order by s ->> 'policy') as ids,
        count(distinct s ->> 'policy') as n
    from jsonb_array_elements(c.pricing #> '{line,shares}') as s
    where s ->> 'kind' = 'subsidy' and (s ->> 'fen')::bigint > 0
) as p
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and p.n > 1
    and p.ids <> all (string_to_array(:'allowed', ','))
