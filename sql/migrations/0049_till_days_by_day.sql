set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- As before, but what was paid back left the till on the day on which it was: in the books it may stand on
-- an earlier one that was still open, whose till was counted by then.
create or replace view till_days as
select
    canteen_code, day, means, sum(fen)::bigint as fen, service_date, is_paid_back
from (
    select
        canteen_code, service_date, posted_on as day, means_of_payment as means, diner_fen as fen,
        false as is_paid_back
    from check_ins
    where service_date = posted_on
    union all
    select
        c.canteen_code, c.service_date,
        greatest(r.posted_on, (r.reversed_at at time zone 'Asia/Shanghai')::date),
        c.means_of_payment, -c.diner_fen, true
    from check_in_reversals as r
    join check_ins as c
        on c.diner_id = r.diner_id
        and c.service_date = r.service_date
        and c.check_in_id = r.check_in_id
) as paid
group by canteen_code, service_date, day, means, is_paid_back;

create index check_in_reversals_by_pay_back on check_in_reversals (
    (greatest(posted_on, (reversed_at at time zone 'Asia/Shanghai')::date))
);
