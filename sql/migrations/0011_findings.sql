set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Reconciliation: which canteen-days were looked at by which edition of the checks, and what was
-- found. A finding keeps its identity when a day is looked at again.
create table reconciled_days (
    canteen_code text not null,
    service_date date not null,
    checks_sha256 bytea not null,
    -- check-ins and reversals that the day had: when it has more, it is looked at again
    lines integer not null,
    reconciled_at timestamptz not null,
    findings integer not null,
    constraint reconciled_days_pk
        primary key (canteen_code, service_date, checks_sha256, lines),
    constraint reconciled_days_canteen_exists foreign key (canteen_code) references canteens (code)
);

select shard_table('reconciled_days', 'local');

create table findings (
    check_id text not null,
    canteen_code text not null,
    service_date date not null,
    -- what it is about, such as a check-in's id; with the three columns before it, its identity
    subject text not null,
    severity text not null,
    zh text not null,
    en text not null,
    found_at timestamptz not null,
    constraint findings_pk primary key (check_id, canteen_code, service_date, subject),
    constraint findings_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint findings_severity_is_known check (severity in ('blocking', 'warning', 'notice'))
);

select shard_table('findings', 'local');

-- Serves the statement: a canteen's findings of a period.
create index findings_by_canteen_and_day on findings (canteen_code, service_date);

-- What a person said about a finding; it stays beside the finding.
create table finding_explanations (
    check_id text not null,
    canteen_code text not null,
    service_date date not null,
    subject text not null,
    explanation_no integer not null,
    explained_at timestamptz not null,
    explained_by text not null,
    explanation text not null,
    constraint finding_explanations_pk
        primary key (check_id, canteen_code, service_date, subject, explanation_no),
    constraint finding_explanations_finding_exists
        foreign key (check_id, canteen_code, service_date, subject)
        references findings (check_id, canteen_code, service_date, subject),
    constraint finding_explanations_say_something check (explanation <> '')
);

select shard_table('finding_explanations', 'local');
