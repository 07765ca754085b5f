set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What the till of a day should hold by means of payment: what was paid for the meals that stand in the
-- day's books, less what was paid back on it, for meals of whatever day. Meals that were entered when
-- their day was closed already were paid on their own day, and are in no later till.
create view till_days as
select canteen_code, day, means, sum(fen)::bigint as fen
from (
    select canteen_code, posted_on as day, means_of_payment as means, diner_fen as fen
    from check_ins
    where service_date = posted_on
    union all
    select c.canteen_code, r.posted_on, c.means_of_payment, -c.diner_fen
    from check_in_reversals as r
    join check_ins as c
        on c.diner_id = r.diner_id
        and c.service_date = r.service_date
        and c.check_in_id = r.check_in_id
) as paid
group by canteen_code, day, means;

grant select on till_days to canteen_app;
