set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What subsidies of closed periods take of the budgets of their years, beside the meals: operating,
-- delivery by the trip, and rounding that was put off to the statement. A correction is of the year of
-- the statement that it corrects. Delivery that is paid by the meal stands in the meals' own shares.
create or replace view period_shares as
select
    t.statement_no,
    s ->> 'policyID' as policy_id,
    p ->> 'source' as source,
    extract(year from coalesce(c.period_to, t.period_to))::integer as year,
    (p ->> 'fen')::bigint as fen
from statements as t
cross join lateral jsonb_array_elements(coalesce(t.summary -> 'subsidies', '[]')) as s
cross join lateral jsonb_array_elements(s -> 'sources') as p
left join statements as c on c.statement_no = s ->> 'corrects'
where s ->> 'kind' <> 'delivery' or (s ->> 'isByTrip')::boolean;

-- rounding: what the lines of a policy dropped that rounds once on the statement.
alter table statement_transfers
    drop constraint statement_transfers_kind_is_known,
    add constraint statement_transfers_kind_is_known
        check (
            kind in ('operating', 'delivery', 'rounding', 'disallowed', 'released', 'payment')
        );
