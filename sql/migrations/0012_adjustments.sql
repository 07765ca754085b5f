set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 追溯调整: what a later-known fact (a late approval, a late death, a corrected birthday) changes about
-- an accepted meal. The meal's own row stays as it was; the latest adjustment says what its line is now.
create table adjustments (
    diner_id bigint not null,
    service_date date not null,
    check_in_id uuid not null,
    -- 1 for the first adjustment of a meal
    adjustment_no smallint not null,
    -- the day whose books it is in: the first open day of the canteen
    posted_on date not null,
    canteen_code text not null,
    kind text not null,
    cause text not null,
    -- who is credited, or from whom it is taken back
    payee text not null,
    -- new subsidy less old
    fen bigint not null,
    -- new less old by source and rule
    differences jsonb not null,
    -- what the line is now and from what it was made, in the form of check_ins.pricing
    pricing jsonb not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    constraint adjustments_pk primary key (diner_id, service_date, check_in_id, adjustment_no),
    constraint adjustments_check_in_exists
        foreign key (diner_id, service_date, check_in_id)
        references check_ins (diner_id, service_date, check_in_id),
    constraint adjustments_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint adjustments_are_numbered_from_one check (adjustment_no >= 1),
    constraint adjustments_kind_tells_the_sign check (
        (kind = 'credit' and fen > 0)
        or (kind = 'clawback' and fen < 0)
        or (kind = 'reallocation' and fen = 0)
    ),
    constraint adjustments_cause_is_known check (cause in ('deceased', 'in_institution', 'facts')),
    constraint adjustments_payee_is_known check (payee in ('diner', 'canteen')),
    constraint adjustments_are_posted_on_or_after_their_meal check (posted_on >= service_date)
);

select shard_table('adjustments', 'diner');

-- Serves the day close and the statement, like the index of check-ins.
create index adjustments_by_canteen_and_posting_day on adjustments (canteen_code, posted_on);

-- A meal and each of its adjustments stand once each in statements.
alter table statement_lines
    -- 0 for the meal itself
    add column adjustment_no smallint not null default 0,
    drop constraint statement_lines_check_in_once,
    add constraint statement_lines_meal_or_adjustment_once
        unique (diner_id, service_date, check_in_id, adjustment_no, sign);

alter table statement_lines alter column adjustment_no drop default;

-- Adjustments are sealed with the day in whose books they are; days without any keep their seal.
create or replace view sealed_lines as
select
    canteen_code,
    posted_on,
    concat(
        'check-in|', check_in_id, '|', diner_id, '|', to_char(service_date, 'YYYY-MM-DD'), '|',
        period, '|', meal_no, '|', extract(epoch from served_at), '|', mode, '|',
        means_of_payment, '|', auth_method, '|', list_fen, '|', diner_fen, '|', category, '|',
        terminal, '|', source_no, '|', recorded_by, '|', extract(epoch from recorded_at), '|',
        pricing
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
from adjustments;
