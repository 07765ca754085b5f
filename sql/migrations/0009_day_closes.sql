set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 日结: a canteen's day, counted and sealed; each seal covers the one before it.
create table day_closes (
    canteen_code text not null,
    closed_day date not null,
    closed_at timestamptz not null,
    closed_by text not null,
    check_ins integer not null,
    reversals integer not null,
    list_fen bigint not null,
    -- counts by period and mode, fen by account: what the day's report shows
    totals jsonb not null,
    lines_sha256 bytea not null,
    seal bytea not null,
    constraint day_closes_pk primary key (canteen_code, closed_day),
    constraint day_closes_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint day_closes_count_from_zero check (check_ins >= 0 and reversals >= 0)
);

select shard_table('day_closes', 'local');

-- The canonical text of everything that a posting day holds, one line each; a day's lines in the
-- order of their bytes are what its seal covers. An auditor can hash them without this product.
create view sealed_lines as
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
    and c.check_in_id = r.check_in_id;

grant select on sealed_lines to canteen_app;
