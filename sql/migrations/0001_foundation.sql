set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What every later migration stands on: the application's role, and where each table lives.

-- The application's role may insert and select, and neither update nor delete facts. It cannot log
-- in by itself: a login is made a member of it. Roles belong to the whole cluster, so two databases
-- migrated at once may both try to make it.
do $$
begin
    if not exists (select from pg_roles where rolname = 'canteen_app') then
        create role canteen_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then
        null;
end
$$;

grant usage on schema public to canteen_app;

-- Where each table lives when the schema runs on a distributed engine; read by the test that holds
-- the catalogue to the rules. 'diner': spread by diner_id; 'key': spread by the first column of its
-- primary key; 'reference': a copy everywhere; 'local': on the coordinator only.
create table table_placements (
    table_name text not null,
    placement text not null,
    constraint table_placements_pk primary key (table_name),
    constraint table_placements_placement_is_known
        check (placement in ('diner', 'key', 'reference', 'local'))
);

insert into table_placements (table_name, placement) values ('table_placements', 'local');

grant select on table_placements to canteen_app;

-- Records where a table lives, lets the application read it and append to it, and spreads it if the
-- distributed engine is installed. Every migration calls it once for each table that it creates.
create function shard_table(name text, placement text, key_column text default null)
returns void
language plpgsql
set search_path = public, pg_catalog
as $$
declare
    column_name text := case placement when 'diner' then 'diner_id' else key_column end;
begin
    insert into table_placements (table_name, placement) values (name, placement);
    execute format('grant select, insert on %I to canteen_app', name);
    if not exists (select from pg_extension where extname = 'citus') then
        return;
    end if;
    if placement = 'reference' then
        execute format('select create_reference_table(%L)', name);
    elsif placement in ('diner', 'key') then
        execute format('select create_distributed_table(%L, %L)', name, column_name);
    end if;
end
$$;

-- Makes the partitions of one service month for every table that is kept by month, if they are not
-- there yet. Runs with the owner's rights: the application's role cannot create tables.
create function ensure_service_month(service_date date)
returns void
language plpgsql
security definer
set search_path = public, pg_catalog
as $$
declare
    month_start date := date_trunc('month', service_date)::date;
    month_end date := (date_trunc('month', service_date) + interval '1 month')::date;
    parent text;
    partition text;
begin
    -- One maker at a time; it makes tables only, and never excludes a person's meal.
    perform pg_advisory_xact_lock(hashtext('ensure_service_month'));
    for parent in
        select c.relname
        from pg_partitioned_table as p
        join pg_class as c on c.oid = p.partrelid
        where c.relnamespace = 'public'::regnamespace
        order by c.oid
    loop
        partition := parent || '_' || to_char(month_start, 'YYYYMM');
        if to_regclass(partition) is null then
            execute format(
                'create table %I partition of %I for values from (%L) to (%L)',
                partition, parent, month_start, month_end
            );
        end if;
    end loop;
end
$$;

revoke all on function ensure_service_month(date) from public;
grant execute on function ensure_service_month(date) to canteen_app;

-- Which service months have their partitions: read once by a process, kept in its memory.
create view service_months as
select to_date(right(c.relname, 6), 'YYYYMM') as month_start
from pg_inherits as i
join pg_class as c on c.oid = i.inhrelid
join pg_class as p on p.oid = i.inhparent
where p.relname = 'check_ins' and p.relnamespace = 'public'::regnamespace;

grant select on service_months to canteen_app;
