set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- How a check-in came, for whom who is not in the register, and who fetched the meal; and what came
-- late and could not be taken as it was.

alter table check_ins
    -- 'counter' at once; 'offline' from a terminal's queue; 'late' from a list written by hand
    add column entry text not null default 'counter',
    -- 家属、志愿者、工作人员; null for a person of the register
    add column guest_kind text,
    -- which of the person's proxies fetched it; null if nobody did
    add column proxy_no integer,
    add constraint check_ins_entry_is_known check (entry in ('counter', 'offline', 'late')),
    add constraint check_ins_guest_kind_is_known
        check (guest_kind in ('family', 'volunteer', 'staff')),
    add constraint check_ins_guests_pay_the_list_price
        check (guest_kind is null or (diner_fen = list_fen and category is null));

-- Serves the counter and the street office: what a canteen served on a day, the latest first.
create index check_ins_by_canteen_and_service_time on check_ins (canteen_code, served_at desc);

-- What came late and contradicts what was accepted meanwhile: kept until a person has judged it.
create table check_in_exceptions (
    check_in_id uuid not null,
    canteen_code text not null,
    terminal text not null,
    service_date date not null,
    period text not null,
    received_at timestamptz not null,
    recorded_by text not null,
    -- the request as it came, to be decided again
    request jsonb not null,
    body_sha256 bytea not null,
    -- why it was not accepted: a code, and a sentence in both languages
    code text not null,
    sentence_zh text not null,
    sentence_en text not null,
    constraint check_in_exceptions_once primary key (check_in_id)
);

select shard_table('check_in_exceptions', 'key', 'check_in_id');

-- Serves the list of what is open at a canteen.
create index check_in_exceptions_by_canteen on check_in_exceptions (canteen_code, received_at);

create table check_in_exception_decisions (
    check_in_id uuid not null,
    decision text not null,
    reason text not null,
    decided_at timestamptz not null,
    decided_by text not null,
    constraint check_in_exception_decisions_once primary key (check_in_id),
    constraint check_in_exception_decisions_are_known
        check (decision in ('accept', 'accept_full_price', 'reject')),
    constraint check_in_exception_decisions_have_a_reason check (reason <> '')
);

select shard_table('check_in_exception_decisions', 'key', 'check_in_id');

-- As before, and what is new behind it; the line of a check-in without anything new is unchanged.
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
from adjustments;
