set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The journal. One row a transfer, balanced by construction: the same fen leave one account and
-- enter another. A check-in writes one transfer for each share of its price, all of them against
-- meal revenue, and they add up to the list price; a reversal writes the same with the accounts
-- exchanged.
create table transfers (
    diner_id bigint not null,
    service_date date not null,
    check_in_id uuid not null,
    transfer_no smallint not null,
    posted_on date not null,
    canteen_code text not null,
    debit_account text not null,
    credit_account text not null,
    fen bigint not null,
    constraint transfers_pk primary key (diner_id, service_date, check_in_id, transfer_no),
    constraint transfers_check_in_exists
        foreign key (diner_id, service_date, check_in_id)
        references check_ins (diner_id, service_date, check_in_id),
    constraint transfers_move_something check (fen > 0),
    constraint transfers_have_two_accounts check (debit_account <> credit_account)
) partition by range (service_date);

select shard_table('transfers', 'diner');

-- Serves the day close, the statement and the account statement.
create index transfers_by_canteen_and_posting_day on transfers (canteen_code, posted_on);

-- What each account of a canteen received and gave, by posting day. Accounts: received:MEANS (what
-- diners paid), receivable:SOURCE (what a funding source owes), operator_discount, meal_revenue.
create view account_days as
select
    canteen_code,
    posted_on,
    account,
    sum(debit_fen)::bigint as debit_fen,
    sum(credit_fen)::bigint as credit_fen
from (
    select canteen_code, posted_on, debit_account as account, fen as debit_fen, 0 as credit_fen
    from transfers
    union all
    select canteen_code, posted_on, credit_account, 0, fen
    from transfers
) as sides
group by canteen_code, posted_on, account;

grant select on account_days to canteen_app;
