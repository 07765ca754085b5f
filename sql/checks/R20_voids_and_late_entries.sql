-- id: R20
-- title.zh: 冲正和补录过多
-- title.en: many voids and late entries
-- severity: warning
-- limits: share 0..100, min_lines 1..1000
-- Fires (a) for each day on which voids and late lines (posted after the day's close, or typed in from a
-- list) are more than a share of its lines, (b) for each void by the person who checked in, later than an
-- undo at the counter, and (c) for each void that was entered after the day.
-- An undo at once is no void: within some minutes of the meal, or of typing in a list after a power cut.
-- Window: the days asked for. Parameters: share (percent, default 2), min_lines (voids and late lines,
-- default 2), undo (default 15 minutes).
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?share} \else \set share '2' \endif
\if :{?min_lines} \else \set min_lines '2' \endif
\if :{?undo} \else \set undo '15 minutes' \endif
\if :{?zone} \else \set zone 'Asia/Shanghai' \endif
with lines as (
    select
        c.service_date, c.check_in_id, c.recorded_by, r.reversed_by,
        c.posted_on > c.service_date or c.entry = 'late' as is_late,
        c.posted_on > c.service_date as is_after_close,
        (r.reversed_at at time zone :'zone')::date as voided_on, r.posted_on as void_posted_on,
        r.reversed_at is null as stands,
        r.reversed_at > :'undo'::interval
            + case when c.entry = 'late' then c.recorded_at else c.served_at end as is_void
    from check_ins as c
    left join check_in_reversals as r
        on r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
),
sums as (
    select
        service_date, count(*) as n, count(*) filter (where is_void) as voids,
        count(*) filter (where is_late and stands) as late,
        count(*) filter (where is_after_close and stands) as after_close
    from lines
    group by service_date
)
select
    service_date,
    'share' as subject,
    format(
        '%s 笔中冲正 %s 笔、补录 %s 笔（其中日结后 %s 笔），超过 %s%%', n, voids, late, after_close, :'share'
    ) as zh,
    format(
        '%s lines, %s voids, %s late entries (%s after the close): above %s%%', n, voids, late,
        after_close, :'share'
    ) as en
from sums
where voids + late >= :'min_lines'::integer and (voids + late) * 100 > n * :'share'::numeric
union all
select
    service_date,
    check_in_id::text,
    case
        when voided_on > service_date then format('%s 才冲正，已过当日', voided_on)
        when void_posted_on > service_date then format('日结后冲正，记入 %s 的账', void_posted_on)
        else '签到与冲正为同一人，且不是当场撤销'
    end,
    case
        when voided_on > service_date then format('voided only on %s, after the day', voided_on)
        when void_posted_on > service_date
            then format('voided after the close, in the books of %s', void_posted_on)
        else 'checked in and voided by one person, not at once'
    end
from lines
where is_void
    and (
        reversed_by = recorded_by or voided_on > service_date or void_posted_on > service_date
    )
