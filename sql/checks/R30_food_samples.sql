-- id: R30
-- title.zh: 食品留样
-- title.en: food samples
-- severity: warning
-- Fires for each dish of the published menu of a meal that was served (a) without a sample, (b) with fewer
-- grams than the least, (c) destroyed before the least hours had passed; for (d) a sample of a dish that
-- weighs too little although no menu was published; and (e) once a month for a canteen that has never
-- recorded a sample, instead of (a).
-- Window: the days asked for, and their month's menus. Parameters: min_grams (default 125), min_hours (default 48).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?min_grams} \else \set min_grams '125' \endif
\if :{?min_hours} \else \set min_hours '48' \endif
with samples as (
    select s.*
    from current_food_samples as s
    where s.canteen_code = :'canteen'
        and s.service_date between :'day_from'::date and :'day_to'::date
),
served as (
    select distinct m.service_date, m.period, d.name as dish
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
            select
            from standing_check_ins as c
            where c.canteen_code = :'canteen'
                and c.service_date = m.service_date
                and c.service_date between :'day_from'::date and :'day_to'::date
                and c.period = m.period
        )
),
began as (
    select min(f.service_date) as day from food_samples as f where f.canteen_code = :'canteen'
)
select
    v.service_date,
    concat_ws(' ', 'sample', v.period, v.dish) as subject,
    format('%s 没有留样', v.dish) as zh,
    format('no sample of %s', v.dish) as en
from served as v
join began as b on b.day <= v.service_date
where not exists (
    select
    from samples as s
    where s.service_date = v.service_date and s.period = v.period and s.dish = v.dish
)
union all
select distinct
    v.service_date,
    'samples',
    '还没有任何留样记录',
    'no sample has ever been recorded'
from served as v
cross join began as b
where (b.day is null or b.day > v.service_date)
    and not exists (
        select
        from current_menus as m
        where m.canteen_code = :'canteen'
            and m.service_date >= date_trunc('month', v.service_date::timestamp)::date
            and m.service_date < v.service_date
    )
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
    s.service_date,
    concat_ws(' ', 'destroyed', s.period, s.dish),
    format(
        '%s 留样 %s 小时后销毁，至少保留 %s 小时', s.dish,
        floor(extract(epoch from s.destroyed_at - s.taken_at) / 3600), :'min_hours'
    ),
    format(
        'sample of %s was destroyed after %s h, at least %s h', s.dish,
        floor(extract(epoch from s.destroyed_at - s.taken_at) / 3600), :'min_hours'
    )
from samples as s
where s.destroyed_at < s.taken_at + :'min_hours'::integer * interval '1 hour'
