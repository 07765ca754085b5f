set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What operating subsidies of closed periods take of the budgets of their years, beside the meals.
-- Delivery that is paid by the meal stands in the meals' own shares.
create view period_shares as
select
    t.statement_no,
    s ->> 'policyID' as policy_id,
    p ->> 'source' as source,
    extract(year from t.period_to)::integer as year,
    (p ->> 'fen')::bigint as fen
from statements as t
cross join lateral jsonb_array_elements(coalesce(t.summary -> 'subsidies', '[]')) as s
cross join lateral jsonb_array_elements(s -> 'sources') as p
where s ->> 'kind' = 'operating';

grant select on period_shares to canteen_app;
