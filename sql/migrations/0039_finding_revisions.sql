set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What became of a finding when its day was looked at again: it says something else, it no longer
-- holds, or it holds again. The row in `findings` stays as it was first found.
create table finding_revisions (
    check_id text not null,
    canteen_code text not null,
    service_date date not null,
    subject text not null,
    -- 1 for the first change
    revision integer not null,
    -- false when the day was looked at again and the finding was not found
    holds boolean not null,
    zh text not null,
    en text not null,
    found_at timestamptz not null,
    constraint finding_revisions_pk
        primary key (check_id, canteen_code, service_date, subject, revision),
    constraint finding_revisions_finding_exists
        foreign key (check_id, canteen_code, service_date, subject)
        references findings (check_id, canteen_code, service_date, subject),
    constraint finding_revisions_are_numbered_from_one check (revision >= 1)
);

select shard_table('finding_revisions', 'local');

-- Which revision an explanation is about; 0 is the finding as it was first found.
alter table finding_explanations add column revision integer not null default 0;

-- Findings as they stand now. What was said about one ends with a change of it; what no longer holds
-- is not open, whether anybody explained it or not.
create view current_findings as
select
    f.check_id,
    f.canteen_code,
    f.service_date,
    f.subject,
    f.severity,
    coalesce(r.zh, f.zh) as zh,
    coalesce(r.en, f.en) as en,
    coalesce(r.found_at, f.found_at) as found_at,
    coalesce(r.revision, 0) as revision,
    coalesce(r.holds, true) as holds,
    e.explanation,
    e.step,
    coalesce(r.holds, true) and e.step is null as is_open
from findings as f
left join lateral (
    select v.revision, v.holds, v.zh, v.en, v.found_at
    from finding_revisions as v
    where v.check_id = f.check_id
        and v.canteen_code = f.canteen_code
        and v.service_date = f.service_date
        and v.subject = f.subject
    order by v.revision desc
    limit 1
) as r on true
left join lateral (
    select s.explanation, s.step
    from (
        select x.explanation, x.step, x.revision
        from finding_explanations as x
        where x.check_id = f.check_id
            and x.canteen_code = f.canteen_code
            and x.service_date = f.service_date
            and x.subject = f.subject
        order by x.explanation_no desc
        limit 1
    ) as s
    where s.revision >= coalesce(r.revision, 0) or not coalesce(r.holds, true)
) as e on true;

grant select on current_findings to canteen_app;
