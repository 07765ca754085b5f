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

  /// A statement with its lines and the hash that pins both.
  public struct Closed: Sendable, Hashable {
    public var statement: Statement
    public var lines: [StatementLine]
    /// Hex of the SHA-256 over the canonical text of statement and lines.
    public var sha256: String
  }

  /// Closes the period of a month: the month itself, or its quarter where a policy is settled by the
  /// quarter. Every day of it must be closed and reconciled, and no blocking finding be unexplained;
  /// what comes later goes into a later period.
  /// - Parameters:
  ///   - month: any day of the period.
  ///   - rating: 考核等次, by which policies multiply operating subsidies.
  /// - Throws: `StatementRefusal`, `CanteenRefusal.unknown`.
  public func close(
    _ code: Canteen.Code, month: Day, rating: String? = nil, by: Attribution
  ) async throws -> Closed {
    let canteen = try await CanteenService(database).canteen(code)
    let reference = try await ReferenceCache(database).reload()
    let (vault, calendar) = (vault, calendar)
    try await BudgetYears(database).ensure(
      BudgetStore.keys(reference.policies, [month]), at: by.at)
    return try await database.transaction { transaction in
      // Two officers closing at once: the second waits here and then finds the statement.
      try DayCloseStore.lock(code, transaction)
      let closing = try StatementClosing(
        canteen, month: month, reference, rating: rating, calendar: calendar, by: by, transaction)
      let (from, to, number) = (closing.from, closing.to, closing.number)
      guard to < calendar.day(of: by.at) else { throw StatementRefusal.notOver(lastDay: to) }
      try Self.checkReady(
        code, from: from, to: to, yesterday: calendar.day(of: by.at) - 1, transaction)
      let sources =
        try StatementStore.sources(code, from: from, to: to, transaction)
        + StatementStore.adjustments(code, from: from, to: to, in: number, transaction)
      guard !sources.isEmpty else { throw StatementRefusal.noLines(code, from) }
      // Who was merged is named and counted as the person that they are.
      let aliases = try DinerAliases.read(transaction)
      let persons = try StatementStore.persons(
        Set(sources.map { aliases.person(of: $0.checkIn.diner) }).sorted(), transaction)
      let lines = try sources.enumerated().map { index, source in
        try Self.line(
          source, number: index + 1, person: persons[aliases.person(of: source.checkIn.diner)],
          regions: reference.regions, vault)
      }
      var statement = Statement(
        number: number, canteen: canteen, regionNames: reference.regions.names(to: canteen.region),
        from: from, to: to, lines: lines, closedAt: by.at, closedBy: by.by,
        person: aliases.person)
      try Self.checkJournal(statement, transaction)
      try closing.complete(&statement, lines, transaction)
      let meals = Dictionary(
        zip(lines, sources).map { ($0.checkIn, StatementFinding.Meal($0, $1.checkIn)) },
        uniquingKeysWith: { first, _ in first })
      let findings = try StatementFindingStore.current(
        code, from: from, to: to, meals: meals, transaction)
      statement.findings = try StatementFindingStore.note(findings)
      statement.form = try StatementFormStore.current(transaction)
      let sha256 = try Self.hash(statement, lines)
      try StatementStore.insert(
        statement, lines, summary: try CanonicalJSON.text(statement), sha256: sha256, transaction)
      try StatementFindingStore.insert(findings, of: number, transaction)
      try closing.post(statement, transaction)
      return Closed(statement: statement, lines: lines, sha256: sha256.hex)
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
    let open = try ReconciliationStore.uncovered(
      code, from: from, through: max(to, yesterday), edition: ReconciliationService.edition,
      transaction
    ).filter { $0.day <= to }
    guard open.isEmpty else {
      throw StatementRefusal.notReconciled(days: open.count, canteen: code)
    }
    let blocking = try ReconciliationStore.findings(
      code, from: from, to: to, titles: [:], transaction
    ).filter { $0.severity == .blocking && $0.explanation == nil }
    guard blocking.isEmpty else { throw StatementRefusal.findingsOpen(blocking.count) }
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

  private static func line(
    _ source: StatementStore.Source, number: Int, person: StatementStore.Person?,
    regions: RegionTree, _ vault: Vault
  ) throws -> StatementLine {
    let checkIn = source.checkIn
    guard let person else { throw StatementFault.personMissing(checkIn.id) }
    let home = person.homes.home(on: checkIn.day)
    let masked = try person.idSealed.map {
      try vault.open($0, as: .idNumber).maskedNumber
    }
    let sources = source.line.shares
      .map { Statement.SourceTotal(source: $0.source, fen: $0.fen * source.sign) }
      .summed.filter { $0.fen != 0 }
    let adjusted = source.adjustment
    let paidBack = adjusted?.payee == .diner ? -(adjusted?.fen ?? 0) * source.sign : 0
    return StatementLine(
      number: number, checkIn: checkIn.id, sign: source.sign, diner: checkIn.diner,
      day: checkIn.day, period: checkIn.period, mode: checkIn.mode, name: person.name.maskedName,
      sex: person.sex, idNumber: masked ?? "", age: source.line.age,
      hukou: home.hukouRegion.flatMap { regions.regions[$0]?.name } ?? home.hukouText,
      residence: regions.community(of: home.residence)?.name ?? "",
      tier: source.line.tier ?? "", tierTitle: source.line.tierTitle ?? "原价",
      list: adjusted == nil ? checkIn.list * source.sign : 0,
      dinerPays: adjusted == nil ? checkIn.dinerPays * source.sign : paidBack,
      sources: sources, means: checkIn.means, auth: checkIn.auth, sourceNo: source.sourceNo,
      isLate: adjusted == nil && checkIn.postedOn > checkIn.day,
      policies: Set(
        source.line.shares.filter { $0.source != .points }
          .map { "\($0.policyID) \($0.version)" }
      ).sorted(),
      adjustment: adjusted.map {
        StatementLine.AdjustmentNote(
          number: $0.number, kind: $0.kind, cause: $0.cause,
          canteen: $0.payee == .canteen ? -$0.fen * source.sign : 0, original: $0.original)
      }, origin: StatementLine.Origin(of: checkIn))
  }

  static func hash(_ statement: Statement, _ lines: [StatementLine]) throws -> Seal {
    let texts = try [CanonicalJSON.text(statement)] + lines.map { try CanonicalJSON.text($0) }
    return .of(texts.joined(separator: "\n").utf8)
  }

  /// Every closed statement, oldest first.
  public func all() async throws -> [Statement] {
    try await database.transaction(readOnly: true) { try StatementStore.all($0) }
  }

  /// - Throws: `StatementRefusal.unknown`; `StatementFault.changed` if its lines are not those that
  ///   were closed.
  public func closed(_ number: String) async throws -> Closed {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let (statement, sha256) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      let lines = try StatementStore.lines(number, transaction)
      guard try Self.hash(statement, lines) == sha256 else {
        throw StatementFault.changed(number)
      }
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

extension String {
  /// A number of a person with only its last four characters in clear.
  var maskedNumber: String {
    String(repeating: "*", count: max(0, count - 4)) + suffix(4)
  }
}
