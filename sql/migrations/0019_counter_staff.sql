set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Who works at a counter and on which device. Nothing is updated: the row with the highest revision
-- counts, and what ends something is a row.

-- 工作人员: signs in by name and PIN. Of the PIN only what scrypt makes of it is kept.
create table staff (
    name text not null,
    revision integer not null,
    role text not null,
    -- null for somebody who may work in every canteen
    canteen_code text,
    is_active boolean not null,
    pin_salt bytea not null,
    pin_hash bytea not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint staff_pk primary key (name, revision),
    constraint staff_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint staff_have_a_name check (name <> ''),
    constraint staff_role_is_known
        check (role in ('clerk', 'manager', 'street_officer', 'administrator'))
);

select shard_table('staff', 'reference');

create view current_staff as
select distinct on (name) *
from staff
order by name, revision desc;

grant select on current_staff to canteen_app;

-- 终端: a device at a counter, known by the hash of its token.
create table terminals (
    terminal_id uuid not null,
    name text not null,
    canteen_code text not null,
    -- of the code by which the device is enrolled, once
    code_sha256 bytea not null,
    code_expires_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint terminals_pk primary key (terminal_id),
    constraint terminals_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint terminals_have_a_name check (name <> '')
);

select shard_table('terminals', 'reference');

create table terminal_tokens (
    terminal_id uuid not null,
    token_sha256 bytea not null,
    enrolled_at timestamptz not null,
    constraint terminal_tokens_are_given_once primary key (terminal_id)
);

select shard_table('terminal_tokens', 'reference');

-- Serves every request of a terminal that this process has not seen yet.
create index terminal_tokens_by_token on terminal_tokens (token_sha256);

create table terminal_revocations (
    terminal_id uuid not null,
    revoked_at timestamptz not null,
    revoked_by text not null,
    reason text not null,
    constraint terminal_revocations_once primary key (terminal_id)
);

select shard_table('terminal_revocations', 'reference');

-- Who signed in where; the token is in the browser, its hash is here.
create table staff_sessions (
    token_sha256 bytea not null,
    staff text not null,
    terminal_id uuid not null,
    opened_at timestamptz not null,
    constraint staff_sessions_pk primary key (token_sha256)
);

select shard_table('staff_sessions', 'local');

create table staff_session_ends (
    token_sha256 bytea not null,
    ended_at timestamptz not null,
    reason text not null,
    constraint staff_session_ends_once primary key (token_sha256),
    constraint staff_session_ends_reason_is_known
        check (reason in ('signed_out', 'idle', 'too_old'))
);

select shard_table('staff_session_ends', 'local');

-- Each attempt to sign in: what a lock-out is counted from. A name that nobody has counts for the
-- terminal alone.
create table sign_in_attempts (
    attempt_id uuid not null,
    staff text not null,
    terminal_id uuid not null,
    attempted_at timestamptz not null,
    has_succeeded boolean not null,
    constraint sign_in_attempts_pk primary key (attempt_id)
);

select shard_table('sign_in_attempts', 'local');

-- Serve the lock-out: the latest attempts of a person, and of a terminal.
create index sign_in_attempts_by_staff on sign_in_attempts (staff, attempted_at desc);
create index sign_in_attempts_by_terminal on sign_in_attempts (terminal_id, attempted_at desc);
