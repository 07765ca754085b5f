-- id: R08
-- title.zh: 超过出勤上限
-- title.en: above the attendance-adjusted ceiling
-- severity: warning
-- limits: factor 0..1
-- Fires for each day and tier with more meals of one period than eligible persons times the attendance
-- factor; explain it in writing (a popular menu, a visiting group). Only tiers with an eligible count.
-- Window: the days asked for. Parameters: factor (share of 1, default 0.938).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?factor} \else \set factor '0.938' \endif
with served as (
    select c.service_date, c.period, coalesce(c.category, '') as category, count(*) as meals
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    group by 1, 2, 3
)
select
    s.service_date,
    concat_ws(' ', s.period, s.category) as subject,
    format(
        '%s：%s 份，上限 %s（%s 人 × %s），超出 %s', s.category, s.meals,
        trim_scale(e.eligible * :'factor'::numeric), e.eligible, :'factor',
        trim_scale(s.meals - e.eligible * :'factor'::numeric)
    ) as zh,
    format(
        '%s: %s meals, ceiling %s (%s persons x %s), +%s', s.category, s.meals,
        trim_scale(e.eligible * :'factor'::numeric), e.eligible, :'factor',
        trim_scale(s.meals - e.eligible * :'factor'::numeric)
    ) as en
from served as s
cross join lateral (
    select k.eligible
    from current_eligible_counts as k
    where k.canteen_code = :'canteen'
        and k.category = s.category
        and k.valid_from <= s.service_date
    order by k.valid_from desc
    limit 1
) as e
where s.category <> '' and s.meals > e.eligible * :'factor'::numeric
