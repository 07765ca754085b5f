set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 凭证: what a person shows at the counter. An office's own card has its number in clear; what is a
-- number of the person (社保卡, 敬老卡) or opens an account (QR) is kept as kind:keyed hash, with the
-- number itself sealed.
alter table cards
    add column kind text not null default 'card',
    -- null for a card of the office
    add column number_sealed bytea,
    add column issued_by text not null default '',
    add constraint cards_kind_is_known
        check (kind in ('card', 'social_security_card', 'senior_card', 'qr')),
    add constraint cards_numbers_of_persons_are_hashed
        check (kind = 'card' or card_no ~ ('^' || kind || ':[0-9a-f]{64}$')),
    add constraint cards_numbers_of_persons_are_sealed
        check ((kind = 'card') = (number_sealed is null));

-- What happened to a credential since it was issued; the row with the highest number counts.
create table card_events (
    card_no text not null,
    event_no integer not null,
    event text not null,
    happened_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    -- the credential that stands in its place; null if none does
    replaced_by text,
    note text not null,
    constraint card_events_pk primary key (card_no, event_no),
    constraint card_events_are_numbered_from_one check (event_no >= 1),
    constraint card_events_event_is_known check (event in ('lost', 'found', 'replaced', 'ended')),
    constraint card_events_only_a_replaced_card_has_a_successor
        check ((event = 'replaced') = (replaced_by is not null))
);

select shard_table('card_events', 'key', 'card_no');

-- Serves check-in and the register: how each credential stands.
create view current_card_events as
select distinct on (card_no) *
from card_events
order by card_no, event_no desc;

grant select on current_card_events to canteen_app;
