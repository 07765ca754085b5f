import CanteenDomain
import Postgres

/// What was learned after a meal and concerns its day: the register's facts, merges, late lines.
extension ReconciliationStore {
  /// How far back from the moment at which it was learned a fact is looked after.
  static let daysConcerned = 366

  /// How many facts that were learned later concern each day of some canteens: a number that only
  /// grows. A fact concerns the days of the person's meals for which it holds, under any record that
  /// is or was theirs; a line that came late concerns the person's meals of the rest of its week and
  /// month, wherever they were taken.
  /// - Parameters:
  ///   - first: the first day that is counted.
  ///   - learned: facts from this day on. The numbers of days from it on are whole, since nothing is
  ///     learned late about a day before that day.
  static func concerned(
    _ canteens: [Canteen.Code], from first: Day, through day: Day, learnedFrom learned: Day,
    _ transaction: borrowing Transaction
  ) throws -> [Canteen.Code: [Day: Int]] {
    // Two days earlier: the server's days begin later than the canteen's.
    let since = learned - 2
    let rows = try transaction.query(
      """
      with learned as (
          select s.diner_id, s.recorded_at,
              case
                  when p.diner_id is null then s.valid_to
                  else greatest(coalesce(s.valid_to, 'infinity'), coalesce(p.valid_to, 'infinity'))
              end as until,
              case
                  when p.diner_id is null then s.valid_from
                  when (p.status, p.valid_from) = (s.status, s.valid_from)
                      then least(coalesce(s.valid_to, 'infinity'), coalesce(p.valid_to, 'infinity')) + 1
                  else least(s.valid_from, p.valid_from)
              end as since
          from diner_statuses as s
          left join diner_statuses as p
              on p.diner_id = s.diner_id
              and p.status_no = s.status_no
              and p.revision = s.revision - 1
          where s.recorded_at >= \(since)::date
          union all
          select e.diner_id, e.recorded_at,
              case
                  when p.diner_id is null then e.valid_to
                  else greatest(coalesce(e.valid_to, 'infinity'), coalesce(p.valid_to, 'infinity'))
              end,
              case
                  when p.diner_id is null then coalesce(e.valid_from, '-infinity')
                  when (p.category, p.care_level, p.disability_grade, p.valid_from)
                      is not distinct from (e.category, e.care_level, e.disability_grade, e.valid_from)
                      then least(coalesce(e.valid_to, 'infinity'), coalesce(p.valid_to, 'infinity')) + 1
                  else least(coalesce(e.valid_from, '-infinity'), coalesce(p.valid_from, '-infinity'))
              end
          from entitlements as e
          left join entitlements as p
              on p.diner_id = e.diner_id
              and p.entitlement_no = e.entitlement_no
              and p.revision = e.revision - 1
          where e.recorded_at >= \(since)::date
              and (
                  p.diner_id is null
                  or (p.category, p.care_level, p.disability_grade, p.valid_from, p.valid_to)
                      is distinct from
                      (e.category, e.care_level, e.disability_grade, e.valid_from, e.valid_to)
              )
          union all
          select t.diner_id, t.taken_at, null, coalesce(e.valid_from, '-infinity')
          from entitlement_steps as t
          join entitlements as e
              on e.diner_id = t.diner_id
              and e.entitlement_no = t.entitlement_no
              and e.revision = 1
          where t.taken_at >= \(since)::date and t.step = 'active'
          union all
          -- A new name or telephone changes no price.
          select r.diner_id, r.recorded_at, null,
              case
                  when r.birth_date is distinct from p.birth_date then '-infinity'
                  else coalesce(r.valid_from, '-infinity')
              end
          from diner_records as r
          join diner_records as p on p.diner_id = r.diner_id and p.record_no = r.record_no - 1
          where r.recorded_at >= \(since)::date
              and (
                  r.birth_date, r.sex, r.hukou_region, r.hukou_text, r.residence_region,
                  r.residence_since, r.residence_permit
              ) is distinct from (
                  p.birth_date, p.sex, p.hukou_region, p.hukou_text, p.residence_region,
                  p.residence_since, p.residence_permit
              )
          union all
          select diner_id, merged_at, null, '-infinity'
          from diner_aliases
          where merged_at >= \(since)::date
          union all
          select l.diner_id, l.known_at,
              greatest(
                  l.service_date + 6,
                  (date_trunc('month', l.service_date::timestamp) + interval '1 month - 1 day')::date
              ),
              l.service_date
          from (
              select diner_id, service_date, posted_on, recorded_at as known_at
              from late_check_ins
              union all
              select diner_id, service_date, posted_on, reversed_at
              from check_in_reversals
              where posted_on > service_date
          ) as l
          where (l.posted_on >= \(since)::date or l.service_date >= \(learned - 31)::date)
              and l.service_date between \(learned - daysConcerned)::date and \(day)::date
      ),
      members as (
          -- Records that are or were one person's: what was merged once stays counted.
          select into_diner_id as person, diner_id
          from diner_aliases
          where into_diner_id <> diner_id
          union
          select into_diner_id, into_diner_id
          from diner_aliases
          where into_diner_id <> diner_id
      ),
      facts as (
          select * from learned
          union all
          select distinct on (f.diner_id, f.recorded_at, f.until, f.since, o.diner_id)
              o.diner_id, f.recorded_at, f.until, f.since
          from learned as f
          join members as m on m.diner_id = f.diner_id
          join members as o on o.person = m.person and o.diner_id <> f.diner_id
      )
      select c.canteen_code, c.service_date, count(*)::integer as n
      from facts as f
      cross join lateral (
          -- One person's meals by their own index, however many facts the planner expects.
          select m.canteen_code, m.service_date
          from check_ins as m
          where m.diner_id = f.diner_id
              and m.service_date between
                  greatest(f.since, f.recorded_at::date - \(daysConcerned)::integer)
                  and coalesce(f.until, \(day)::date)
              and m.service_date between \(first)::date and \(day)::date
              and m.recorded_at < f.recorded_at
          offset 0
      ) as c
      where c.canteen_code = any(\(canteens)::text[])
      group by 1, 2
      """)
    var numbers: [Canteen.Code: [Day: Int]] = [:]
    for row in rows {
      let canteen: Canteen.Code = try row.decode("canteen_code")
      numbers[canteen, default: [:]][try row.decode("service_date")] = try row.decode("n")
    }
    return numbers
  }
}
