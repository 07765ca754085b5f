-- id: R06
-- title.zh: 身故或入住机构期间就餐
-- title.en: a meal after death or during a stay in an institution
-- severity: blocking
-- judged: stay
-- Fires for each line whose service day is after the person's death, at whatever price, since somebody
-- used the card; and for each subsidised line inside a stay in an institution. As the register knows it
-- now; records that were merged are one person.
-- Window: the days asked for. The nightly job leaves out a stay during which the policies pay all the
-- same.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select
    c.service_date,
    c.check_in_id::text as subject,
    format(
        '%s，自 %s 起', case s.status when 'deceased' then '登记为已故' else '登记为入住养老机构' end, s.valid_from
    ) as zh,
    format(
        '%s since %s',
        case s.status when 'deceased' then 'registered as deceased' else 'in an institution' end,
        s.valid_from
    ) as en
from standing_check_ins as c
cross join lateral (
    select d.status, d.valid_from
    from current_diner_statuses as d
    where d.diner_id in (
            select c.person_id
            union all
            select a.diner_id from current_diner_aliases as a where a.into_diner_id = c.person_id
        )
        and (
            (d.status = 'deceased' and d.valid_to is null and c.service_date > d.valid_from)
            or (
                d.status = 'in_institution'
                and c.service_date between d.valid_from and coalesce(d.valid_to, 'infinity')
            )
        )
    order by d.status
    limit 1
) as s
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and (s.status = 'deceased' or (c.diner_fen < c.list_fen and c.category is not null))
order by c.service_date, c.check_in_id
