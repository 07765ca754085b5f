set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- An amount as people read it; money is kept and compared in fen.
create function yuan(fen numeric)
returns text
language sql
immutable
parallel safe
as $$
    select to_char(fen / 100, 'FM999999999990.00')
$$;

comment on function yuan(numeric) is 'fen as yuan with two decimals, for the sentences of checks';
