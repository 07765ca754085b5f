import CanteenDomain
import Postgres

/// Counts over `standing_check_ins`.
enum ServiceReportStore {
  /// The expression that tells the parts apart.
  private static func key(_ grouping: ServiceReport.Grouping) -> SQL {
    switch grouping {
    case .month: "to_char(c.service_date, 'YYYY-MM')"
    case .canteen: "c.canteen_code"
    case .period: "c.period"
    case .age:
      """
      case
          when d.birth_date is null then ''
          when d.birth_date > c.service_date - interval '60 years' then '0-59'
          when d.birth_date > c.service_date - interval '70 years' then '60-69'
          when d.birth_date > c.service_date - interval '80 years' then '70-79'
          when d.birth_date > c.service_date - interval '90 years' then '80-89'
          else '90+'
      end
      """
    case .category: "coalesce(c.category, '')"
    }
  }

  private static func meals(
    by grouping: ServiceReport.Grouping, canteens: [Canteen.Code], from: Day, to: Day
  ) -> SQL {
    let register: SQL =
      grouping == .age
      ? "left join current_diner_records as d on d.diner_id = c.person_id" : ""
    return """
      select
          \(fragment: key(grouping)) as key, to_char(c.service_date, 'YYYY-MM') as month,
          c.person_id
      from standing_check_ins as c
      \(fragment: register)
      where c.canteen_code = any(\(canteens)::text[])
          and c.service_date between \(from)::date and \(to)::date
          and c.guest_kind is null
      """
  }

  static func counts(
    by grouping: ServiceReport.Grouping, canteens: [Canteen.Code], from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> (parts: [(key: String, count: ServiceReport.Count)], total: ServiceReport.Count) {
    var parts: [(key: String, count: ServiceReport.Count)] = []
    var total = ServiceReport.Count(personTimes: 0, persons: 0)
    for row in try transaction.query(
      """
      select
          key, grouping(key)::integer as is_total, count(*)::bigint as person_times,
          count(distinct person_id)::bigint as persons
      from (\(fragment: meals(by: grouping, canteens: canteens, from: from, to: to))) as m
      group by grouping sets ((key), ())
      order by is_total, key
      """)
    {
      let count = ServiceReport.Count(
        personTimes: try row.decode("person_times"), persons: try row.decode("persons"))
      if try row.decode("is_total", as: Int.self) == 1 {
        total = count
      } else {
        parts.append((try row.decode("key"), count))
      }
    }
    return (parts, total)
  }

  static func cells(
    by grouping: ServiceReport.Grouping, canteens: [Canteen.Code], from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> [ServiceReport.Cell] {
    try transaction.query(
      """
      select month, key, count(*)::bigint as person_times
      from (\(fragment: meals(by: grouping, canteens: canteens, from: from, to: to))) as m
      group by month, key
      order by month, key
      """
    ).map {
      ServiceReport.Cell(
        month: try $0.decode("month"), key: try $0.decode("key"),
        personTimes: try $0.decode("person_times"))
    }
  }

  static func cumulative(
    canteens: [Canteen.Code], through: Day, _ transaction: borrowing Transaction
  ) throws -> (count: ServiceReport.Count, since: Day?) {
    let rows = try transaction.query(
      """
      select
          count(*)::bigint as person_times, count(distinct person_id)::bigint as persons,
          min(service_date) as since
      from standing_check_ins
      where canteen_code = any(\(canteens)::text[])
          and service_date <= \(through)::date
          and guest_kind is null
      """)
    guard let row = rows.first else {
      return (ServiceReport.Count(personTimes: 0, persons: 0), nil)
    }
    return (
      ServiceReport.Count(
        personTimes: try row.decode("person_times"), persons: try row.decode("persons")),
      try row.decode("since")
    )
  }
}
