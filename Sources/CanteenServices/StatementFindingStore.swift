import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `statement_findings`: the 异常清单 as it stood when a statement was closed.
enum StatementFindingStore {
  /// The findings of a statement's days as they stand now, with the meals that they name.
  static func current(
    of statement: Statement, _ transaction: borrowing Transaction
  ) throws -> [StatementFinding] {
    let titles = Dictionary(
      try CheckSet.builtIn.get().checks.map { ($0.id, $0.title) },
      uniquingKeysWith: { first, _ in first })
    let findings = try ReconciliationStore.findings(
      statement.canteen, from: statement.from, to: statement.to, titles: titles, transaction)
    let meals = try meals(
      findings.compactMap { CheckIn.ID($0.subject) }, of: statement.number, transaction)
    return findings.enumerated().map { index, finding in
      StatementFinding(
        number: index + 1, finding: finding,
        meal: CheckIn.ID(finding.subject).flatMap { meals[$0] })
    }
  }

  /// Some meals as a statement's lines have them; the lines are written already.
  private static func meals(
    _ ids: [CheckIn.ID], of number: String, _ transaction: borrowing Transaction
  ) throws -> [CheckIn.ID: StatementFinding.Meal] {
    guard !ids.isEmpty else { return [:] }
    let rows = try transaction.query(
      """
      select \(fragment: CheckInStore.factColumns), l.content::text as content
      from check_in_keys as k
      join check_ins as c
          on c.diner_id = k.diner_id
          and c.service_date = k.service_date
          and c.check_in_id = k.check_in_id
      join statement_lines as l
          on l.diner_id = k.diner_id
          and l.service_date = k.service_date
          and l.check_in_id = k.check_in_id
          and l.statement_no = \(number)
      where k.check_in_id = any(\(ids)::uuid[])
      order by l.line_no
      """)
    return try Dictionary(
      rows.map { row in
        let checkIn = try CheckInStore.checkIn(row)
        let line = try CanonicalJSON.value(StatementLine.self, from: row.decode("content"))
        return (checkIn.id, StatementFinding.Meal(line, checkIn))
      }, uniquingKeysWith: { first, _ in first })
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
