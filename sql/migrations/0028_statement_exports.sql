set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 表样: which columns and titles a statement's tables have, and how names and numbers are masked. A
-- form is never changed; the newest row is the one that statements are closed with from then on.
create table statement_forms (
    form_no integer not null,
    form_name text not null,
    version text not null,
    -- the document as the office wrote it
    document text not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint statement_forms_pk primary key (form_no),
    constraint statement_forms_version_once unique (form_name, version)
);

select shard_table('statement_forms', 'local');

-- 异常清单: what was found about the days of a statement, and said about it, when it was closed.
create table statement_findings (
    statement_no text not null,
    finding_no integer not null,
    content jsonb not null,
    constraint statement_findings_pk primary key (statement_no, finding_no),
    constraint statement_findings_statement_exists
        foreign key (statement_no) references statements (statement_no)
);

select shard_table('statement_findings', 'local');

-- Each file of a statement that left the office: who, why, what, and the file's hash.
create table statement_exports (
    statement_no text not null,
    exported_at timestamptz not null,
    exported_by text not null,
    file_name text not null,
    form text not null,
    masking text not null,
    has_full_numbers boolean not null,
    reason text not null,
    file_sha256 bytea not null,
    constraint statement_exports_pk
        primary key (statement_no, exported_at, exported_by, file_name, form, masking),
    constraint statement_exports_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_exports_full_numbers_have_a_reason
        check (not has_full_numbers or reason <> '')
);

select shard_table('statement_exports', 'local');
