set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The journal beside the meals: what a statement's life moves. One row a transfer, like the meals'.
create table statement_transfers (
    statement_no text not null,
    transfer_no integer not null,
    canteen_code text not null,
    -- the day in whose books it is: the day on which it was done, or the canteen's first open day
    posted_on date not null,
    -- operating, delivery: subsidies of the period, to payees of their own; disallowed: 核减;
    -- released: a disallowance that ends because the meal itself was taken back; payment: 拨付
    kind text not null,
    -- the rule, line or voucher that it comes from
    reference text not null,
    debit_account text not null,
    credit_account text not null,
    fen bigint not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint statement_transfers_pk primary key (statement_no, transfer_no),
    constraint statement_transfers_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_transfers_kind_is_known
        check (kind in ('operating', 'delivery', 'disallowed', 'released', 'payment')),
    constraint statement_transfers_move_something check (fen > 0),
    constraint statement_transfers_have_two_accounts check (debit_account <> credit_account)
);

select shard_table('statement_transfers', 'local');

-- Serves the day close and the account statement.
create index statement_transfers_by_canteen_and_posting_day
on statement_transfers (canteen_code, posted_on);

-- What was disallowed and paid before there was this journal, in the first open day of now.
with heads as (
    select canteen_code, max(closed_day) as closed_day from day_closes group by canteen_code
),
moved as (
    select
        statement_no, 'disallowed' as kind, line_no::text as reference,
        'disallowances' as debit_account, 'receivable:' || source as credit_account, fen,
        recorded_at, recorded_by
    from statement_disallowances
    union all
    select
        statement_no, 'payment', voucher, 'bank', 'receivable:' || source, fen, recorded_at,
        recorded_by
    from statement_payments
)
insert into statement_transfers (
    statement_no, transfer_no, canteen_code, posted_on, kind, reference, debit_account,
    credit_account, fen, recorded_at, recorded_by
)
select
    m.statement_no,
    row_number() over (
        partition by m.statement_no order by m.recorded_at, m.kind, m.reference, m.credit_account
    ),
    s.canteen_code,
    greatest((m.recorded_at at time zone 'Asia/Shanghai')::date, h.closed_day + 1),
    m.kind, m.reference, m.debit_account, m.credit_account, m.fen, m.recorded_at, m.recorded_by
from moved as m
join statements as s on s.statement_no = m.statement_no
left join heads as h on h.canteen_code = s.canteen_code;

-- 长短款: where the till counted other than the books when the day was closed, and why.
create table till_differences (
    canteen_code text not null,
    closed_day date not null,
    means text not null,
    ledger_fen bigint not null,
    till_fen bigint not null,
    reason text not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint till_differences_pk primary key (canteen_code, closed_day, means),
    constraint till_differences_canteen_exists
        foreign key (canteen_code) references canteens (code),
    constraint till_differences_differ check (ledger_fen <> till_fen),
    constraint till_differences_have_a_reason check (reason <> '')
);

select shard_table('till_differences', 'local');

-- 抽查样本: drawn from a statement's persons by a seed, so that anybody can draw the same again.
create table statement_samples (
    statement_no text not null,
    sample_no integer not null,
    seed bigint not null,
    size integer not null,
    -- how many persons there were to draw from
    persons integer not null,
    drawn_at timestamptz not null,
    drawn_by text not null,
    constraint statement_samples_pk primary key (statement_no, sample_no),
    constraint statement_samples_statement_exists
        foreign key (statement_no) references statements (statement_no),
    constraint statement_samples_draw_someone check (size between 1 and persons)
);

select shard_table('statement_samples', 'local');

-- What each account of a canteen received and gave, by posting day, over meals and statements.
create view ledger_days as
select
    canteen_code,
    posted_on,
    account,
    sum(debit_fen)::bigint as debit_fen,
    sum(credit_fen)::bigint as credit_fen
from (
    select canteen_code, posted_on, account, debit_fen, credit_fen
    from account_days
    union all
    select canteen_code, posted_on, debit_account, fen, 0
    from statement_transfers
    union all
    select canteen_code, posted_on, credit_account, 0, fen
    from statement_transfers
) as sides
group by canteen_code, posted_on, account;

grant select on ledger_days to canteen_app;

-- As before, and what statements moved and tills lacked; a day without any keeps its seal.
create or replace view sealed_lines as
select
    canteen_code,
    posted_on,
    concat(
        'check-in|', check_in_id, '|', diner_id, '|', to_char(service_date, 'YYYY-MM-DD'), '|',
        period, '|', meal_no, '|', extract(epoch from served_at), '|', mode, '|',
        means_of_payment, '|', auth_method, '|', list_fen, '|', diner_fen, '|', category, '|',
        terminal, '|', source_no, '|', recorded_by, '|', extract(epoch from recorded_at), '|',
        pricing, '|entry:' || nullif(entry, 'counter'), '|guest:' || guest_kind,
        '|proxy:' || proxy_no
    ) as line
from check_ins
union all
select
    canteen_code,
    posted_on,
    concat(
        'transfer|', check_in_id, '|', transfer_no, '|', debit_account, '|', credit_account, '|', fen
    )
from transfers
union all
select
    c.canteen_code,
    r.posted_on,
    concat(
        'reversal|', r.check_in_id, '|', r.reversed_by, '|', extract(epoch from r.reversed_at), '|',
        r.reason
    )
from check_in_reversals as r
join check_ins as c
    on c.diner_id = r.diner_id
    and c.service_date = r.service_date
    and c.check_in_id = r.check_in_id
union all
select
    canteen_code,
    posted_on,
    concat(
        'adjustment|', check_in_id, '|', adjustment_no, '|', kind, '|', cause, '|', payee, '|', fen,
        '|', recorded_by, '|', extract(epoch from recorded_at), '|', differences, '|', pricing
    )
from adjustments
union all
select
    canteen_code,
    posted_on,
    concat(
        'statement|', statement_no, '|', transfer_no, '|', kind, '|', reference, '|', debit_account,
        '|', credit_account, '|', fen, '|', recorded_by, '|', extract(epoch from recorded_at)
    )
from statement_transfers
union all
select
    canteen_code,
    closed_day,
    concat(
        'till|', means, '|', ledger_fen, '|', till_fen, '|', reason, '|', recorded_by, '|',
        extract(epoch from recorded_at)
    )
from till_differences;
