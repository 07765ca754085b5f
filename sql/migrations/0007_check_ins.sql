set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- The one fact: a person took a meal. The count, the charge, the subsidy, the statement and every
-- report are derived from it.
create table check_ins (
    diner_id bigint not null,
    service_date date not null,
    -- the key that the client made; asking again with it gives the same answer
    check_in_id uuid not null,
    period text not null,
    -- 1 for the person's first meal of that period; a further one is always possible at full price
    meal_no smallint not null,
    served_at timestamptz not null,
    -- the day whose books it is in: the service day, or the first open day if that one was closed
    posted_on date not null,
    canteen_code text not null,
    mode text not null,
    means_of_payment text not null,
    auth_method text not null,
    list_fen bigint not null,
    diner_fen bigint not null,
    -- 补贴类别: the tier under which the statement counts it; null at full price
    category text,
    terminal text not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    -- 流水号 of the list that it was read from; null at the counter
    source_no text,
    -- what the price was made from and why, as the pricing function gave it
    pricing jsonb not null,
    constraint check_ins_pk primary key (diner_id, service_date, check_in_id),
    constraint check_ins_once_a_person_and_meal unique (diner_id, service_date, period, meal_no),
    constraint check_ins_diner_exists foreign key (diner_id) references diners (diner_id),
    constraint check_ins_canteen_exists foreign key (canteen_code) references canteens (code),
    constraint check_ins_period_is_known check (period in ('breakfast', 'lunch', 'dinner')),
    constraint check_ins_mode_is_known check (mode in ('dine_in', 'pickup', 'home_delivery')),
    constraint check_ins_list_price_is_positive check (list_fen > 0),
    constraint check_ins_diner_pays_at_most_the_list_price
        check (diner_fen between 0 and list_fen),
    constraint check_ins_are_posted_on_or_after_their_day check (posted_on >= service_date)
) partition by range (service_date);

select shard_table('check_ins', 'diner');

-- Serves the day close and the statement: a canteen's lines of one posting day.
create index check_ins_by_canteen_and_posting_day on check_ins (canteen_code, posted_on);

-- Keys of check-ins over all persons and days: the same key with another body is refused.
create table check_in_keys (
    check_in_id uuid not null,
    diner_id bigint not null,
    service_date date not null,
    body_sha256 bytea not null,
    constraint check_in_keys_once primary key (check_in_id)
);

select shard_table('check_in_keys', 'key', 'check_in_id');

-- 冲正: a check-in that does not stand any more. The row it names stays as it was.
create table check_in_reversals (
    diner_id bigint not null,
    service_date date not null,
    check_in_id uuid not null,
    posted_on date not null,
    reversed_at timestamptz not null,
    reversed_by text not null,
    reason text not null,
    constraint check_in_reversals_once primary key (diner_id, service_date, check_in_id),
    constraint check_in_reversals_check_in_exists
        foreign key (diner_id, service_date, check_in_id)
        references check_ins (diner_id, service_date, check_in_id),
    constraint check_in_reversals_have_a_reason check (reason <> '')
);

select shard_table('check_in_reversals', 'diner');

-- Serves the day close and the statement, like the index of check-ins.
create index check_in_reversals_by_posting_day on check_in_reversals (posted_on);
