import CanteenDomain
import CanteenVault
import Postgres

/// Which days of canteens an edition of the checks has not seen with just what they have now.
extension ReconciliationStore {
  /// A day of a canteen as it is about to be looked at.
  struct OpenDay: Sendable, Hashable {
    var canteen: Canteen.Code
    var day: Day
    /// Its check-ins, reversals, counts and menus, and those of its month if it is the month's last day.
    var lines: Int
    /// Facts about its meals that were learned later.
    var facts: Int
  }

  /// How far back days that were covered are counted again; what was learned within that time about
  /// days before is found too.
  private static let daysCountedAgain = 62

  /// The days of some canteens that this edition has not seen as they are now. Days on which nobody
  /// came are days too.
  ///
  /// The window says which days are counted, and nothing of what is counted of them: so a number, once
  /// reached, is the same on every later night until something comes.
  static func uncovered(
    _ canteens: [Canteen.Code], from: Day? = nil, through day: Day, edition: Seal,
    _ transaction: borrowing Transaction
  ) throws -> [Canteen.Code: [OpenDay]] {
    let window = day - daysCountedAgain
    var facts = try concerned(
      canteens, from: window - daysConcerned, through: day, learnedFrom: window, transaction)
    let chosen = try candidates(
      canteens, from: from, through: day, window: window, edition: edition,
      concerned: facts.flatMap { canteen, days in days.keys.map { (canteen, $0) } }, transaction)
    guard let oldest = chosen.map(\.day).min() else { return [:] }
    if oldest <= window {
      facts = try concerned(
        canteens, from: oldest, through: day, learnedFrom: oldest, transaction)
    }
    let days = chosen.map { canteen, day in
      OpenDay(canteen: canteen, day: day, lines: 0, facts: facts[canteen]?[day] ?? 0)
    }
    return Dictionary(
      grouping: try stillOpen(days, edition: edition, transaction), by: \.canteen)
  }

  /// The days of each canteen, from the first of which anything is known, that are worth counting.
  private static func candidates(
    _ canteens: [Canteen.Code], from: Day?, through day: Day, window: Day, edition: Seal,
    concerned: [(canteen: Canteen.Code, day: Day)], _ transaction: borrowing Transaction
  ) throws -> [(canteen: Canteen.Code, day: Day)] {
    try transaction.query(
      """
      with first as (
          select
              k.canteen_code,
              least(
                  (
                      select min(c.service_date)
                      from check_ins as c
                      where c.canteen_code = k.canteen_code
                  ),
                  (
                      select min(i.service_date)
                      from independent_counts as i
                      where i.canteen_code = k.canteen_code
                  )
              ) as service_date
          from unnest(\(canteens)::text[]) as k (canteen_code)
      ),
      late as (
          select canteen_code, service_date
          from late_check_ins
          where canteen_code = any(\(canteens)::text[]) and posted_on > \(window)::date
          union all
          select c.canteen_code, r.service_date
          from check_in_reversals as r
          join check_ins as c using (diner_id, service_date, check_in_id)
          where c.canteen_code = any(\(canteens)::text[])
              and r.posted_on > \(window)::date
              and r.posted_on > r.service_date
          union all
          select canteen_code, service_date
          from adjustments
          where canteen_code = any(\(canteens)::text[]) and posted_on > \(window)::date
      ),
      again as (
          select canteen_code, service_date
          from late
          union
          select
              canteen_code,
              (date_trunc('month', service_date::timestamp) + interval '1 month - 1 day')::date
          from late
          union
          select *
          from unnest(
              \(concerned.map(\.canteen))::text[], \(concerned.map(\.day))::date[]
          ) as c (canteen_code, service_date)
      )
      select f.canteen_code, d::date as service_date
      from first as f
      cross join lateral generate_series(
          greatest(f.service_date, \(from)::date)::timestamp, \(day)::date, interval '1 day'
      ) as d
      where d::date > \(window)::date
          or (f.canteen_code, d::date) in (select canteen_code, service_date from again)
          or not exists (
              select
              from reconciled_days as r
              where r.canteen_code = f.canteen_code
                  and r.service_date = d::date
                  and r.checks_sha256 = \(edition)
          )
      order by 1, 2
      """
    ).map { (try $0.decode("canteen_code"), try $0.decode("service_date")) }
  }

  /// Counts days anew, and leaves out those that were covered as they are.
  /// - Parameter days: with the facts that concern them.
  static func stillOpen(
    _ days: [OpenDay], edition: Seal, _ transaction: borrowing Transaction
  ) throws -> [OpenDay] {
    let firsts = days.map { $0.day == $0.day.lastOfMonth ? $0.day.firstOfMonth : $0.day }
    guard let first = firsts.min(), let last = days.map(\.day).max() else { return [] }
    let canteens = Set(days.map(\.canteen)).sorted()
    return try transaction.query(
      """
      with days as (
          select
              canteen_code, service_date, facts,
              (date_trunc('month', service_date::timestamp) + interval '1 month - 1 day')::date
                  = service_date as is_last
          from unnest(
              \(days.map(\.canteen))::text[], \(days.map(\.day))::date[],
              \(days.map(\.facts))::integer[]
          ) as d (canteen_code, service_date, facts)
      ),
      needed as (
          select canteen_code, service_date from days
          union
          -- What is checked once a month is checked on its last day.
          select d.canteen_code, m::date
          from days as d
          cross join lateral generate_series(
              date_trunc('month', d.service_date::timestamp), d.service_date::timestamp, interval '1 day'
          ) as m
          where d.is_last
      ),
      others as (
          select canteen_code, service_date, count(*) as n
          from (
              select c.canteen_code, c.service_date
              from check_in_reversals as r
              join check_ins as c using (diner_id, service_date, check_in_id)
              where c.canteen_code = any(\(canteens)::text[])
                  and r.posted_on >= \(first)::date
                  and r.service_date between \(first)::date and \(last)::date
                  and c.service_date between \(first)::date and \(last)::date
              union all
              select canteen_code, service_date
              from adjustments
              where canteen_code = any(\(canteens)::text[])
                  and posted_on >= \(first)::date
                  and service_date between \(first)::date and \(last)::date
              union all
              select canteen_code, service_date
              from independent_counts
              where canteen_code = any(\(canteens)::text[])
                  and service_date between \(first)::date and \(last)::date
              union all
              select canteen_code, service_date
              from food_samples
              where canteen_code = any(\(canteens)::text[])
                  and service_date between \(first)::date and \(last)::date
              union all
              select canteen_code, service_date
              from menus
              where canteen_code = any(\(canteens)::text[])
                  and service_date between \(first)::date and \(last)::date
              union all
              select canteen_code, service_date
              from canteen_days
              where canteen_code = any(\(canteens)::text[])
                  and service_date between \(first)::date and \(last)::date
              union all
              select
                  canteen_code,
                  (date_trunc('month', checked_on::timestamp) + interval '1 month - 1 day')::date
              from spot_checks
              where canteen_code = any(\(canteens)::text[])
                  and checked_on between \(first)::date and \(last)::date
          ) as rows
          group by canteen_code, service_date
      ),
      lines as (
          -- Check-ins are counted day by day: an index knows how many lines each has.
          select
              n.canteen_code, n.service_date,
              coalesce(o.n, 0) + (
                  select count(*)
                  from check_ins as c
                  where c.canteen_code = n.canteen_code
                      and c.service_date = n.service_date
                      and c.service_date between \(first)::date and \(last)::date
              ) as n
          from needed as n
          left join others as o
              on o.canteen_code = n.canteen_code and o.service_date = n.service_date
      ),
      months as (
          select canteen_code, date_trunc('month', service_date::timestamp) as month, sum(n) as n
          from lines
          group by 1, 2
      ),
      counted as (
          select
              d.canteen_code, d.service_date, d.facts,
              coalesce(case when d.is_last then m.n else l.n end, 0)::integer as lines
          from days as d
          left join lines as l
              on l.canteen_code = d.canteen_code and l.service_date = d.service_date
          left join months as m
              on m.canteen_code = d.canteen_code
              and m.month = date_trunc('month', d.service_date::timestamp)
      )
      select canteen_code, service_date, lines, facts
      from counted
      where not exists (
          select
          from reconciled_days as r
          where r.canteen_code = counted.canteen_code
              and r.service_date = counted.service_date
              and r.checks_sha256 = \(edition)
              and r.lines = counted.lines + counted.facts
      )
      order by canteen_code, service_date
      """
    ).map {
      OpenDay(
        canteen: try $0.decode("canteen_code"), day: try $0.decode("service_date"),
        lines: try $0.decode("lines"), facts: try $0.decode("facts"))
    }
  }
}
