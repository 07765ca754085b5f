set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Each time regions, canteens, policies, holidays or merged records changed. Every check-in asks for
-- the highest number, in the place of counting those tables. Numbers are in the order of commits: who
-- changes something takes the next one, and waits for whoever has just taken it.
create table reference_changes (
    change_no bigint not null,
    what text not null,
    constraint reference_changes_are_numbered_in_order primary key (change_no),
    constraint reference_changes_what_is_known
        check (what in ('regions', 'canteens', 'policies', 'calendar_days', 'diner_aliases'))
);

select shard_table('reference_changes', 'reference');

grant select, insert on reference_changes to canteen_app;
