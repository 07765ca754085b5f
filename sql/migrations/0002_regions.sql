set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The tree of administrative regions, from province to resident group. Codes change when districts
-- are merged, so a region has a term; a code that ended is kept for the people registered under it.
create table regions (
    code text not null,
    name text not null,
    level text not null,
    -- null only at the root of a tree
    parent_code text,
    valid_from date not null,
    -- null while the region exists
    valid_to date,
    constraint regions_pk primary key (code),
    constraint regions_parent_exists foreign key (parent_code) references regions (code),
    constraint regions_are_not_their_own_parent check (parent_code <> code),
    constraint regions_have_a_code_and_a_name check (code <> '' and name <> ''),
    constraint regions_level_is_known
        check (level in ('province', 'city', 'county', 'street', 'community', 'group')),
    constraint regions_term_is_forward check (valid_to >= valid_from)
);

select shard_table('regions', 'reference');
