set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The register of diners. Nothing is updated: what changes is a new record, so that the register can
-- be read as it was known on any past day.

-- One row a person; the row that a check-in locks.
create table diners (
    diner_id bigint generated always as identity,
    created_at timestamptz not null,
    -- Never changes: the right to update it is the right to lock the row.
    lock_word smallint not null default 0,
    constraint diners_pk primary key (diner_id),
    constraint diners_lock_word_never_changes check (lock_word = 0)
);

select shard_table('diners', 'diner');
grant update (lock_word) on diners to canteen_app;

-- What is known of a person; the record with the highest number counts. Numbers of people are sealed
-- with a key that is not in the database, and not even their last digits stand here in clear: those
-- digits, a birth date and a region together rebuild a resident ID number.
create table diner_records (
    diner_id bigint not null,
    record_no integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    name text not null,
    sex text not null,
    -- null when nobody could prove it: an age rule then does not apply
    birth_date date,
    birth_date_source text not null,
    id_kind text not null,
    -- null when the person has no number
    id_sealed bytea,
    phone_sealed bytea,
    -- null when the household is registered outside of the tree of regions; hukou_text says where
    hukou_region text,
    hukou_text text not null,
    residence_region text not null,
    -- null when not known
    residence_since date,
    diets text[] not null,
    emergency_name text not null,
    emergency_phone_sealed bytea,
    remark text not null,
    constraint diner_records_pk primary key (diner_id, record_no),
    constraint diner_records_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint diner_records_hukou_exists foreign key (hukou_region) references regions (code),
    constraint diner_records_residence_exists
        foreign key (residence_region) references regions (code),
    constraint diner_records_are_numbered_from_one check (record_no >= 1),
    constraint diner_records_have_a_name check (name <> ''),
    constraint diner_records_sex_is_known check (sex in ('male', 'female')),
    constraint diner_records_id_kind_is_known
        check (id_kind in ('resident_id', 'passport', 'hmt_permit', 'none')),
    constraint diner_records_have_a_number_unless_none
        check ((id_kind = 'none') = (id_sealed is null))
);

select shard_table('diner_records', 'diner');

-- A number belongs to one person: its keyed hash, and whose it is.
create table diner_identities (
    id_hash bytea not null,
    diner_id bigint not null,
    constraint diner_identities_one_person_a_number primary key (id_hash)
);

select shard_table('diner_identities', 'key', 'id_hash');

-- A card belongs to one person; it is looked up first, then the person is checked in.
create table cards (
    card_no text not null,
    diner_id bigint not null,
    issued_at timestamptz not null,
    constraint cards_one_person_a_card primary key (card_no),
    constraint cards_have_a_number check (card_no <> '')
);

select shard_table('cards', 'key', 'card_no');

-- Serves the register: which cards a person holds.
create index cards_by_diner on cards (diner_id);

-- 资格: what a person is, from one day to another. A change is a new revision of the same number.
create table entitlements (
    diner_id bigint not null,
    entitlement_no integer not null,
    revision integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    category text not null,
    -- 'mild', 'moderate', 'severe' or a city's own word; null where the category has no grade
    care_level text,
    -- null where the office gives no first day: then it has always been
    valid_from date,
    -- null while it has no end
    valid_to date,
    constraint entitlements_pk primary key (diner_id, entitlement_no, revision),
    constraint entitlements_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint entitlements_have_a_category check (category <> ''),
    constraint entitlements_term_is_forward check (valid_to >= valid_from)
);

select shard_table('entitlements', 'diner');

-- What takes a person out of the scheme for a time or for ever; a change is a new revision.
create table diner_statuses (
    diner_id bigint not null,
    status_no integer not null,
    revision integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    status text not null,
    valid_from date not null,
    -- null while it lasts
    valid_to date,
    constraint diner_statuses_pk primary key (diner_id, status_no, revision),
    constraint diner_statuses_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint diner_statuses_status_is_known
        check (status in ('paused', 'moved', 'in_institution', 'deceased', 'staff', 'withdrawn')),
    constraint diner_statuses_term_is_forward check (valid_to >= valid_from)
);

select shard_table('diner_statuses', 'diner');

-- Each serves "what is known of these persons now", and the register as a list.
create view current_diner_records as
select distinct on (diner_id) *
from diner_records
order by diner_id, record_no desc;

create view current_entitlements as
select distinct on (diner_id, entitlement_no) *
from entitlements
order by diner_id, entitlement_no, revision desc;

create view current_diner_statuses as
select distinct on (diner_id, status_no) *
from diner_statuses
order by diner_id, status_no, revision desc;

grant select on current_diner_records, current_entitlements, current_diner_statuses to canteen_app;
