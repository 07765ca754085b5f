set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What happened to a statement after it was closed, in order; the last row says where it stands.
create table statement_steps (
    statement_no text not null,
    step_no integer not null,
    step text not null,
    taken_at timestamptz not null,
    taken_by text not null,
    reason text not null,
    constraint statement_steps_pk primary key (statement_no, step_no),
    constraint statement_steps_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_steps_step_is_known
        check (step in ('submitted', 'returned', 'approved', 'paid')),
    constraint statement_steps_return_has_a_reason check (step <> 'returned' or reason <> '')
);

select shard_table('statement_steps', 'local');

-- 核减: a line that the reviewer does not grant, one row for each source that would have paid it.
create table statement_disallowances (
    statement_no text not null,
    line_no integer not null,
    source text not null,
    fen bigint not null,
    reason text not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint statement_disallowances_pk primary key (statement_no, line_no, source),
    constraint statement_disallowances_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_disallowances_take_something check (fen > 0),
    constraint statement_disallowances_have_a_reason check (reason <> '')
);

select shard_table('statement_disallowances', 'local');

-- 拨付: money that came from a source for an approved statement, whole or in parts.
create table statement_payments (
    statement_no text not null,
    payment_no integer not null,
    source text not null,
    fen bigint not null,
    paid_on date not null,
    voucher text not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint statement_payments_pk primary key (statement_no, payment_no),
    constraint statement_payments_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_payments_move_something check (fen > 0),
    constraint statement_payments_voucher_once unique (statement_no, source, voucher)
);

select shard_table('statement_payments', 'local');
