set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Who may do what only few may; the row with the highest revision counts.
create table staff_rights (
    staff text not null,
    right_name text not null,
    revision integer not null,
    is_granted boolean not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint staff_rights_pk primary key (staff, right_name, revision),
    constraint staff_rights_right_is_known check (right_name in ('export_full_numbers'))
);

select shard_table('staff_rights', 'local');

-- Each time the register left the office as a file: who, why, what, and the file's hash.
create table register_exports (
    exported_at timestamptz not null,
    exported_by text not null,
    kind text not null,
    persons integer not null,
    has_full_numbers boolean not null,
    reason text not null,
    file_sha256 bytea not null,
    constraint register_exports_pk primary key (exported_at, exported_by, kind),
    constraint register_exports_kind_is_known check (kind in ('roster', 'changes', 'cards')),
    constraint register_exports_full_numbers_have_a_reason
        check (not has_full_numbers or reason <> '')
);

select shard_table('register_exports', 'local');

-- 换钥: each change of the key that seals people's numbers, begun and done.
create table key_rotations (
    key_id smallint not null,
    event text not null,
    happened_at timestamptz not null,
    happened_by text not null,
    -- how many sealed rows were under the new key when it was done
    sealed_rows bigint not null,
    constraint key_rotations_pk primary key (key_id, event, happened_at),
    constraint key_rotations_event_is_known check (event in ('begun', 'done'))
);

select shard_table('key_rotations', 'local');
