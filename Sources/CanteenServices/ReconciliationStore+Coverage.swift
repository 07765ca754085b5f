import CanteenDomain
import CanteenVault
import Postgres

/// How far canteens are covered, and what is open.
extension ReconciliationStore {
  static func coverage(
    through day: Day, edition: Seal, _ transaction: borrowing Transaction
  ) throws -> [ReconciliationService.Coverage] {
    let canteens = try transaction.query(
      """
      select
          k.code,
          (
              select max(r.service_date)
              from reconciled_days as r
              where r.canteen_code = k.code and r.checks_sha256 = \(edition)
          ) as last,
          (
              select count(*)
              from current_findings as f
              where f.canteen_code = k.code and f.is_open
          ) as open
      from canteens as k
      order by k.code
      """)
    let codes: [Canteen.Code] = try canteens.map { try $0.decode("code") }
    try planForDays(transaction)
    let open = try uncovered(codes, through: day, edition: edition, transaction)
    return try canteens.map { row in
      let code: Canteen.Code = try row.decode("code")
      return ReconciliationService.Coverage(
        canteen: code, last: try row.decode("last"),
        missed: open[code]?.count ?? 0,
        open: try row.decode("open"))
    }
  }

  static func lag(
    through day: Day, edition: Seal, _ transaction: borrowing Transaction
  ) throws -> [(canteen: Canteen.Code, days: Int)] {
    try transaction.query(
      """
      select k.code, greatest(\(day)::date - coalesce(l.day, f.day - 1), 0) as days
      from canteens as k
      cross join lateral (
          select min(c.service_date) as day from check_ins as c where c.canteen_code = k.code
      ) as f
      cross join lateral (
          select max(r.service_date) as day
          from reconciled_days as r
          where r.canteen_code = k.code and r.checks_sha256 = \(edition)
      ) as l
      where f.day <= \(day)::date
      order by k.code
      """
    ).map { (try $0.decode("code"), try $0.decode("days")) }
  }

  /// Open findings by severity, over all canteens.
  static func openFindings(
    _ transaction: borrowing Transaction
  ) throws -> [Finding.Severity: Int] {
    try Dictionary(
      transaction.query(
        """
        select f.severity, count(*)::integer as n
        from current_findings as f
        where f.is_open
        group by 1
        """
      ).map { (try $0.decode("severity"), try $0.decode("n")) },
      uniquingKeysWith: { first, _ in first })
  }
}
