set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- As before, each line with the day of its meal (or, where it belongs to none, of its posting): who closes
-- a day reads the partitions of those days alone. The lines themselves are the same.
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
from till_differences;
