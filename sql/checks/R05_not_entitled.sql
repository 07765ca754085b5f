-- id: R05
-- title.zh: 当日无资格
-- title.en: not entitled on the day
-- severity: blocking
-- judged: entitlement
-- limits: min_age 0..120
-- Fires for each subsidised line of a person who on the service day was neither old enough nor held an
-- active entitlement, or who was paused, moved away, withdrawn or on the staff; and, to be looked at, for
-- each line of a person of whom something was recorded after it. Where the policies say what a tier asks
-- for, its own age and entitlement count, so that a tier for holders of an entitlement is no tier for
-- the old.
-- Window: the days asked for. Parameters: min_age (years, default 60, for tiers that are not named), tiers
-- (JSON: tier, min_age, entitled; default none). The nightly job takes tiers from the policies, and
-- reports a line only if the pricing function, given what the register knows now, gives it less than it
-- got.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
\if :{?min_age} \else \set min_age '60' \endif
\if :{?tiers} \else \set tiers '[]' \endif
with tiers as (
    select t.tier, t.min_age, t.entitled
    from jsonb_to_recordset(:'tiers'::jsonb) as t (tier text, min_age integer, entitled boolean)
)
select
    c.service_date,
    c.check_in_id::text as subject,
    case
        when s.status is not null then '登记状态：' || case s.status
            when 'paused' then '暂停' when 'moved' then '迁出' when 'withdrawn' then '退出'
            when 'staff' then '工作人员' end
        when x.is_young then '未达年龄，也没有当日有效的资格'
        else '登记信息在签到之后有变动，按现有登记当日不应享受这笔补贴'
    end as zh,
    case
        when s.status is not null then 'status: ' || s.status
        when x.is_young then 'neither old enough nor entitled on the day'
        else 'recorded since then: by the register as it is now, this subsidy was not due'
    end as en
from standing_check_ins as c
left join lateral (
    select r.birth_date, r.recorded_at
    from diner_records as r
    where r.diner_id = c.person_id
    order by r.record_no desc
    limit 1
) as d on true
left join lateral (
    select s.status
    from current_diner_statuses as s
    where s.diner_id = c.person_id
        and s.status in ('paused', 'moved', 'withdrawn', 'staff')
        and c.service_date between s.valid_from and coalesce(s.valid_to, 'infinity')
    limit 1
) as s on true
left join tiers as t on t.tier = c.category
cross join lateral (
    select coalesce(t.min_age, case when t.tier is null then :'min_age'::integer else 0 end) as years
) as y
cross join lateral (
    select
        y.years > 0
            and coalesce(d.birth_date + make_interval(years => y.years) > c.service_date, true)
            as is_below,
        exists (
            select
            from active_entitlements as e
            where e.diner_id = c.person_id
                and c.service_date between
                    coalesce(e.valid_from, '-infinity') and coalesce(e.valid_to, 'infinity')
        ) as has_one
) as h
cross join lateral (
    select
        case
            when t.tier is null then h.is_below and not h.has_one
            else h.is_below or (t.entitled and not h.has_one)
        end as is_young
) as x
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    and c.diner_fen < c.list_fen and c.category is not null
    and (
        s.status is not null
        or x.is_young
        or d.recorded_at > c.recorded_at
        or exists (
            select
            from entitlements as e
            where e.diner_id = c.person_id and e.recorded_at > c.recorded_at
        )
        or exists (
            select
            from diner_statuses as t
            where t.diner_id = c.person_id
                and t.status not in ('deceased', 'in_institution')
                and t.recorded_at > c.recorded_at
        )
    )
