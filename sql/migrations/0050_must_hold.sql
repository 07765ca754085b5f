set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Whoever decides from what he remembers sends this ahead of what he writes: where it fails, nothing
-- behind it is written.
create function must_hold(claim boolean)
returns boolean
language plpgsql
as $$
begin
    if claim is not true then
        raise exception 'what was decided from does not hold any more' using errcode = 'CT001';
    end if;
    return claim;
end
$$;

comment on function must_hold(boolean) is 'true, or an error that ends the transaction';
