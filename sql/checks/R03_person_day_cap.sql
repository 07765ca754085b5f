-- id: R03
-- title.zh: 一人一日超次
-- title.en: more subsidised meals than the cap of a day
-- severity: blocking
-- judged: day
-- Fires for each subsidised line of a person beyond the cap of the day, counted over all canteens in
-- the order of service, and for the second one of one meal, whatever the cap: nobody eats two lunches.
-- Reported at the canteen of the line that is over.
-- Window: the day of each line. Parameters: cap (meals a person and day, default 1). The nightly job
-- takes the cap from the policies, and reports a line only if the pricing function, given the person's
-- earlier meals of the day, gives it less than it got.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?cap} \else \set cap '1' \endif
with here as (
    select distinct c.person_id
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
        and c.category is not null
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
        row_number() over (
            partition by r.person_id, c.service_date order by c.served_at, c.check_in_id
        ) as n,
        row_number() over (
            partition by r.person_id, c.service_date, c.period order by c.served_at, c.check_in_id
        ) as of_meal
    from records as r
    join check_ins as c on c.diner_id = r.diner_id
    left join check_in_reversals as v
        on v.diner_id = c.diner_id
        and v.service_date = c.service_date
        and v.check_in_id = c.check_in_id
    where c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
        and c.category is not null
        and v.check_in_id is null
)
select
    service_date,
    check_in_id::text as subject,
    case
        when of_meal > 1 then format('同一餐次第 %s 次享受补贴', of_meal)
        else format('当日第 %s 次享受补贴，超过政策上限 %s 次', n, :'cap')
    end as zh,
    case
        when of_meal > 1 then format('subsidised %s times for one meal', of_meal)
        else format('subsidised meal %s of the day, the policies'' cap is %s', n, :'cap')
    end as en
from numbered
where canteen_code = :'canteen' and (n > :'cap'::integer or of_meal > 1)
