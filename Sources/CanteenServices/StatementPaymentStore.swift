import CanteenDomain
import Postgres

/// Rows of `statement_payments`.
enum StatementPaymentStore {
  static func all(
    of statement: String, _ transaction: borrowing Transaction
  ) throws -> [StatementLifeService.EnteredPayment] {
    try transaction.query(
      """
      select
          payment_no::bigint as payment_no, source, fen, paid_on, voucher, reason, paid_from,
          nullif(corrects_no, 0)::bigint as corrects_no, recorded_at, recorded_by
      from statement_payments
      where statement_no = \(statement)
      order by payment_no
      """
    ).map { row in
      StatementLifeService.EnteredPayment(
        number: try row.decode("payment_no"),
        payment: StatementLifeService.Payment(
          source: FundingSource(try row.decode("source", as: String.self)),
          fen: try row.decode("fen"), day: try row.decode("paid_on"),
          voucher: try row.decode("voucher"), reason: try row.decode("reason"),
          from: try row.decode("paid_from")),
        corrects: try row.decode("corrects_no"),
        entered: Attribution(
          by: try row.decode("recorded_by"), at: try row.decode("recorded_at")))
    }
  }

  /// What came in, by source, less what went back.
  static func paid(
    _ statement: String, _ transaction: borrowing Transaction
  ) throws -> [FundingSource: Fen] {
    try StatementLifeStore.bySource(
      try transaction.query(
        """
        select source, sum(fen)::bigint as fen
        from statement_payments
        where statement_no = \(statement)
        group by source
        """))
  }

  /// The same of every statement, by its number.
  static func allPaid(
    _ transaction: borrowing Transaction
  ) throws -> [String: [FundingSource: Fen]] {
    try StatementLifeStore.byStatement(
      transaction.query(
        """
        select statement_no, source, sum(fen)::bigint as fen
        from statement_payments
        group by statement_no, source
        """))
  }

  /// Of payments `p` those that correct nothing and were not taken back.
  private static let stands: SQL = """
    p.corrects_no = 0
    and not exists (
        select
        from statement_payments as c
        where c.statement_no = p.statement_no and c.corrects_no = p.payment_no
    )
    """

  /// Whether a voucher is entered already, and was not taken back since.
  static func isKnown(
    voucher: String, of statement: String, _ source: FundingSource,
    _ transaction: borrowing Transaction
  ) throws -> Bool {
    try !transaction.query(
      """
      select 1 as present
      from statement_payments as p
      where p.statement_no = \(statement)
          and p.source = \(source.rawValue)
          and p.voucher = \(voucher)
          and \(fragment: stands)
      """
    ).isEmpty
  }

  /// What else stands under a voucher of payments, and was not taken back since.
  static func others(
    under voucher: String, than statement: String, _ source: FundingSource,
    _ transaction: borrowing Transaction
  ) throws -> [(statement: String, source: FundingSource, fen: Fen)] {
    try transaction.query(
      """
      select p.statement_no, p.source, p.fen
      from statement_payments as p
      where p.voucher = \(voucher)
          and (p.statement_no, p.source) <> (\(statement), \(source.rawValue))
          and \(fragment: stands)
      order by p.statement_no, p.source
      """
    ).map {
      (
        try $0.decode("statement_no"), FundingSource(try $0.decode("source", as: String.self)),
        try $0.decode("fen")
      )
    }
  }

  /// - Parameter corrects: the number of the payment that it takes back.
  static func insert(
    _ payment: StatementLifeService.Payment, corrects: Int?, of statement: String,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_payments (
          statement_no, payment_no, source, fen, paid_on, paid_from, voucher, reason, corrects_no,
          round_no, recorded_at, recorded_by
      )
      select
          \(statement), count(*)::integer + 1, \(payment.source.rawValue), \(payment.fen),
          \(payment.day)::date, \(payment.from), \(payment.voucher), \(payment.reason),
          \(corrects ?? 0)::integer,
          count(*) filter (
              where corrects_no > 0
                  and source = \(payment.source.rawValue)
                  and voucher = \(payment.voucher)
          )::integer,
          \(by.at), \(by.by)
      from statement_payments
      where statement_no = \(statement)
      """)
  }
}

extension StatementLifeService.Payment.Origin: PostgresEncodable, PostgresDecodable {}
