import CanteenDomain
import Postgres

/// Rows of `statement_steps`, `statement_disallowances` and `statement_payments`.
enum StatementLifeStore {
  static func steps(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> [StatementStepTaken] {
    try transaction.query(
      """
      select step, taken_at, taken_by, reason
      from statement_steps
      where statement_no = \(number)
      order by step_no
      """
    ).map {
      StatementStepTaken(
        step: try $0.decode("step"), at: try $0.decode("taken_at"), by: try $0.decode("taken_by"),
        reason: try $0.decode("reason"))
    }
  }

  static func insert(
    _ taken: StatementStepTaken, _ statement: String, number: Int,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_steps (statement_no, step_no, step, taken_at, taken_by, reason)
      values (
          \(statement), \(number)::integer, \(taken.step), \(taken.at), \(taken.by), \(taken.reason)
      )
      """)
  }

  /// What reviewers took off, by source.
  static func disallowed(
    _ statement: String, _ transaction: borrowing Transaction
  ) throws -> [FundingSource: Fen] {
    try bySource(
      try transaction.query(
        """
        select source, sum(fen)::bigint as fen
        from statement_disallowances
        where statement_no = \(statement)
        group by source
        """))
  }

  /// What came in, by source.
  static func paid(
    _ statement: String, _ transaction: borrowing Transaction
  ) throws -> [FundingSource: Fen] {
    try bySource(
      try transaction.query(
        """
        select source, sum(fen)::bigint as fen
        from statement_payments
        where statement_no = \(statement)
        group by source
        """))
  }

  private static func bySource(_ rows: [Row]) throws -> [FundingSource: Fen] {
    var sums: [FundingSource: Fen] = [:]
    for row in rows {
      sums[FundingSource(try row.decode("source", as: String.self))] = try row.decode("fen")
    }
    return sums
  }

  static func isDisallowed(
    _ statement: String, line: Int, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try !transaction.query(
      """
      select 1 as present
      from statement_disallowances
      where statement_no = \(statement) and line_no = \(line)::integer
      """
    ).isEmpty
  }

  static func insert(
    _ parts: [Statement.SourceTotal], of statement: String, line: Int, reason: String,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_disallowances (
          statement_no, line_no, source, fen, reason, recorded_at, recorded_by
      )
      select \(statement), \(line)::integer, source, fen, \(reason), \(by.at), \(by.by)
      from unnest(
          \(parts.map(\.source.rawValue))::text[], \(parts.map(\.fen))::bigint[]
      ) as t (source, fen)
      """)
  }

  static func isKnown(
    voucher: String, of statement: String, _ source: FundingSource,
    _ transaction: borrowing Transaction
  ) throws -> Bool {
    try !transaction.query(
      """
      select 1 as present
      from statement_payments
      where statement_no = \(statement)
          and source = \(source.rawValue)
          and voucher = \(voucher)
      """
    ).isEmpty
  }

  static func insert(
    _ payment: StatementLifeService.Payment, of statement: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_payments (
          statement_no, payment_no, source, fen, paid_on, voucher, recorded_at, recorded_by
      )
      select
          \(statement), count(*)::integer + 1, \(payment.source.rawValue), \(payment.fen),
          \(payment.day)::date, \(payment.voucher), \(by.at), \(by.by)
      from statement_payments
      where statement_no = \(statement)
      """)
  }
}

extension StatementStep: PostgresEncodable, PostgresDecodable {}
