set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What funding sources have spent of the yearly budgets that policies set. Check-ins, their
-- adjustments and reversals stay the truth; the sums beside them keep the price of a meal from
-- growing with the year, and check R29 adds them up anew.

-- 年度预算: whose money of which year is counted. Whoever spends of it locks the row first, in the
-- order of the keys.
create table budget_years (
    policy_id text not null,
    source text not null,
    year integer not null,
    opened_at timestamptz not null,
    lock_word smallint not null default 0,
    constraint budget_years_pk primary key (policy_id, source, year),
    constraint budget_years_lock_word_never_changes check (lock_word = 0)
);

select shard_table('budget_years', 'local');

grant update (lock_word) on budget_years to canteen_app;

-- 预算使用: what one batch of check-ins, a reversal or an adjustment took, and the sum with it.
create table budget_uses (
    policy_id text not null,
    source text not null,
    year integer not null,
    -- 0 for what was spent before anybody counted; then one more for each
    use_no bigint not null,
    -- negative where money was given back
    fen bigint not null,
    spent_fen bigint not null,
    recorded_at timestamptz not null,
    constraint budget_uses_pk primary key (policy_id, source, year, use_no),
    constraint budget_uses_year_exists
        foreign key (policy_id, source, year) references budget_years (policy_id, source, year),
    constraint budget_uses_are_numbered_from_zero check (use_no >= 0)
);

select shard_table('budget_uses', 'local');

-- What each source pays of each meal that stands, by the meal's latest line.
create view standing_shares as
select c.diner_id, c.service_date, c.check_in_id, s.policy as policy_id, s.source, s.fen
from check_ins as c
left join lateral (
    select a.pricing
    from adjustments as a
    where a.diner_id = c.diner_id
        and a.service_date = c.service_date
        and a.check_in_id = c.check_in_id
    order by a.adjustment_no desc
    limit 1
) as a on true
cross join lateral (select coalesce(a.pricing, c.pricing) -> 'line' as line) as p
cross join lateral jsonb_to_recordset(
    coalesce(p.line -> 'shares', '[]')
    || coalesce(p.line #> '{delivery,shares}', '[]')
    || coalesce(p.line #> '{delivery,courier}', '[]')
) as s (policy text, source text, fen bigint)
where not exists (
    select
    from check_in_reversals as r
    where r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
);

grant select on standing_shares to canteen_app;
