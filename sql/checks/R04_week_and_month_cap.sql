-- id: R04
-- title.zh: 周或月超次
-- title.en: more subsidised meals than the cap of a week or month
-- severity: warning
-- Fires for each subsidised line of a person beyond the cap of the natural week (Monday to Sunday) or of
-- the calendar month, over all canteens in the order of service.
-- Window: the week and the month of each line, up to the line. Parameters: week_cap (default 7),
-- month_cap (default 31).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?week_cap} \else \set week_cap '7' \endif
\if :{?month_cap} \else \set month_cap '31' \endif
with here as (
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
),
numbered as (
    select
        c.*,
        count(*) over (
            partition by c.person_id, date_trunc('week', c.service_date)
            order by c.served_at, c.check_in_id
        ) as of_week,
        count(*) over (
            partition by c.person_id, date_trunc('month', c.service_date)
            order by c.served_at, c.check_in_id
        ) as of_month
    from standing_check_ins as c
    where c.service_date between
            least(
                date_trunc('week', :'day_from'::date), date_trunc('month', :'day_from'::date)
            )::date
            and :'day_to'::date
        and c.diner_fen < c.list_fen
        and c.person_id in (select person_id from here)
)
select
    c.service_date,
    c.check_in_id::text as subject,
    format('本周第 %s 次（上限 %s），本月第 %s 次（上限 %s）', c.of_week, :'week_cap', c.of_month, :'month_cap')
        as zh,
    format(
        'meal %s of the week (cap %s), %s of the month (cap %s)', c.of_week, :'week_cap',
        c.of_month, :'month_cap'
    ) as en
from numbered as c
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (c.of_week > :'week_cap'::integer or c.of_month > :'month_cap'::integer)
