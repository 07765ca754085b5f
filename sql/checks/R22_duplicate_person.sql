-- id: R22
-- title.zh: 疑似重复登记
-- title.en: perhaps the same person twice
-- severity: warning
-- Fires for each meal of a person who shares name, sex and birth date with another person of the same
-- resident group: twins from data entry that were not merged. (The same ID number twice is impossible.)
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select distinct on (c.service_date, c.diner_id)
    c.service_date,
    format('diner %s', c.diner_id) as subject,
    format('与另一登记对象同名、同性别、同出生日期、同居民小组') as zh,
    format('same name, sex, birth date and resident group as another person') as en
from check_ins as c
join current_diner_records as a on a.diner_id = c.diner_id
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and exists (
        select
        from current_diner_records as b
        where b.diner_id <> a.diner_id
            and b.name = a.name
            and b.sex = a.sex
            and b.birth_date = a.birth_date
            and b.residence_region = a.residence_region
            and not exists (
                select
                from current_diner_aliases as m
                where (m.diner_id = a.diner_id and m.into_diner_id = b.diner_id)
                    or (m.diner_id = b.diner_id and m.into_diner_id = a.diner_id)
            )
    )
order by c.service_date, c.diner_id
