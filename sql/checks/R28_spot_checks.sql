-- id: R28
-- title.zh: 抽查不足
-- title.en: too few spot checks
-- severity: notice
-- limits: share 0..100, least 0..10000
-- Fires for each month of a canteen with fewer spot checks than the greater of a share of its
-- beneficiaries and a least number (never more than there are), once it has begun to keep them.
-- Window: months that end on one of the days asked for. Parameters: share (percent, default 5), least
-- (default 10).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?share} \else \set share '5' \endif
\if :{?least} \else \set least '10' \endif
with months as (
    -- The months that end on one of the days asked for.
    select
        date_trunc('month', d)::date as month_from,
        (date_trunc('month', d) + interval '1 month - 1 day')::date as month_to
    from generate_series(:'day_from'::date, :'day_to'::date, interval '1 day') as d
    where d = date_trunc('month', d) + interval '1 month - 1 day'
),
persons as (
    select m.month_from, m.month_to, count(distinct c.person_id) as n
    from months as m
    join standing_check_ins as c
        on c.canteen_code = :'canteen' and c.service_date between m.month_from and m.month_to
    where c.diner_fen < c.list_fen
        and c.category is not null
        and c.service_date between
            date_trunc('month', :'day_from'::date::timestamp)::date and :'day_to'::date
    group by 1, 2
),
compared as (
    select
        p.*, least(p.n, greatest(ceil(p.n * :'share'::numeric / 100), :'least'::integer)) as due,
        (
            select count(distinct s.diner_id)
            from spot_checks as s
            where s.canteen_code = :'canteen' and s.checked_on between p.month_from and p.month_to
        ) as done
    from persons as p
)
select
    month_to as service_date,
    'spot checks' as subject,
    format('本月受益 %s 人，应抽查 %s 人，已抽查 %s 人', n, due, done) as zh,
    format('%s beneficiaries, %s to be asked, %s were', n, due, done) as en
from compared
where done < due
    and exists (select from spot_checks as s where s.canteen_code = :'canteen')
