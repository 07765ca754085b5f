-- id: R04
-- title.zh: 周、月、季或年超次
-- title.en: more subsidised meals than the cap of a week, month, quarter or year
-- severity: blocking
-- judged: window
-- Fires for each subsidised line of a person beyond the cap of the natural week (Monday to Sunday), the
-- calendar month, the quarter or the year, over all canteens in the order of service.
-- Window: the week and the month of each line, up to the line; a quarter or a year only where its cap
-- is set. Parameters: week_cap (default 7), month_cap (default 31), quarter_cap and year_cap (default
-- 9999: none). The nightly job takes the caps from the policies, and reports a line only if the pricing
-- function, given the person's earlier meals, gives it less than it got.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?week_cap} \else \set week_cap '7' \endif
\if :{?month_cap} \else \set month_cap '31' \endif
\if :{?quarter_cap} \else \set quarter_cap '9999' \endif
\if :{?year_cap} \else \set year_cap '9999' \endif
with here as (
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
        and c.category is not null
        and least(
            :'week_cap'::integer, :'month_cap'::integer, :'quarter_cap'::integer,
            :'year_cap'::integer
        ) < 9999
),
records as (
    -- A person's meals stand under every record that was merged into theirs.
    select person_id, person_id as diner_id from here
    union all
    select a.into_diner_id, a.diner_id
    from current_diner_aliases as a
    join here as h on h.person_id = a.into_diner_id
),
numbered as (
    select
        c.check_in_id, c.service_date, c.canteen_code,
        count(*) over (
            partition by r.person_id, date_trunc('week', c.service_date::timestamp) order by c.served_at, c.check_in_id
        ) as of_week,
        count(*) over (
            partition by r.person_id, date_trunc('month', c.service_date::timestamp) order by c.served_at, c.check_in_id
        ) as of_month,
        count(*) over (
            partition by r.person_id, date_trunc('quarter', c.service_date::timestamp)
            order by c.served_at, c.check_in_id
        ) as of_quarter,
        count(*) over (
            partition by r.person_id, date_trunc('year', c.service_date::timestamp) order by c.served_at, c.check_in_id
        ) as of_year
    from records as r
    join check_ins as c on c.diner_id = r.diner_id
    left join check_in_reversals as v
        on v.diner_id = c.diner_id
        and v.service_date = c.service_date
        and v.check_in_id = c.check_in_id
    where c.service_date between least(
            date_trunc('week', :'day_from'::date::timestamp),
            date_trunc('month', :'day_from'::date::timestamp),
            case when :'quarter_cap'::integer < 9999
                then date_trunc('quarter', :'day_from'::date::timestamp) end,
            case when :'year_cap'::integer < 9999
                then date_trunc('year', :'day_from'::date::timestamp) end
        )::date and :'day_to'::date
        and c.diner_fen < c.list_fen
        and c.category is not null
        and v.check_in_id is null
)
select
    service_date,
    check_in_id::text as subject,
    format('本周第 %s 次（上限 %s），本月第 %s 次（上限 %s）', of_week, nullif(:'week_cap', '9999'),
        of_month, nullif(:'month_cap', '9999'))
        || case when of_quarter > :'quarter_cap'::integer
            then format('，本季第 %s 次（上限 %s）', of_quarter, :'quarter_cap') else '' end
        || case when of_year > :'year_cap'::integer
            then format('，本年第 %s 次（上限 %s）', of_year, :'year_cap') else '' end as zh,
    format('meal %s of the week (cap %s), %s of the month (cap %s), %s of the quarter, %s of the year',
        of_week, nullif(:'week_cap', '9999'), of_month, nullif(:'month_cap', '9999'), of_quarter,
        of_year) as en
from numbered
where canteen_code = :'canteen'
    and service_date between :'day_from'::date and :'day_to'::date
    and (
        of_week > :'week_cap'::integer
        or of_month > :'month_cap'::integer
        or of_quarter > :'quarter_cap'::integer
        or of_year > :'year_cap'::integer
    )
