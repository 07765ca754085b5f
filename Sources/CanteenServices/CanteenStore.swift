import CanteenDomain
import Postgres

/// Rows of `canteens` and `canteen_periods`.
enum CanteenStore {
  static func all(_ transaction: borrowing Transaction) throws -> [Canteen] {
    let windows = try transaction.query(
      """
      select distinct on (canteen_code, period)
          canteen_code, period,
          extract(epoch from starts_at)::integer as starts_at,
          extract(epoch from ends_at)::integer as ends_at
      from canteen_periods
      order by canteen_code, period, valid_from desc
      """)
    var byCanteen: [String: [ServiceWindow]] = [:]
    for row in windows {
      guard let from = TimeOfDay(seconds: try row.decode("starts_at")),
        let to = TimeOfDay(seconds: try row.decode("ends_at"))
      else { continue }
      byCanteen[try row.decode("canteen_code"), default: []].append(
        ServiceWindow(period: try row.decode("period"), from: from, to: to))
    }
    return try transaction.query(
      """
      select code, name, kind, region_code, operator_name, credit_code, seats, opened_on
      from canteens
      order by code
      """
    ).map { row in
      let code: String = try row.decode("code")
      return Canteen(
        code: code, name: try row.decode("name"), kind: try row.decode("kind"),
        region: try row.decode("region_code"), operatorName: try row.decode("operator_name"),
        creditCode: try row.decode("credit_code"), seats: try row.decode("seats"),
        openedOn: try row.decode("opened_on"),
        windows: (byCanteen[code] ?? []).sorted { $0.period < $1.period })
    }
  }

  static func insert(_ canteen: Canteen, _ transaction: borrowing Transaction) throws {
    try transaction.execute(
      """
      insert into canteens (
          code, name, kind, region_code, operator_name, credit_code, seats, opened_on
      ) values (
          \(canteen.code), \(canteen.name), \(canteen.kind), \(canteen.region),
          \(canteen.operatorName), \(canteen.creditCode), \(canteen.seats)::integer,
          \(canteen.openedOn)::date
      )
      """)
    for window in canteen.windows {
      try transaction.execute(
        """
        insert into canteen_periods (canteen_code, period, valid_from, starts_at, ends_at)
        values (
            \(canteen.code), \(window.period), \(canteen.openedOn)::date,
            \(window.from.description)::time, \(window.to.description)::time
        )
        """)
    }
    try ReferenceStore.note(.canteens, transaction)
  }
}
