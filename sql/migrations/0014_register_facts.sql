set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The register with two times: when a fact holds (valid_from, valid_to) and since when it is known
-- (recorded_at); and what each fact rests on.

alter table diner_records
    -- null where it has always been so, as for a correction
    add column valid_from date,
    -- 居民小组 or 网格 where it is not a region of the tree
    add column resident_group text not null default '',
    add column address_sealed bytea,
    -- further numbers, separated by blanks, sealed together
    add column other_phones_sealed bytea,
    -- where the photo lies; a name, never the picture
    add column photo_ref text not null default '',
    -- 拼音首字母, in lower case
    add column initials text not null default '',
    -- Keyed hashes: of the number's last four characters, of the phone's last four digits, of the
    -- whole phone. The key is not in the database. null without a number
    add column id_tail bigint,
    add column phone_tail bigint,
    add column phone_key bigint;

alter table diner_records drop constraint diner_records_id_kind_is_known;
alter table diner_records add constraint diner_records_id_kind_is_known
    check (id_kind in (
        'resident_id', 'hmt_residence', 'foreign_residence', 'passport', 'hk_macao_permit',
        'taiwan_permit', 'hmt_permit', 'none'
    ));

-- Serves the counter: the last four of an ID number.
create index diner_records_by_id_tail on diner_records (id_tail);

-- Serves the counter (the phone's last four) and the search for twins (the whole phone).
create index diner_records_by_phone on diner_records (phone_tail, phone_key);

-- Serves the counter (the beginning of a name) and the search for twins (name and birth date).
create index diner_records_by_name on diner_records (name text_pattern_ops, birth_date);

-- Serves the counter: the beginning of the pinyin initials.
create index diner_records_by_initials on diner_records (initials text_pattern_ops);

-- Serves the list of changes: what was recorded between two moments.
create index diner_records_by_recording on diner_records using brin (recorded_at);

create or replace view current_diner_records as
select distinct on (diner_id) *
from diner_records
order by diner_id, record_no desc;

-- An entitlement out of an approved roster holds when it is recorded; one that a person applied for
-- holds once its last step is taken.
alter table entitlements
    add column source text not null default 'approved_roster',
    -- 残疾等级, 1 the gravest; null where there is none
    add column disability_grade smallint,
    -- 证明材料: what it rests on, such as the number of a certificate; '' if not named
    add column evidence text not null default '',
    -- 复核日期: by when it is to be looked at again; null if never
    add column renew_by date,
    add constraint entitlements_source_is_known
        check (source in ('approved_roster', 'application')),
    add constraint entitlements_disability_grade_is_known
        check (disability_grade between 1 and 4);

-- The steps of an application, each with who and when; each is taken once.
create table entitlement_steps (
    diner_id bigint not null,
    entitlement_no integer not null,
    step_no smallint not null,
    step text not null,
    taken_at timestamptz not null,
    taken_by text not null,
    note text not null,
    constraint entitlement_steps_are_taken_once primary key (diner_id, entitlement_no, step_no),
    constraint entitlement_steps_diner_exists
        foreign key (diner_id) references diners (diner_id),
    constraint entitlement_steps_are_numbered_in_order check (
        (step, step_no) in (
            ('submitted', 1), ('community_checked', 2), ('street_approved', 3), ('published', 4),
            ('active', 5), ('refused', 6)
        )
    ),
    constraint entitlement_steps_a_refusal_has_a_reason check (step <> 'refused' or note <> '')
);

select shard_table('entitlement_steps', 'diner');

create or replace view current_entitlements as
select distinct on (diner_id, entitlement_no) *
from entitlements
order by diner_id, entitlement_no, revision desc;

-- Serves pricing: the entitlements that hold.
create view active_entitlements as
select e.*
from current_entitlements as e
where e.source = 'approved_roster'
    or exists (
        select
        from entitlement_steps as s
        where s.diner_id = e.diner_id
            and s.entitlement_no = e.entitlement_no
            and s.step = 'active'
    );

grant select on active_entitlements to canteen_app;

alter table diner_statuses add column reason text not null default '';

create or replace view current_diner_statuses as
select distinct on (diner_id, status_no) *
from diner_statuses
order by diner_id, status_no, revision desc;
