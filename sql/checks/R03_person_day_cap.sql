-- id: R03
-- title.zh: 一人一日超次
-- title.en: more subsidised meals than the cap of a day
-- severity: warning
-- Fires for each subsidised line of a person beyond the cap of the day, counted over all canteens in
-- the order of service. Reported at the canteen of the line that is over.
-- Window: the day of each line. Parameters: cap (meals a person and day, default 1; a policy that
-- gives one a meal needs 2 or 3 here).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?cap} \else \set cap '1' \endif
with here as (
    select distinct c.person_id, c.service_date
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
),
numbered as (
    select
        c.*,
        row_number() over (
            partition by c.person_id, c.service_date order by c.served_at, c.check_in_id
        ) as n
    from standing_check_ins as c
    where c.service_date between :'day_from'::date and :'day_to'::date
        and c.diner_fen < c.list_fen
        and (c.person_id, c.service_date) in (select person_id, service_date from here)
)
select
    c.service_date,
    c.check_in_id::text as subject,
    format('当日第 %s 次享受补贴，上限 %s 次', c.n, :'cap') as zh,
    format('subsidised meal %s of the day, the cap is %s', c.n, :'cap') as en
from numbered as c
where c.canteen_code = :'canteen' and c.n > :'cap'::integer
