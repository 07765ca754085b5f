-- id: R24
-- title.zh: 政策版本不在有效期
-- title.en: priced by a version not in force
-- severity: blocking
-- Fires for each line with a share by a policy version that was not in force on its day. (The nightly job
-- also prices each line again by the domain's function; a line whose version changes is reported here.)
-- Window: the days asked for.
-- Run in psql: psql -v canteen=DFL-01 -v day_from=2026-10-01 -v day_to=2026-10-31 -f this file.
select distinct
    c.service_date,
    c.check_in_id::text as subject,
    format('政策 %s 版本 %s 当日无效', s ->> 'policy', s ->> 'version') as zh,
    format('policy %s version %s was not in force', s ->> 'policy', s ->> 'version') as en
from standing_check_ins as c
cross join jsonb_array_elements(c.pricing #> '{line,shares}') as s
where c.canteen_code = :'canteen'
    and c.service_date between :'day_from'::date and :'day_to'::date
    -- A volunteer's points pay by no policy.
    and s ->> 'source' is distinct from 'points'
    and not exists (
        select
        from policies as p
        left join policy_retirements as r using (policy_id, version)
        where p.policy_id = s ->> 'policy'
            and p.version = s ->> 'version'
            and c.service_date between p.valid_from
                and least(coalesce(p.valid_to, 'infinity'), coalesce(r.last_day, 'infinity'))
    )
