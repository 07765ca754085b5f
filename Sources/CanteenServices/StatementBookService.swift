import CanteenDomain
import Postgres

/// Statements as the street office and an auditor look at them: each total taken apart, down to the
/// check-in, the policy's text and what was known of the person that day. It only reads.
public struct StatementBookService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A statement and where it stands.
  public struct Page: Sendable, Hashable {
    public var standing: StatementLifeService.Standing
    public var sha256: String
    public var disallowed: [Disallowed]
  }

  /// 核减: what was taken off one line.
  public struct Disallowed: Sendable, Hashable {
    public var line: Int
    public var source: FundingSource
    public var fen: Fen
    public var reason: String
    public var by: String
  }

  /// Every statement, oldest first.
  public func all() async throws -> [StatementLifeService.Standing] {
    try await StatementLifeService(database).all()
  }

  /// - Throws: `StatementRefusal.unknown`.
  public func page(_ number: String) async throws -> Page {
    let standing = try await StatementLifeService(database).standing(number)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      guard let (_, sha256) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      return Page(
        standing: standing, sha256: sha256.hex,
        disallowed: try StatementLifeStore.disallowedLines(number, transaction))
    }
  }

  /// Some of a statement's lines.
  /// - Parameters:
  ///   - tier: the code of a tier; empty for full price; nil for all, adjustments included.
  ///   - after: the number of the last line that was seen.
  /// - Throws: `StatementRefusal.unknown`.
  public func lines(
    _ number: String, tier: String? = nil, after: Int = 0, limit: Int = 100
  ) async throws -> [StatementLine] {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard try StatementStore.statement(number, transaction) != nil else {
        throw StatementRefusal.unknown(number)
      }
      return try StatementStore.lines(
        number, tier: tier, after: after, limit: limit, transaction)
    }
  }

  /// The 异常清单 as it stood when the statement was closed.
  /// - Throws: `StatementRefusal.unknown`; `StatementFault.findingsChanged`.
  public func findings(_ number: String) async throws -> [StatementFinding] {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let (statement, _) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      return try StatementFindingStore.closed(statement, transaction)
    }
  }

  /// One line, and everything under it.
  /// - Throws: `StatementRefusal.unknown`, `StatementLifeRefusal.noLine`.
  public func explain(_ number: String, line: Int) async throws -> ExplainedLine {
    let page = try await page(number)
    guard let found = try await lines(number, after: line - 1, limit: 1).first,
      found.number == line
    else { throw StatementLifeRefusal.noLine(line) }
    let checkIn = try await CheckInService(database).explain(found.checkIn)
    let policies = try await PolicyService(database).all().filter {
      found.policies.contains("\($0.id) \($0.version)")
    }
    let statement = page.standing.statement
    return ExplainedLine(
      statement: statement, tier: statement.tiers.first { $0.code == found.tier }, line: found,
      checkIn: checkIn, policies: policies,
      disallowed: page.disallowed.filter { $0.line == line },
      findings: try await findings(number).filter { $0.finding.subject == found.checkIn.text })
  }

  /// A policy's text as it was activated.
  /// - Throws: `PolicyRefusal.unknown`.
  public func policy(_ id: String, version: String) async throws -> ActivatedPolicy {
    try await PolicyService(database).policy(id, version: version)
  }
}

/// A line of a statement taken apart: statement → tier → line → check-in → policies → facts.
public struct ExplainedLine: Sendable, Hashable {
  public var statement: Statement
  /// Nil if only adjustments of that tier are on the statement.
  public var tier: Statement.Tier?
  public var line: StatementLine
  public var checkIn: ExplainedCheckIn
  /// The versions that gave its amounts.
  public var policies: [ActivatedPolicy]
  public var disallowed: [StatementBookService.Disallowed]
  /// What was found about the check-in when the statement was closed.
  public var findings: [StatementFinding]
}
