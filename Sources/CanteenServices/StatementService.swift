import CanteenDomain
import CanteenVault
import Postgres

/// 结算单: closes a canteen's month into a snapshot, and reads it back.
public struct StatementService: Sendable {
  private let database: Database
  private let vault: Vault
  private let calendar: CanteenCalendar

  public init(_ database: Database, vault: Vault, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.vault = vault
    self.calendar = calendar
  }

  /// A closed statement without its lines, and the hash that pins both.
  public struct Head: Sendable, Hashable {
    public var statement: Statement
    public var lines: Int
    /// Hex of the SHA-256 over the canonical text of statement and lines.
    public var sha256: String
  }

  /// A statement with its lines and the hash that pins both.
  public struct Closed: Sendable, Hashable {
    public var statement: Statement
    public var lines: [StatementLine]
    public var sha256: String
  }

  /// Closes the period of a month: the month itself, or its quarter where a policy is settled by the
  /// quarter. Every day of it must be closed and reconciled, and no blocking finding be unexplained;
  /// what comes later goes into a later period.
  ///
  /// Counters go on meanwhile: the days of the period are closed, and budgets are locked last.
  /// - Parameters:
  ///   - month: any day of the period.
  ///   - rating: 考核等次, by which policies multiply operating subsidies.
  /// - Throws: `StatementRefusal`, `CanteenRefusal.unknown`, `StatementLifeRefusal.noRight`.
  public func close(
    _ code: Canteen.Code, month: Day, rating: String? = nil, by: Attribution
  ) async throws -> Head {
    let canteen = try await CanteenService(database).canteen(code)
    let reference = try await ReferenceCache(database).reload()
    let (vault, calendar) = (vault, calendar)
    let years = try await database.transaction(readOnly: true) { transaction in
      try StatementStore.all(of: code, transaction).map(\.to.year)
    }
    // Last year's too: meals of its end may stand among the lines.
    try await BudgetYears(database).ensure(
      BudgetStore.keys(
        reference.policies, years: Set(years + [month.year - 1, month.year])), at: by.at)
    return try await database.transaction { transaction in
      // Two officers closing at once: the second waits here and then finds the statement.
      try DayCloseStore.hold(code, transaction)
      try RightStore.check(toTake: .closed, by, transaction)
      let closer = try StatementLifeStore.inTurn(by, at: code, transaction)
      let closing = try StatementClosing(
        canteen, month: month, reference, rating: rating, calendar: calendar, by: closer,
        transaction)
      let (from, to, number) = (closing.from, closing.to, closing.number)
      guard to < calendar.day(of: by.at) else { throw StatementRefusal.notOver(lastDay: to) }
      try Self.checkReady(
        code, from: from, to: to, yesterday: calendar.day(of: by.at) - 1, transaction)
      var lines = StatementLines(
        code, from: from, to: to, number: number, regions: reference.regions,
        aliases: try DinerAliases.read(transaction), vault: vault)
      try lines.write(transaction)
      guard lines.tally.lines > 0 else { throw StatementRefusal.noLines(code, from) }
      var statement = Statement(
        number: number, canteen: canteen, regionNames: reference.regions.names(to: canteen.region),
        from: from, to: to, tally: lines.tally, closedAt: closer.at, closedBy: closer.by)
      try Self.checkJournal(statement, transaction)
      let findings = try StatementFindingStore.current(of: statement, transaction)
      statement.findings = try StatementFindingStore.note(findings)
      statement.form = try StatementFormStore.current(transaction)
      try closing.complete(&statement, lines.notable, lines.claims, transaction)
      let sha256 = try StatementHash.seal(statement, transaction)
      try StatementStore.insert(
        statement, lines: lines.tally.lines, summary: try CanonicalJSON.text(statement),
        sha256: sha256, transaction)
      try StatementFindingStore.insert(findings, of: number, transaction)
      try closing.post(statement, by: by, transaction)
      return Head(statement: statement, lines: lines.tally.lines, sha256: sha256.hex)
    }
  }

  private static func checkReady(
    _ code: Canteen.Code, from: Day, to: Day, yesterday: Day,
    _ transaction: borrowing Transaction
  ) throws {
    let head = try DayCloseStore.head(code, transaction)?.day
    guard let head, head >= to else {
      throw StatementRefusal.daysOpen(from: head.map { max($0 + 1, from) } ?? from, canteen: code)
    }
    // As the nightly run counts, which is the one that people are sent to.
    let uncovered = try ReconciliationStore.uncovered(
      [code], from: from, through: max(to, yesterday), edition: ReconciliationService.edition,
      transaction
    )[code, default: []].filter { $0.day <= to }
    guard uncovered.isEmpty else {
      throw StatementRefusal.notReconciled(days: uncovered.count, canteen: code)
    }
    let open = try openFindings(code, from: from, to: to, transaction)
    guard open == 0 else { throw StatementRefusal.findingsOpen(open) }
  }

  /// How many findings of a canteen's days must be explained before they are paid, and are not.
  static func openFindings(
    _ code: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> Int {
    try ReconciliationStore.findings(code, from: from, to: to, titles: [:], transaction)
      .count(where: \.awaitsExplanation)
  }

  /// The lines must add up to what the journal moved: the meals into revenue, and each source's part
  /// into its account, adjustments included.
  static func checkJournal(
    _ statement: Statement, _ transaction: borrowing Transaction
  ) throws {
    let journal = try StatementStore.balances(
      statement.canteen, from: statement.from, to: statement.to, transaction)
    var lines: [Account: Fen] = [.mealRevenue: -statement.list]
    for total in statement.sources { lines[.owed(by: total.source)] = total.fen }
    for account in Set(lines.keys).union(journal.keys).sorted()
    where account == .mealRevenue || account == .operatorDiscount || account.isReceivable {
      let (stated, moved) = (lines[account, default: 0], journal[account, default: 0])
      guard stated == moved else {
        throw StatementFault.linesDifferFromJournal(
          account: account.code, lines: stated, journal: moved)
      }
    }
  }

  /// What a statement says without its lines, which are not read.
  /// - Throws: `StatementRefusal.unknown`.
  public func head(_ number: String) async throws -> Head {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let (statement, sha256) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      return Head(
        statement: statement, lines: try StatementExportStore.count(number, transaction),
        sha256: sha256.hex)
    }
  }

  /// - Throws: `StatementRefusal.unknown`; `StatementFault.changed` if its lines are not those that
  ///   were closed.
  public func closed(_ number: String) async throws -> Closed {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let (statement, sha256) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      var pages = try StatementHash.Pages(statement)
      var lines: [StatementLine] = []
      while let line = try pages.next(transaction) { lines.append(line) }
      guard pages.seal == sha256 else { throw StatementFault.changed(number) }
      return Closed(statement: statement, lines: lines, sha256: sha256.hex)
    }
  }
}

/// What must never be the case with a statement: somebody went round the product.
public enum StatementFault: Error, Sendable, Hashable {
  case linesDifferFromJournal(account: String, lines: Fen, journal: Fen)
  /// A table that was to leave the office does not add up to the statement.
  case linesDifferFromTotals(column: String, lines: Fen, stated: Fen)
  case personMissing(CheckIn.ID)
  case changed(String)
  /// Its 异常清单 is not the one that was closed with it.
  case findingsChanged(String)

  public var sentence: Sentence {
    switch self {
    case .linesDifferFromJournal(let account, let lines, let journal):
      Sentence(
        zh: "\(account)：明细合计 \(lines.yuan) 元，账上 \(journal.yuan) 元，两者不符，未结算",
        en: "\(account): the lines add up to \(lines.yuan) yuan and the journal to "
          + "\(journal.yuan); nothing was closed")
    case .linesDifferFromTotals(let column, let lines, let stated):
      Sentence(
        zh: "“\(column)”：各行合计 \(lines.yuan) 元，结算单 \(stated.yuan) 元，两者不符，未导出",
        en: "\(column): the rows add up to \(lines.yuan) yuan and the statement says "
          + "\(stated.yuan); nothing was written")
    case .personMissing(let id):
      Sentence(zh: "签到 \(id) 的登记资料不见了", en: "the person of the check-in \(id) is missing")
    case .changed(let number):
      Sentence(
        zh: "结算单 \(number) 的内容与封存时的 SHA-256 不符，可能被改动",
        en: "the statement \(number) does not match its SHA-256; somebody changed it")
    case .findingsChanged(let number):
      Sentence(
        zh: "结算单 \(number) 的异常清单与结算时不符，可能被改动",
        en: "the findings of the statement \(number) are not those that it was closed with")
    }
  }
}
