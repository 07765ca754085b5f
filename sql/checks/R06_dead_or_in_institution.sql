-- id: R06
-- title.zh: 身故或入住机构期间就餐
-- title.en: a meal after death or during a stay in an institution
-- severity: blocking
-- Fires for each subsidised line whose service day is after the person's death or inside a stay in an
-- institution, as the register knows it now; records that were merged are one person.
-- Window: the days asked for.
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
from check_ins as c
left join current_diner_aliases as a on a.diner_id = c.diner_id
join (
    select coalesce(b.into_diner_id, d.diner_id) as person_id, d.status, d.valid_from, d.valid_to
    from current_diner_statuses as d
    left join current_diner_aliases as b on b.diner_id = d.diner_id
) as s
    on s.person_id = coalesce(a.into_diner_id, c.diner_id)
    and (
        (s.status = 'deceased' and c.service_date > s.valid_from)
        or (
            s.status = 'in_institution'
            and c.service_date between s.valid_from and coalesce(s.valid_to, 'infinity')
        )
    )
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and c.diner_fen < c.list_fen
    and not exists (
        select
        from check_in_reversals as r
        where r.diner_id = c.diner_id
            and r.service_date = c.service_date
            and r.check_in_id = c.check_in_id
    )
order by c.service_date, c.check_in_id
