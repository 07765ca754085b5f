-- id: R22
-- title.zh: 疑似重复登记
-- title.en: perhaps the same person twice
-- severity: warning
-- Fires for a person who shares name and birth date with another one, and sex and resident group or the
-- telephone too, or under another name birth date and the end of the ID number: twins from data entry that
-- were not merged. (The same ID number twice is impossible.)
-- Fires on a meal before which the person did not come for 90 days, so that a pair of namesakes is
-- named once and not with every meal.
-- Window: 90 days before the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
with came as (
    select distinct c.diner_id, c.service_date
    from check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
        and c.guest_kind is null
        and not exists (
            select from current_diner_aliases as m where m.diner_id = c.diner_id
        )
),
first_meals as (
    select m.diner_id, m.service_date
    from came as m
    where (
        -- The last one before, found by the person's own index.
        select c.service_date
        from check_ins as c
        where c.diner_id = m.diner_id
            and c.service_date between m.service_date - 90 and m.service_date - 1
            and c.service_date between :'day_from'::date - 90 and :'day_to'::date
            and c.canteen_code = :'canteen'
        order by c.service_date desc
        limit 1
    ) is null
)
select
    f.service_date,
    format('diner %s', f.diner_id) as subject,
    format('与另一登记对象%s', b.shared_zh) as zh,
    format('the same person as another one? %s', b.shared_en) as en
from first_meals as f
cross join lateral (
    select r.*
    from diner_records as r
    where r.diner_id = f.diner_id
    order by r.record_no desc
    limit 1
) as a
cross join lateral (
    select
        case
            when o.name <> a.name then '出生日期、证件号末四位相同，姓名不同'
            when o.phone_key = a.phone_key then '同名、同出生日期，且电话相同'
            else '同名、同出生日期，且同性别、同居民小组'
        end as shared_zh,
        case
            when o.name <> a.name then 'one birth date and end of the ID number, another name'
            when o.phone_key = a.phone_key then 'one name, birth date and telephone'
            else 'one name, birth date, sex and resident group'
        end as shared_en
    from (
        select r.*
        from diner_records as r
        where r.name = a.name and r.birth_date = a.birth_date
            and (
                r.phone_key = a.phone_key
                or (
                    r.sex = a.sex
                    and r.residence_region = a.residence_region
                    and r.resident_group = a.resident_group
                )
            )
        union all
        select r.*
        from diner_records as r
        where r.id_tail = a.id_tail and r.birth_date = a.birth_date and r.name <> a.name
    ) as o
    where o.diner_id <> a.diner_id
        and not exists (
            select
            from diner_records as later
            where later.diner_id = o.diner_id and later.record_no > o.record_no
        )
        and not exists (
            select
            from current_diner_aliases as m
            where m.diner_id = o.diner_id and m.into_diner_id = a.diner_id
        )
    order by o.name <> a.name, o.diner_id
    limit 1
) as b
order by f.service_date, f.diner_id
