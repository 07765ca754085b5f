set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 代领人: who may fetch a person's meal, for a term; a change is a new revision.
create table proxies (
    diner_id bigint not null,
    proxy_no integer not null,
    revision integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    name text not null,
    -- 关系, such as 女儿 or 志愿者
    relation text not null,
    phone_sealed bytea,
    -- keyed hash of the phone: one proxy of many persons is found by it; null without a phone
    phone_key bigint,
    valid_from date not null,
    -- null while it has no end
    valid_to date,
    reason text not null,
    constraint proxies_pk primary key (diner_id, proxy_no, revision),
    constraint proxies_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint proxies_have_a_name check (name <> ''),
    constraint proxies_term_is_forward check (valid_to >= valid_from),
    constraint proxies_phone_has_its_hash check ((phone_sealed is null) = (phone_key is null))
);

select shard_table('proxies', 'diner');

create view current_proxies as
select distinct on (diner_id, proxy_no) *
from proxies
order by diner_id, proxy_no, revision desc;

grant select on current_proxies to canteen_app;
