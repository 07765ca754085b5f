set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 预拨: money that a source paid a canteen ahead of its statements; below zero what the canteen paid
-- back. A row is the fact and its entry in the journal at once, so that nothing has to agree with it.
create table advances (
    canteen_code text not null,
    advance_no integer not null,
    source text not null,
    fen bigint not null,
    -- the day on which the money came or went back
    paid_on date not null,
    -- the day in whose books it is: the day on which it was entered, or the canteen's first open day
    posted_on date not null,
    voucher text not null,
    -- why money went back, or why one is taken back; empty otherwise
    reason text not null,
    -- the one that it takes back; 0 for one of its own
    corrects_no integer not null,
    -- how often the voucher was taken back before
    round_no integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint advances_pk primary key (canteen_code, advance_no),
    constraint advances_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint advances_move_something check (fen <> 0),
    constraint advances_back_has_a_reason check ((fen > 0 and corrects_no = 0) or reason <> ''),
    constraint advances_voucher_once unique (canteen_code, source, voucher, corrects_no, round_no)
);

select shard_table('advances', 'local');

-- Serves the correction of an advance, which is corrected once.
create unique index advances_corrected_once
on advances (canteen_code, corrects_no)
where corrects_no > 0;

-- Serves the day close and the account statement.
create index advances_by_canteen_and_posting_day on advances (canteen_code, posted_on);

-- Whether a payment came by the bank or was taken from what the source had paid ahead; one below zero
-- went back to where it says.
alter table statement_payments
    add column paid_from text not null default 'bank',
    add constraint statement_payments_paid_from_is_known check (paid_from in ('bank', 'advance'));

-- Advances as the journal has them.
create view advance_transfers as
select
    canteen_code,
    advance_no,
    posted_on,
    voucher,
    case when fen > 0 then 'bank' else 'advance:' || source end as debit_account,
    case when fen > 0 then 'advance:' || source else 'bank' end as credit_account,
    abs(fen) as fen
from advances;

grant select on advance_transfers to canteen_app;

-- As before, and advances.
create or replace view ledger_days as
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
    union all
    select canteen_code, posted_on, debit_account, fen, 0
    from advance_transfers
    union all
    select canteen_code, posted_on, credit_account, 0, fen
    from advance_transfers
) as sides
group by canteen_code, posted_on, account;

-- As before, and advances; a day without any keeps its seal.
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
    ) as line,
    service_date
from check_ins
union all
select
    canteen_code,
    posted_on,
    concat(
        'transfer|', check_in_id, '|', transfer_no, '|', debit_account, '|', credit_account, '|', fen
    ),
    service_date
from transfers
union all
select
    c.canteen_code,
    r.posted_on,
    concat(
        'reversal|', r.check_in_id, '|', r.reversed_by, '|', extract(epoch from r.reversed_at), '|',
        r.reason
    ),
    c.service_date
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
    ),
    service_date
from adjustments
union all
select
    canteen_code,
    posted_on,
    concat(
        'statement|', statement_no, '|', transfer_no, '|', kind, '|', reference, '|', debit_account,
        '|', credit_account, '|', fen, '|', recorded_by, '|', extract(epoch from recorded_at)
    ),
    posted_on
from statement_transfers
union all
select
    canteen_code,
    closed_day,
    concat(
        'till|', means, '|', ledger_fen, '|', till_fen, '|', reason, '|', recorded_by, '|',
        extract(epoch from recorded_at)
    ),
    closed_day
from till_differences
union all
select
    canteen_code,
    posted_on,
    concat(
        'advance|', advance_no, '|', source, '|', fen, '|', to_char(paid_on, 'YYYY-MM-DD'), '|',
        jsonb_build_array(voucher, reason), '|', corrects_no, '|', recorded_by, '|',
        extract(epoch from recorded_at)
    ),
    posted_on
from advances;
