import CanteenDomain
import Postgres

/// The adjustments that a new statement takes in.
extension StatementStore {
  /// The service days of the adjustments that `adjustments` gives, in order.
  static func adjustedDays(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Day] {
    try transaction.query(
      """
      select service_date
      from adjustments
      where canteen_code = \(canteen) and posted_on between \(from)::date and \(to)::date
      union
      select a.service_date
      from check_in_reversals as r
      join adjustments as a
          on a.diner_id = r.diner_id
          and a.service_date = r.service_date
          and a.check_in_id = r.check_in_id
      where a.canteen_code = \(canteen)
          and r.posted_on between \(from)::date and \(to)::date
      order by service_date
      """
    ).map { try $0.decode("service_date") }
  }

  /// Adjustments of a service day's meals in a canteen's books for the days from `from` to `to`, of
  /// meals that still stand at the end of the period; and, taken back, those of an earlier period
  /// whose meal was reversed since.
  /// - Parameter number: the statement that is being closed.
  static func adjustments(
    _ canteen: Canteen.Code, of day: Day, from: Day, to: Day, in number: String,
    _ transaction: borrowing Transaction
  ) throws -> [Source] {
    try transaction.query(
      """
      select
          \(fragment: CheckInStore.factColumns), c.source_no,
          a.adjustment_no, a.kind, a.cause, a.payee, a.fen,
          a.differences::text as differences, (a.pricing -> 'line')::text as line, s.statement_no,
          case when a.posted_on < \(from)::date then -1 else 1 end as sign
      from adjustments as a
      join check_ins as c
          on c.diner_id = a.diner_id
          and c.service_date = a.service_date
          and c.check_in_id = a.check_in_id
      left join check_in_reversals as r
          on r.diner_id = a.diner_id
          and r.service_date = a.service_date
          and r.check_in_id = a.check_in_id
          and r.posted_on <= \(to)::date
      left join statement_lines as s
          on s.diner_id = a.diner_id
          and s.service_date = a.service_date
          and s.check_in_id = a.check_in_id
          and s.adjustment_no = 0
          and s.sign = 1
      where a.canteen_code = \(canteen)
          and a.service_date = \(day)::date
          and (
              (a.posted_on between \(from)::date and \(to)::date and r.check_in_id is null)
              or (a.posted_on < \(from)::date and r.posted_on >= \(from)::date)
          )
      order by c.service_date, c.served_at, c.check_in_id, a.adjustment_no
      """
    ).map { try adjusted($0, in: number) }
  }

  private static func adjusted(_ row: Row, in number: String) throws -> Source {
    let differences = try CanonicalJSON.value(
      [Adjustment.Difference].self, from: row.decode("differences"))
    var line = try CanonicalJSON.value(PricedLine.self, from: row.decode("line"))
    line.shares = differences.map {
      FundedShare(
        source: $0.source, fen: $0.fen, policyID: $0.policyID, version: $0.version, kind: $0.kind,
        layer: $0.layer, rule: $0.rule)
    }
    return Source(
      checkIn: try CheckInStore.checkIn(row), sign: try row.decode("sign"),
      sourceNo: try row.decode("source_no"), line: line,
      adjustment: AdjustedSource(
        number: try row.decode("adjustment_no"), kind: try row.decode("kind"),
        cause: try row.decode("cause"), payee: try row.decode("payee"), fen: try row.decode("fen"),
        original: try row.decode("statement_no", as: String?.self) ?? number))
  }
}
