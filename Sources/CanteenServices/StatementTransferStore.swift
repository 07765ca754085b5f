import CanteenDomain
import Postgres

/// Rows of `statement_transfers`: the journal of what statements move beside the meals.
enum StatementTransferStore {
  /// One transfer, and the rule, line or voucher that it comes from.
  struct Row {
    /// None of those that are no statement's: meals and advances.
    var kind: LedgerAccount.Cause
    var reference: String
    var transfer: Transfer
  }

  /// Appends to a statement's transfers; its canteen is locked. They stand in the books of the day on
  /// which they are entered, or of the first open day.
  static func insert(
    _ rows: [Row], of statement: Statement, calendar: CanteenCalendar, by: Attribution,
    enteredAt: Instant? = nil, _ transaction: borrowing Transaction
  ) throws {
    guard !rows.isEmpty else { return }
    let postedOn = try DayCloseStore.postingDay(
      statement.canteen, today: calendar.day(of: enteredAt ?? by.at), transaction)
    try transaction.execute(
      """
      insert into statement_transfers (
          statement_no, transfer_no, canteen_code, posted_on, kind, reference, debit_account,
          credit_account, fen, recorded_at, recorded_by
      )
      select
          \(statement.number),
          (
              select coalesce(max(transfer_no), 0)
              from statement_transfers
              where statement_no = \(statement.number)
          ) + ordinality,
          \(statement.canteen), \(postedOn)::date, kind, reference, debit, credit, fen, \(by.at),
          \(by.by)
      from unnest(
          \(rows.map(\.kind.rawValue))::text[], \(rows.map(\.reference))::text[],
          \(rows.map(\.transfer.debit))::text[], \(rows.map(\.transfer.credit))::text[],
          \(rows.map(\.transfer.fen))::bigint[]
      ) with ordinality as t (kind, reference, debit, credit, fen, ordinality)
      """)
  }

  /// Whether what a statement moved is what its subsidies, disallowances, releases and payments say.
  static func agrees(
    with statement: Statement, _ transaction: borrowing Transaction
  ) throws -> Bool {
    struct Key: Hashable { var kind: String, account: Account }
    var moved: [Key: Fen] = [:]
    for row in try transaction.query(
      """
      select kind, debit_account, credit_account, fen
      from statement_transfers
      where statement_no = \(statement.number)
      """)
    {
      let (kind, fen): (String, Fen) = (try row.decode("kind"), try row.decode("fen"))
      moved[Key(kind: kind, account: try row.decode("debit_account")), default: 0] += fen
      moved[Key(kind: kind, account: try row.decode("credit_account")), default: 0] -= fen
    }
    var due: [Key: Fen] = [:]
    func add(_ kind: LedgerAccount.Cause, _ transfer: Transfer) {
      due[Key(kind: kind.rawValue, account: transfer.debit), default: 0] += transfer.fen
      due[Key(kind: kind.rawValue, account: transfer.credit), default: 0] -= transfer.fen
    }
    for subsidy in statement.subsidies ?? [] {
      for transfer in subsidy.transfers { add(LedgerAccount.Cause(subsidy.kind), transfer) }
    }
    for part in (statement.releases ?? []).flatMap(\.sources) {
      add(
        .released,
        Transfer(debit: .owed(by: part.source), credit: .disallowances, fen: part.fen))
    }
    for (source, fen) in try StatementLifeStore.disallowed(statement.number, transaction) {
      add(.disallowed, Transfer(debit: .disallowances, credit: .owed(by: source), fen: fen))
    }
    for entered in try StatementPaymentStore.all(of: statement.number, transaction)
    where entered.payment.fen != 0 {
      add(.payment, entered.payment.transfer)
    }
    return moved.filter { $0.value != 0 } == due.filter { $0.value != 0 }
  }
}

extension LedgerAccount.Cause: PostgresEncodable, PostgresDecodable {
  init(_ kind: StatementSubsidy.Kind) {
    switch kind {
    case .operating: self = .operating
    case .delivery: self = .delivery
    case .rounding: self = .rounding
    }
  }
}
