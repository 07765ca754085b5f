import CanteenDomain
import CanteenVault
import Postgres

/// Which days of canteens an edition of the checks has not seen with just what they have now.
extension ReconciliationStore {
  /// A day of a canteen as it is about to be looked at.
  struct OpenDay: Sendable, Hashable {
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
    var chosen: [Canteen.Code: [Day]] = [:]
    for canteen in canteens {
      chosen[canteen] = try candidates(
        canteen, from: from, through: day, window: window, edition: edition,
        concerned: (facts[canteen] ?? [:]).keys.sorted(), transaction)
    }
    guard let oldest = chosen.values.compactMap(\.first).min() else { return [:] }
    if oldest <= window {
      facts = try concerned(
        canteens, from: oldest, through: day, learnedFrom: oldest, transaction)
    }
    var open: [Canteen.Code: [OpenDay]] = [:]
    for (canteen, days) in chosen {
      let days = days.map {
        OpenDay(day: $0, lines: 0, facts: facts[canteen]?[$0] ?? 0)
      }
      open[canteen] = try stillOpen(days, canteen, edition: edition, transaction)
    }
    return open
  }

  /// The days of a canteen, from the first of which anything is known, that are worth counting.
  private static func candidates(
    _ canteen: Canteen.Code, from: Day?, through day: Day, window: Day, edition: Seal,
    concerned: [Day], _ transaction: borrowing Transaction
  ) throws -> [Day] {
    try transaction.query(
      """
      with first as (
          select min(service_date) as service_date
          from (
              select min(service_date) as service_date
              from check_ins where canteen_code = \(canteen)
              union all
              select min(service_date)
              from independent_counts where canteen_code = \(canteen)
          ) as known
      ),
      late as (
          select service_date
          from check_ins
          where canteen_code = \(canteen)
              and posted_on > \(window)::date
              and posted_on > service_date
          union all
          select r.service_date
          from check_in_reversals as r
          join check_ins as c using (diner_id, service_date, check_in_id)
          where c.canteen_code = \(canteen)
              and r.posted_on > \(window)::date
              and r.posted_on > r.service_date
          union all
          select service_date
          from adjustments
          where canteen_code = \(canteen) and posted_on > \(window)::date
      )
      select d::date as service_date
      from first, generate_series(
          greatest(first.service_date, \(from)::date)::timestamp, \(day)::date, interval '1 day'
      ) as d
      where d::date > \(window)::date
          or d::date in (select service_date from late)
          or d::date in (
              select (date_trunc('month', service_date::timestamp) + interval '1 month - 1 day')::date
              from late
          )
          or d::date = any(\(concerned)::date[])
          or not exists (
              select
              from reconciled_days as r
              where r.canteen_code = \(canteen)
                  and r.service_date = d::date
                  and r.checks_sha256 = \(edition)
          )
      order by 1
      """
    ).map { try $0.decode("service_date") }
  }

  /// Counts days anew, and leaves out those that were covered as they are.
  /// - Parameter days: with the facts that concern them.
  static func stillOpen(
    _ days: [OpenDay], _ canteen: Canteen.Code, edition: Seal,
    _ transaction: borrowing Transaction
  ) throws -> [OpenDay] {
    let firsts = days.map { $0.day == $0.day.lastOfMonth ? $0.day.firstOfMonth : $0.day }
    guard let first = firsts.min(), let last = days.map(\.day).max() else { return [] }
    return try transaction.query(
      """
      with days as (
          select
              service_date, facts,
              (date_trunc('month', service_date::timestamp) + interval '1 month - 1 day')::date
                  = service_date as is_last
          from unnest(\(days.map(\.day))::date[], \(days.map(\.facts))::integer[])
              as d (service_date, facts)
      ),
      needed as (
          select service_date from days
          union
          -- What is checked once a month is checked on its last day.
          select m::date
          from days as d
          cross join lateral generate_series(
              date_trunc('month', d.service_date::timestamp), d.service_date::timestamp, interval '1 day'
          ) as m
          where d.is_last
      ),
      lines as (
          select service_date, count(*) as n
          from (
              select service_date
              from check_ins
              where canteen_code = \(canteen)
                  and service_date between \(first)::date and \(last)::date
                  and service_date in (select service_date from needed)
              union all
              select c.service_date
              from check_in_reversals as r
              join check_ins as c using (diner_id, service_date, check_in_id)
              where c.canteen_code = \(canteen)
                  and r.posted_on >= \(first)::date
                  and r.service_date between \(first)::date and \(last)::date
              union all
              select service_date
              from adjustments
              where canteen_code = \(canteen)
                  and posted_on >= \(first)::date
                  and service_date between \(first)::date and \(last)::date
              union all
              select service_date
              from independent_counts
              where canteen_code = \(canteen)
                  and service_date between \(first)::date and \(last)::date
              union all
              select service_date
              from food_samples
              where canteen_code = \(canteen)
                  and service_date between \(first)::date and \(last)::date
              union all
              select service_date
              from menus
              where canteen_code = \(canteen)
                  and service_date between \(first)::date and \(last)::date
              union all
              select service_date
              from canteen_days
              where canteen_code = \(canteen)
                  and service_date between \(first)::date and \(last)::date
              union all
              select (date_trunc('month', checked_on::timestamp) + interval '1 month - 1 day')::date
              from spot_checks
              where canteen_code = \(canteen)
                  and checked_on between \(first)::date and \(last)::date
          ) as rows
          group by service_date
      ),
      months as (
          select date_trunc('month', service_date::timestamp) as month, sum(n) as n
          from lines
          group by 1
      ),
      counted as (
          select
              d.service_date, d.facts,
              coalesce(case when d.is_last then m.n else l.n end, 0)::integer as lines
          from days as d
          left join lines as l on l.service_date = d.service_date
          left join months as m on m.month = date_trunc('month', d.service_date::timestamp)
      )
      select service_date, lines, facts
      from counted
      where not exists (
          select
          from reconciled_days as r
          where r.canteen_code = \(canteen)
              and r.service_date = counted.service_date
              and r.checks_sha256 = \(edition)
              and r.lines = counted.lines + counted.facts
      )
      order by service_date
      """
    ).map {
      OpenDay(
        day: try $0.decode("service_date"), lines: try $0.decode("lines"),
        facts: try $0.decode("facts"))
    }
  }
}
