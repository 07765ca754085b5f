import CanteenDomain
import Postgres

/// What happens to a closed statement: it is submitted, returned or approved, and paid. The statement
/// itself never changes; its steps, disallowances and payments stand beside it.
public struct StatementLifeService: Sendable {
  let database: Database
  let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// Where a statement stands, how it came there, and what each source owes for it.
  public struct Standing: Sendable, Hashable {
    public var statement: Statement
    /// From its closing on.
    public var steps: [StatementStepTaken]
    public var debts: [StatementDebt]

    /// - Parameter steps: those after the closing.
    init(
      _ statement: Statement, steps: [StatementStepTaken], disallowed: [FundingSource: Fen],
      paid: [FundingSource: Fen]
    ) {
      self.statement = statement
      let closing = StatementStepTaken(
        step: .closed, at: statement.closedAt, by: statement.closedBy, reason: "")
      self.steps = [closing] + steps
      debts = statement.owed.map {
        StatementDebt(
          source: $0.source, claimed: $0.fen, disallowed: disallowed[$0.source] ?? 0,
          paid: paid[$0.source] ?? 0)
      }
    }

    public var step: StatementStep { steps.last?.step ?? .closed }
    public var outstanding: Fen { debts.map(\.outstanding).sum() }
  }

  /// - Throws: `StatementRefusal.unknown`.
  public func standing(_ number: String) async throws -> Standing {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      try Self.standing(number, $0)
    }
  }

  /// How many findings of a statement's days must be explained and are not: whatever the nights found
  /// since it was closed.
  /// - Throws: `StatementRefusal.unknown`.
  public func openFindings(of number: String) async throws -> Int {
    try await database.transaction(readOnly: true) { transaction in
      guard let statement = try StatementStore.statement(number, transaction)?.statement else {
        throw StatementRefusal.unknown(number)
      }
      return try StatementService.openFindings(
        statement.canteen, from: statement.from, to: statement.to, transaction)
    }
  }

  /// Every statement's standing, oldest first: what each source owes each canteen, and since when.
  public func all() async throws -> [Standing] {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      let steps = try StatementLifeStore.allSteps(transaction)
      let disallowed = try StatementLifeStore.allDisallowed(transaction)
      let paid = try StatementPaymentStore.allPaid(transaction)
      return try StatementStore.all(transaction).map { statement in
        Standing(
          statement, steps: steps[statement.number] ?? [],
          disallowed: disallowed[statement.number] ?? [:], paid: paid[statement.number] ?? [:])
      }
    }
  }

  /// Submits, returns or approves. What is approved as nothing is paid at once.
  /// - Throws: `StatementRefusal.unknown`, `StatementLifeRefusal`.
  public func take(
    _ step: StatementStep, _ number: String, reason: String = "", by: Attribution
  ) async throws -> Standing {
    guard step != .returned || !reason.isEmpty else { throw StatementLifeRefusal.reasonMissing }
    return try await database.transaction { transaction in
      let now = try Self.locked(number, transaction)
      try RightStore.check(toTake: step, by, transaction)
      guard step != .paid, step.mayFollow(now.step) else {
        throw StatementLifeRefusal.outOfTurn(step, after: now.step)
      }
      let hands = now.steps.filter { $0.step == .closed || $0.step == .submitted }.map(\.by)
      guard step != .approved || !hands.contains(by.by) else {
        throw StatementLifeRefusal.sameHands(by.by)
      }
      try Self.insert(step, after: now, reason: reason, by: by, transaction)
      return try Self.settled(number, by: by, transaction)
    }
  }

  /// 核减: refuses a line of a submitted statement to every source that would have paid it. What later
  /// statements took back of the meal already is not taken a second time.
  /// - Throws: `StatementRefusal.unknown`, `StatementLifeRefusal`.
  public func disallow(
    line: Int, of number: String, reason: String, by: Attribution
  ) async throws -> Standing {
    guard !reason.isEmpty else { throw StatementLifeRefusal.reasonMissing }
    let calendar = calendar
    return try await database.transaction { transaction in
      let now = try Self.locked(number, transaction)
      // Who approves it, disallows lines of it.
      try RightStore.check(toTake: .approved, by, transaction)
      guard now.step == .submitted else { throw StatementLifeRefusal.notSubmitted(now.step) }
      guard
        let found = try StatementStore.lines(
          number, tier: nil, after: line - 1, limit: 1, transaction
        ).first, found.number == line
      else {
        throw StatementLifeRefusal.noLine(line)
      }
      guard try !StatementLifeStore.isDisallowed(number, line: line, transaction) else {
        throw StatementLifeRefusal.alreadyDisallowed(line)
      }
      let claimed = found.sources.filter { $0.source != .operator && $0.fen > 0 }
      guard !claimed.isEmpty else { throw StatementLifeRefusal.nothingToDisallow(line) }
      let parts = try Self.left(of: claimed, found, transaction)
      guard !parts.isEmpty else { throw StatementLifeRefusal.takenBack(line) }
      try StatementLifeStore.insert(
        parts, of: number, line: line, reason: reason,
        by: StatementLifeStore.inTurn(by, at: now.statement.canteen, transaction), transaction)
      try StatementTransferStore.insert(
        parts.map {
          StatementTransferStore.Row(
            kind: .disallowed, reference: "\(line)",
            transfer: Transfer(debit: .disallowances, credit: .owed(by: $0.source), fen: $0.fen))
        }, of: now.statement, calendar: calendar, by: by, transaction)
      return try Self.standing(number, transaction)
    }
  }

  /// What a line's meal still claims from the line's sources, over every statement.
  private static func left(
    of claimed: [Statement.SourceTotal], _ line: StatementLine,
    _ transaction: borrowing Transaction
  ) throws -> [Statement.SourceTotal] {
    var total = try StatementLifeStore.total(of: line, transaction)
    for other in try StatementLifeStore.disallowed(of: [line.checkIn], before: nil, transaction) {
      for (source, fen) in other.sources { total[source, default: 0] -= fen }
    }
    return claimed.compactMap { part in
      let fen = min(part.fen, total[part.source, default: 0])
      return fen > 0 ? Statement.SourceTotal(source: part.source, fen: fen) : nil
    }
  }

  /// Two officers at once: the second waits here and then finds what the first did.
  static func locked(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> Standing {
    guard let (statement, _) = try StatementStore.statement(number, transaction) else {
      throw StatementRefusal.unknown(number)
    }
    try DayCloseStore.hold(statement.canteen, transaction)
    return try standing(of: statement, transaction)
  }

  /// The standing after a step or payment; `paid` follows when nothing is outstanding any more, on
  /// either side: what a source was promised too much must come back first.
  static func settled(
    _ number: String, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Standing {
    let now = try standing(number, transaction)
    guard now.step == .approved, now.debts.allSatisfy({ $0.outstanding == 0 }) else { return now }
    try insert(.paid, after: now, reason: "", by: by, transaction)
    return try standing(number, transaction)
  }

  static func insert(
    _ step: StatementStep, after now: Standing, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    // The closing is the statement's own row, so that the first row here is number 1.
    try StatementLifeStore.insert(
      StatementStepTaken(step: step, at: by.at, by: by.by, reason: reason), now.statement.number,
      number: now.steps.count, transaction)
  }

  private static func standing(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> Standing {
    guard let (statement, _) = try StatementStore.statement(number, transaction) else {
      throw StatementRefusal.unknown(number)
    }
    return try standing(of: statement, transaction)
  }

  private static func standing(
    of statement: Statement, _ transaction: borrowing Transaction
  ) throws -> Standing {
    Standing(
      statement, steps: try StatementLifeStore.steps(statement.number, transaction),
      disallowed: try StatementLifeStore.disallowed(statement.number, transaction),
      paid: try StatementPaymentStore.paid(statement.number, transaction))
  }
}
