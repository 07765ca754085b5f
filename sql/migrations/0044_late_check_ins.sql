set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Which check-ins are in the books of a later day than their own, because that one was closed already.
-- They are few, and who closes a day or reconciles one asks for them here and need not look through
-- every month that ever was.
create table late_check_ins (
    diner_id bigint not null,
    service_date date not null,
    check_in_id uuid not null,
    canteen_code text not null,
    posted_on date not null,
    recorded_at timestamptz not null,
    constraint late_check_ins_once primary key (diner_id, service_date, check_in_id),
    constraint late_check_ins_check_in_exists
        foreign key (diner_id, service_date, check_in_id)
        references check_ins (diner_id, service_date, check_in_id),
    constraint late_check_ins_are_posted_after_their_day check (posted_on > service_date)
);

select shard_table('late_check_ins', 'diner');

-- Serves the day close and the nightly job: what is posted late in a canteen's books.
create index late_check_ins_by_canteen_and_posting_day on late_check_ins (canteen_code, posted_on);

insert into late_check_ins
select diner_id, service_date, check_in_id, canteen_code, posted_on, recorded_at
from check_ins
where posted_on > service_date;

-- As before, with the day of the meals and with what was paid back apart from what was taken: who knows
-- from which days something was paid back reads those months alone.
create or replace view till_days as
select
    canteen_code, day, means, sum(fen)::bigint as fen, service_date, is_paid_back
from (
    select
        canteen_code, service_date, posted_on as day, means_of_payment as means, diner_fen as fen,
        false as is_paid_back
    from check_ins
    where service_date = posted_on
    union all
    select c.canteen_code, c.service_date, r.posted_on, c.means_of_payment, -c.diner_fen, true
    from check_in_reversals as r
    join check_ins as c
        on c.diner_id = r.diner_id
        and c.service_date = r.service_date
        and c.check_in_id = r.check_in_id
) as paid
group by canteen_code, service_date, day, means, is_paid_back;

-- As before, with the canteen that took the meal: who asks where money was spent need not read the
-- check-ins a second time.
create or replace view standing_shares as
select
    c.diner_id, c.service_date, c.check_in_id, s.policy as policy_id, s.source, s.fen,
    c.canteen_code
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
