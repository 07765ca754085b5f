import CanteenDomain
import Postgres

/// Rows of `check_in_reversals`.
enum CheckInReversalStore {
  static func reversals(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [CheckIn.ID: CheckInService.Reversal] {
    let rows = try transaction.query(
      """
      select r.check_in_id, r.reversed_by, r.reversed_at, r.reason, r.posted_on
      from check_ins as c
      join check_in_reversals as r
          on r.diner_id = c.diner_id
          and r.service_date = c.service_date
          and r.check_in_id = c.check_in_id
      where c.canteen_code = \(canteen)
          and c.service_date between \(from)::date and \(to)::date
      """)
    return try Dictionary(
      rows.map { row in
        (
          try row.decode("check_in_id", as: CheckIn.ID.self),
          CheckInService.Reversal(
            by: Attribution(by: try row.decode("reversed_by"), at: try row.decode("reversed_at")),
            reason: try row.decode("reason"), postedOn: try row.decode("posted_on"))
        )
      }, uniquingKeysWith: { first, _ in first })
  }
}
