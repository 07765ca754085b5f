import CanteenDomain
import Postgres

/// 拨付: money that sources paid for a statement, or got back, entered as it came.
extension StatementLifeService {
  /// Money that a source paid or got back.
  public struct Payment: Sendable, Hashable {
    /// Where money comes from that is paid, and goes to that is paid back.
    public enum Origin: String, Word, Sendable, Hashable {
      case bank
      /// 预拨: what the source paid the canteen ahead.
      case advance

      public var name: Sentence {
        switch self {
        case .bank: Sentence(zh: "银行", en: "bank")
        case .advance: Sentence(zh: "预拨款", en: "advance")
        }
      }
    }

    public var source: FundingSource
    /// Below zero where the canteen paid money back.
    public var fen: Fen
    public var day: Day
    /// 凭证号: a payment entered twice is found by it.
    public var voucher: String
    /// Why money went back; empty for a payment.
    public var reason: String
    public var from: Origin

    public init(
      source: FundingSource, fen: Fen, day: Day, voucher: String, reason: String = "",
      from: Origin = .bank
    ) {
      self.source = source
      self.fen = fen
      self.day = day
      self.voucher = voucher
      self.reason = reason
      self.from = from
    }

    /// What it moves against the source's debt; the other way where it is below zero.
    var transfer: Transfer {
      let origin: Account =
        switch from {
        case .bank: .bank
        case .advance: .advance(from: source)
        }
      let paid = Transfer(debit: origin, credit: .owed(by: source), fen: Fen(abs(fen.count)))
      return fen > 0 ? paid : paid.reversed
    }
  }

  /// A payment as it was entered.
  public struct EnteredPayment: Sendable, Hashable {
    /// From 1 for each statement.
    public var number: Int
    public var payment: Payment
    /// The payment that it takes back; nil for one of its own.
    public var corrects: Int?
    public var entered: Attribution
  }

  /// Every payment of a statement in the order in which they were entered, corrections included.
  /// - Throws: `StatementRefusal.unknown`.
  public func payments(of number: String) async throws -> [EnteredPayment] {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard try StatementStore.statement(number, transaction) != nil else {
        throw StatementRefusal.unknown(number)
      }
      return try StatementPaymentStore.all(of: number, transaction)
    }
  }

  /// What else was paid under a voucher, and how much: one transfer may well pay several debts, and a
  /// voucher that was read off wrongly looks the same.
  public func others(
    under voucher: String, than number: String, _ source: FundingSource
  ) async throws -> [(statement: String, source: FundingSource, fen: Fen)] {
    try await database.transaction(readOnly: true) {
      try StatementPaymentStore.others(under: voucher, than: number, source, $0)
    }
  }

  /// Enters a payment, whole or in part; below zero it is a repayment of what a source is owed, and
  /// needs a reason. The one that settles the last source's debt makes the statement paid.
  /// - Throws: `StatementRefusal.unknown`, `StatementLifeRefusal`, `AdvanceRefusal.moreThanHeld`.
  public func pay(_ payment: Payment, for number: String, by: Attribution) async throws -> Standing
  {
    guard payment.fen != 0 else { throw StatementLifeRefusal.notPositive(payment.fen) }
    guard !payment.voucher.isEmpty else { throw StatementLifeRefusal.voucherMissing }
    guard payment.fen > 0 || !payment.reason.isEmpty else {
      throw StatementLifeRefusal.reasonMissing
    }
    try await openBudgets(of: number, by: by)
    let calendar = calendar
    return try await database.transaction { transaction in
      let now = try Self.locked(number, transaction)
      try RightStore.check(toTake: .paid, by, transaction)
      // Before the step: a payment entered again after the last is told so.
      guard
        try !StatementPaymentStore.isKnown(
          voucher: payment.voucher, of: number, payment.source, transaction)
      else { throw StatementLifeRefusal.voucherKnown(payment.voucher) }
      guard now.step == .approved else { throw StatementLifeRefusal.notApproved(now.step) }
      let today = calendar.day(of: by.at)
      // A closing under a clock that ran ahead keeps nobody from being paid.
      let closed = min(calendar.day(of: now.statement.closedAt), today)
      guard closed <= payment.day, payment.day <= today else {
        throw StatementLifeRefusal.paymentDay(payment.day, closed: closed, today: today)
      }
      guard let owed = now.debts.first(where: { $0.source == payment.source })?.outstanding else {
        throw StatementLifeRefusal.notASource(payment.source, of: now.debts.map(\.source))
      }
      guard payment.fen > 0 || owed < 0 else {
        throw StatementLifeRefusal.nothingToRepay(payment.source)
      }
      guard payment.fen > 0 ? payment.fen <= owed : payment.fen >= owed else {
        throw StatementLifeRefusal.moreThanOwed(payment.source, outstanding: owed)
      }
      if payment.fen > 0 { try Self.checkQueue(payment, now.statement, transaction) }
      try Self.enter(
        payment, corrects: nil, for: now.statement, calendar: calendar, by: by, transaction)
      return try Self.settled(number, by: by, transaction)
    }
  }

  /// Takes a payment back that was entered wrongly: a counter-entry stands beside it, and the right
  /// one can be entered. A statement that was paid is approved again.
  /// - Parameter payment: its number.
  /// - Throws: `StatementRefusal.unknown`, `StatementLifeRefusal`, `AdvanceRefusal.moreThanHeld`.
  public func correct(
    payment place: Int, of number: String, reason: String, by: Attribution
  ) async throws -> Standing {
    guard !reason.isEmpty else { throw StatementLifeRefusal.reasonMissing }
    let calendar = calendar
    return try await database.transaction { transaction in
      let now = try Self.locked(number, transaction)
      try RightStore.check(toTake: .paid, by, transaction)
      let all = try StatementPaymentStore.all(of: number, transaction)
      guard let wrong = all.first(where: { $0.number == place && $0.corrects == nil }) else {
        throw StatementLifeRefusal.noPayment(place)
      }
      guard !all.contains(where: { $0.corrects == place }) else {
        throw StatementLifeRefusal.alreadyCorrected(place)
      }
      var counter = wrong.payment
      (counter.fen, counter.reason) = (-counter.fen, reason)
      try Self.enter(
        counter, corrects: place, for: now.statement, calendar: calendar, by: by, transaction)
      if now.step == .paid {
        try Self.insert(.approved, after: now, reason: reason, by: by, transaction)
      }
      return try Self.settled(number, by: by, transaction)
    }
  }

  /// Writes a payment down with what it moves; the statement's canteen is locked.
  private static func enter(
    _ payment: Payment, corrects: Int?, for statement: Statement, calendar: CanteenCalendar,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    if payment.from == .advance, payment.fen > 0 {
      try AdvanceStore.check(payment.fen, of: payment.source, at: statement.canteen, transaction)
    }
    try StatementPaymentStore.insert(
      payment, corrects: corrects, of: statement.number, by: by, transaction)
    let row = StatementTransferStore.Row(
      kind: .payment, reference: payment.voucher, transfer: payment.transfer)
    try StatementTransferStore.insert(
      [row], of: statement, calendar: calendar, by: by, transaction)
  }

  /// Sees to it that the budgets are there whose rows a payment locks.
  private func openBudgets(of number: String, by: Attribution) async throws {
    let statement = try await database.transaction(readOnly: true) {
      try StatementStore.statement(number, $0)?.statement
    }
    try await BudgetYears(database).ensure(
      (statement?.ceilings ?? []).map(\.key).sorted(), at: by.at)
  }

  /// 挂账: what a policy queues above a year's budget is paid when there is more money for the year.
  /// The years' rows are locked, so that two canteens do not get the same money.
  private static func checkQueue(
    _ payment: Payment, _ statement: Statement, _ transaction: borrowing Transaction
  ) throws {
    let queued = (statement.ceilings ?? []).filter {
      $0.source == payment.source && $0.whenExhausted == .queue
    }
    guard !queued.isEmpty else { return }
    _ = try transaction.query(BudgetStore.lock(queued.map(\.key).sorted()))
    let policies = try PolicyStore.all(transaction).map { try $0.policy() }
    let statements = try StatementStore.all(transaction)
    let (disallowed, paid) = (
      try StatementLifeStore.allDisallowed(transaction),
      try StatementPaymentStore.allPaid(transaction)
    )
    var left: Fen?
    for ceiling in queued {
      // A later version of the policy may have raised the budget since the statement was closed.
      let budget =
        policies.filter { $0.id == ceiling.policyID }.flatMap(\.budgets)
        .filter { $0.source == ceiling.source && $0.year == ceiling.year }.map(\.amount).max()
        ?? ceiling.budget
      var (before, after) = (Fen.zero, Fen.zero)
      for other in statements {
        guard let share = other.ceilings?.first(where: { $0.key == ceiling.key }) else { continue }
        func toPolicy(_ more: Fen) -> Fen {
          share.paid(
            of: other, disallowed: disallowed[other.number]?[payment.source] ?? 0,
            paid: (paid[other.number]?[payment.source] ?? 0) + more)
        }
        before += toPolicy(0)
        after += toPolicy(other.number == statement.number ? payment.fen : 0)
      }
      let limit = max(budget, before)
      guard after > limit else { continue }
      // So much less of the statement may go to this budget, beside what goes to the others first.
      let gone = disallowed[statement.number]?[payment.source] ?? 0
      let sofar = paid[statement.number]?[payment.source] ?? 0
      let own = ceiling.paid(of: statement, disallowed: gone, paid: sofar + payment.fen)
      let most =
        ceiling.paidFirst(of: statement, disallowed: gone) + own - (after - limit) - sofar
      left = min(left ?? most, most)
    }
    if let left { throw StatementLifeRefusal.waitsForBudget(payment.source, left: max(0, left)) }
  }
}
