import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `statement_findings`: the 异常清单 as it stood when a statement was closed.
enum StatementFindingStore {
  /// The findings of a statement's days as they stand now, with the meals that they name.
  static func current(
    _ canteen: Canteen.Code, from: Day, to: Day, meals: [CheckIn.ID: StatementFinding.Meal],
    _ transaction: borrowing Transaction
  ) throws -> [StatementFinding] {
    let titles = Dictionary(
      try CheckSet.builtIn.get().checks.map { ($0.id, $0.title) },
      uniquingKeysWith: { first, _ in first })
    return try ReconciliationStore.findings(
      canteen, from: from, to: to, titles: titles, transaction
    ).enumerated().map { index, finding in
      StatementFinding(
        number: index + 1, finding: finding,
        meal: CheckIn.ID(finding.subject).flatMap { meals[$0] })
    }
  }

  static func note(_ findings: [StatementFinding]) throws -> Statement.FindingsNote {
    let texts = try findings.map { try CanonicalJSON.text($0) }
    return Statement.FindingsNote(
      count: findings.count, sha256: Seal.of(texts.joined(separator: "\n").utf8).hex)
  }

  static func insert(
    _ findings: [StatementFinding], of number: String, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_findings (statement_no, finding_no, content)
      select \(number), *
      from unnest(
          \(findings.map(\.number))::integer[],
          \(try findings.map { try CanonicalJSON.text($0) })::text[]::jsonb[]
      )
      """)
  }

  /// The list of a closed statement.
  /// - Throws: `StatementFault.findingsChanged` if it is not the one that was closed.
  static func closed(
    _ statement: Statement, _ transaction: borrowing Transaction
  ) throws -> [StatementFinding] {
    let findings = try transaction.query(
      """
      select content::text as content
      from statement_findings
      where statement_no = \(statement.number)
      order by finding_no
      """
    ).map { try CanonicalJSON.value(StatementFinding.self, from: $0.decode("content")) }
    if let note = statement.findings {
      guard try Self.note(findings) == note else {
        throw StatementFault.findingsChanged(statement.number)
      }
    }
    return findings
  }
}
