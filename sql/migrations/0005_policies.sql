set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Policies as they were activated, word for word. A version never changes; what ends it is a row.
create table policies (
    policy_id text not null,
    version text not null,
    valid_from date not null,
    -- null while the document names no last day
    valid_to date,
    document text not null,
    document_sha256 bytea not null,
    activated_at timestamptz not null,
    activated_by text not null,
    constraint policies_pk primary key (policy_id, version),
    constraint policies_one_version_a_first_day unique (policy_id, valid_from),
    constraint policies_term_is_forward check (valid_to >= valid_from)
);

select shard_table('policies', 'reference');

-- 废止: the last day on which a version is in force, when the document named none or a later one.
create table policy_retirements (
    policy_id text not null,
    version text not null,
    last_day date not null,
    retired_at timestamptz not null,
    retired_by text not null,
    constraint policy_retirements_pk primary key (policy_id, version),
    constraint policy_retirements_policy_exists
        foreign key (policy_id, version) references policies (policy_id, version)
);

select shard_table('policy_retirements', 'reference');

-- Legal holidays, and the weekend days worked in their place (调休): weekday is not workday.
create table calendar_days (
    service_date date not null,
    kind text not null,
    name text not null,
    constraint calendar_days_pk primary key (service_date),
    constraint calendar_days_kind_is_known check (kind in ('holiday', 'workday'))
);

select shard_table('calendar_days', 'reference');
