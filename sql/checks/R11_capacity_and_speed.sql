-- id: R11
-- title.zh: 超过容量或速度
-- title.en: beyond capacity or speed
-- severity: warning
-- limits: turns 1..20, in_five_minutes 1..1000
-- Fires (a) for each day and period with more dine-in meals than seats times turns, where the seats are
-- known, and (b) for each terminal and day on which more check-ins came within five minutes than one every
-- three seconds: entry in bulk, not people. Lists that were written by hand during a power cut and are
-- marked as entered late are left to R20.
-- Window: the days asked for. Parameters: turns (default 3), in_five_minutes (check-ins, default 100).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?turns} \else \set turns '3' \endif
\if :{?in_five_minutes} \else \set in_five_minutes '100' \endif
with lines as (
    select
        c.service_date, c.period, c.canteen_code, c.mode, c.terminal, c.entry,
        count(*) over (
            partition by c.terminal, c.service_date, c.entry order by c.served_at
            range between interval '5 minutes' preceding and current row
        ) - count(*) over (
            partition by c.terminal, c.service_date, c.entry order by c.served_at
            range between interval '5 minutes' preceding and interval '5 minutes' preceding
        ) as burst
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
)
select
    c.service_date,
    'capacity ' || c.period as subject,
    format('堂食 %s 份，座位 %s × %s 轮', count(*), k.seats, :'turns') as zh,
    format('%s dine-in meals, %s seats x %s turns', count(*), k.seats, :'turns') as en
from lines as c
join canteens as k on k.code = c.canteen_code
where c.mode = 'dine_in'
group by c.service_date, c.period, k.seats
having count(*) > k.seats * :'turns'::integer
union all
select
    c.service_date,
    'speed ' || c.terminal,
    format('五分钟内 %s 次签到，疑似批量录入', max(c.burst)),
    format('%s check-ins within five minutes: entered in bulk?', max(c.burst))
from lines as c
where c.burst > :'in_five_minutes'::integer and c.entry <> 'late'
group by c.service_date, c.terminal
