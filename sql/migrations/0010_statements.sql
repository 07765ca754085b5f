set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 结算单: what a canteen claims for a period, a snapshot of exact lines.
create table statements (
    statement_no text not null,
    canteen_code text not null,
    period_from date not null,
    period_to date not null,
    closed_at timestamptz not null,
    closed_by text not null,
    lines integer not null,
    list_fen bigint not null,
    diner_fen bigint not null,
    -- fen by funding source, rows by canteen and tier, policy versions: what the cover shows
    summary jsonb not null,
    -- of the canonical text of its lines and totals
    sha256 bytea not null,
    constraint statements_pk primary key (statement_no),
    constraint statements_once_a_canteen_and_period unique (canteen_code, period_from),
    constraint statements_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint statements_period_is_forward check (period_to >= period_from)
);

select shard_table('statements', 'local');

-- A line as it was printed: names masked, no birth date, and only the end of the ID number.
create table statement_lines (
    diner_id bigint not null,
    statement_no text not null,
    line_no integer not null,
    service_date date not null,
    check_in_id uuid not null,
    -- 1 for a meal, -1 for the reversal of one that an earlier statement counted
    sign smallint not null,
    content jsonb not null,
    constraint statement_lines_pk primary key (diner_id, statement_no, line_no),
    constraint statement_lines_check_in_once
        unique (diner_id, service_date, check_in_id, sign),
    constraint statement_lines_sign_is_one check (sign in (-1, 1))
);

select shard_table('statement_lines', 'diner');

-- Serves the export: one statement's lines in order.
create index statement_lines_by_statement on statement_lines (statement_no, line_no);
