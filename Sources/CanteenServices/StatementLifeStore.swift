import CanteenDomain
import Postgres

/// Rows of `statement_steps` and `statement_disallowances`.
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

  /// The steps of every statement, by its number.
  static func allSteps(
    _ transaction: borrowing Transaction
  ) throws -> [String: [StatementStepTaken]] {
    var all: [String: [StatementStepTaken]] = [:]
    for row in try transaction.query(
      """
      select statement_no, step, taken_at, taken_by, reason
      from statement_steps
      order by statement_no, step_no
      """)
    {
      all[try row.decode("statement_no"), default: []].append(
        StatementStepTaken(
          step: try row.decode("step"), at: try row.decode("taken_at"),
          by: try row.decode("taken_by"), reason: try row.decode("reason")))
    }
    return all
  }

  /// What reviewers took off of every statement, by its number and source.
  static func allDisallowed(
    _ transaction: borrowing Transaction
  ) throws -> [String: [FundingSource: Fen]] {
    try byStatement(
      transaction.query(
        """
        select statement_no, source, sum(fen)::bigint as fen
        from statement_disallowances
        group by statement_no, source
        """))
  }

  static func byStatement(_ rows: [Row]) throws -> [String: [FundingSource: Fen]] {
    var sums: [String: [FundingSource: Fen]] = [:]
    for row in rows {
      let source = FundingSource(try row.decode("source", as: String.self))
      sums[try row.decode("statement_no"), default: [:]][source] = try row.decode("fen")
    }
    return sums
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

  static func bySource(_ rows: [Row]) throws -> [FundingSource: Fen] {
    var sums: [FundingSource: Fen] = [:]
    for row in rows {
      sums[FundingSource(try row.decode("source", as: String.self))] = try row.decode("fen")
    }
    return sums
  }

  /// A closing or a disallowance under a moment that comes after those of all others of the canteen,
  /// which is held: they follow one another, though the clocks of two desks may not, and from their
  /// moments the audit tells what a closing knew.
  static func inTurn(
    _ by: Attribution, at canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> Attribution {
    let rows = try transaction.query(
      """
      select greatest(
          (select max(closed_at) from statements where canteen_code = \(canteen)),
          (
              select max(d.recorded_at)
              from statement_disallowances as d
              join statements as s on s.statement_no = d.statement_no
              where s.canteen_code = \(canteen)
          )
      ) as latest
      """)
    guard let row = rows.first, let latest = try row.decode("latest", as: Instant?.self) else {
      return by
    }
    return Attribution(by: by.by, at: max(by.at, Instant(microseconds: latest.microseconds + 1)))
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

  /// A line that is disallowed still, with what is left of it by source.
  struct Disallowed {
    var statement: String
    var line: Int
    var checkIn: CheckIn.ID
    var sources: [FundingSource: Fen]
  }

  /// What is still disallowed of some meals: what was disallowed less what ended since.
  /// - Parameter moment: what was written down from then on is left out; nil for nothing.
  static func disallowed(
    of checkIns: [CheckIn.ID], before moment: Instant?, _ transaction: borrowing Transaction
  ) throws -> [Disallowed] {
    let rows = try transaction.query(
      """
      select
          d.statement_no, d.line_no, l.check_in_id, d.source,
          (
              d.fen - coalesce(
                  (
                      select sum(t.fen)
                      from statement_transfers as t
                      where t.canteen_code = s.canteen_code
                          and t.kind = 'released'
                          and t.reference = d.statement_no || ' ' || d.line_no
                          and t.debit_account = 'receivable:' || d.source
                          and t.recorded_at < coalesce(\(moment)::timestamptz, 'infinity')
                  ), 0
              )
          )::bigint as fen
      from check_in_keys as k
      join statement_lines as l
          on l.diner_id = k.diner_id
          and l.service_date = k.service_date
          and l.check_in_id = k.check_in_id
      join statements as s on s.statement_no = l.statement_no
      join statement_disallowances as d
          on d.statement_no = l.statement_no and d.line_no = l.line_no
      where k.check_in_id = any(\(checkIns)::uuid[])
          and d.recorded_at < coalesce(\(moment)::timestamptz, 'infinity')
      order by s.period_from, d.statement_no, d.line_no
      """)
    var found: [Disallowed] = []
    for row in rows {
      let (statement, line): (String, Int) = (
        try row.decode("statement_no"), try row.decode("line_no")
      )
      let source = FundingSource(try row.decode("source", as: String.self))
      if found.last?.statement != statement || found.last?.line != line {
        found.append(
          Disallowed(
            statement: statement, line: line, checkIn: try row.decode("check_in_id"), sources: [:]))
      }
      found[found.count - 1].sources[source] = try row.decode("fen", as: Fen.self)
    }
    return found
  }

  /// Statements of a canteen with lines that were disallowed from one moment to before another.
  static func disallowed(
    at canteen: Canteen.Code, since: Instant, before moment: Instant,
    _ transaction: borrowing Transaction
  ) throws -> [String] {
    try transaction.query(
      """
      select distinct d.statement_no
      from statement_disallowances as d
      join statements as s on s.statement_no = d.statement_no
      where s.canteen_code = \(canteen)
          and d.recorded_at >= \(since)
          and d.recorded_at < \(moment)
      """
    ).map { try $0.decode("statement_no") }
  }

  /// What every line of a meal, in whatever statement, gives each source together.
  static func total(
    of line: StatementLine, _ transaction: borrowing Transaction
  ) throws -> [FundingSource: Fen] {
    let rows = try transaction.query(
      """
      select p ->> 'source' as source, sum((p ->> 'fen')::bigint)::bigint as fen
      from statement_lines as l
      cross join lateral jsonb_array_elements(l.content -> 'sources') as p
      where l.diner_id = \(line.diner)
          and l.service_date = \(line.day)::date
          and l.check_in_id = \(line.checkIn)
      group by 1
      """)
    return try bySource(rows)
  }

  /// What was taken off a statement, line by line.
  static func disallowedLines(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> [StatementBookService.Disallowed] {
    try transaction.query(
      """
      select line_no::bigint as line_no, source, fen, reason, recorded_by
      from statement_disallowances
      where statement_no = \(number)
      order by line_no, source
      """
    ).map {
      StatementBookService.Disallowed(
        line: try $0.decode("line_no"),
        source: FundingSource(try $0.decode("source", as: String.self)),
        fen: try $0.decode("fen"), reason: try $0.decode("reason"),
        by: try $0.decode("recorded_by"))
    }
  }
}

extension StatementStep: PostgresEncodable, PostgresDecodable {}
