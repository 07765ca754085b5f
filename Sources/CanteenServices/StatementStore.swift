import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `statements` and `statement_lines`, and the lines that a new statement takes in.
enum StatementStore {
  /// A line before the person's printed particulars are added.
  struct Source {
    var checkIn: CheckIn
    var sign: Int
    var sourceNo: String?
    var line: PricedLine
    /// For a line that adjusts a meal; `line` then has the differences as its shares.
    var adjustment: AdjustedSource?
  }

  /// What an adjustment's line prints of it.
  struct AdjustedSource {
    var number: Int
    var kind: Adjustment.Kind
    var cause: Adjustment.Cause
    var payee: SettlementTerms.Payee
    var fen: Fen
    /// The statement that has the meal's own line.
    var original: String
  }

  /// The particulars that a line prints.
  struct Person {
    var name: String
    var sex: Sex
    var idSealed: [UInt8]?
    var homes: HomeHistory<Home>

    /// Where the person is at home.
    struct Home {
      var hukouRegion: Region.Code?
      var hukouText: String
      var residence: Region.Code
    }
  }

  /// What stands in a canteen's books for the days from `from` to `to`: meals that still stand at the
  /// end of the period, and reversals of meals that an earlier period counted.
  static func sources(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Source] {
    try transaction.query(
      """
      select
          \(fragment: CheckInStore.factColumns), c.source_no,
          (c.pricing -> 'line')::text as line, 1 as sign
      from check_ins as c
      where c.canteen_code = \(canteen)
          and c.guest_kind is null
          and c.posted_on between \(from)::date and \(to)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
                  and r.posted_on <= \(to)::date
          )
      union all
      select
          \(fragment: CheckInStore.factColumns), c.source_no,
          (c.pricing -> 'line')::text, -1
      from check_in_reversals as r
      join check_ins as c
          on c.diner_id = r.diner_id
          and c.service_date = r.service_date
          and c.check_in_id = r.check_in_id
      where c.canteen_code = \(canteen)
          and c.guest_kind is null
          and r.posted_on between \(from)::date and \(to)::date
          and c.posted_on < \(from)::date
      order by service_date, served_at, check_in_id, sign
      """
    ).map { row in
      Source(
        checkIn: try CheckInStore.checkIn(row), sign: try row.decode("sign"),
        sourceNo: try row.decode("source_no"),
        line: try CanonicalJSON.value(PricedLine.self, from: row.decode("line")))
    }
  }

  static func persons(
    _ diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: Person] {
    let rows = try transaction.query(
      """
      select
          diner_id, name, sex, id_sealed, valid_from, hukou_region, hukou_text, residence_region
      from diner_records
      where diner_id = any(\(diners)::bigint[])
      order by diner_id, record_no
      """)
    var persons: [Diner.ID: Person] = [:]
    for row in rows {
      let id: Diner.ID = try row.decode("diner_id")
      let home = Person.Home(
        hukouRegion: try row.decode("hukou_region"), hukouText: try row.decode("hukou_text"),
        residence: try row.decode("residence_region"))
      var homes = persons[id]?.homes ?? HomeHistory(home)
      homes.record(home, from: persons[id] == nil ? nil : try row.decode("valid_from"))
      persons[id] = Person(
        name: try row.decode("name"), sex: try row.decode("sex"),
        idSealed: try row.decode("id_sealed"), homes: homes)
    }
    return persons
  }

  /// What each account of a canteen gained over posting days: what the lines must add up to.
  static func balances(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Account: Fen] {
    let rows = try transaction.query(
      """
      select account, sum(debit_fen - credit_fen)::bigint as fen
      from account_days
      where canteen_code = \(canteen)
          and posted_on between \(from)::date and \(to)::date
      group by account
      """)
    return try Dictionary(
      rows.map { (try $0.decode("account"), try $0.decode("fen")) },
      uniquingKeysWith: { first, _ in first })
  }

  static func insert(
    _ statement: Statement, _ lines: [StatementLine], summary: String, sha256: Seal,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statements (
          statement_no, canteen_code, period_from, period_to, closed_at, closed_by, lines,
          list_fen, diner_fen, summary, sha256
      ) values (
          \(statement.number), \(statement.canteen), \(statement.from)::date,
          \(statement.to)::date, \(statement.closedAt), \(statement.closedBy),
          \(lines.count)::integer, \(statement.list), \(statement.diner),
          \(summary)::text::jsonb, \(sha256)
      )
      """)
    let contents = try lines.map { try CanonicalJSON.text($0) }
    try transaction.execute(
      """
      insert into statement_lines (
          statement_no, diner_id, line_no, service_date, check_in_id, sign, adjustment_no, content
      )
      select \(statement.number), *
      from unnest(
          \(lines.map(\.diner))::bigint[], \(lines.map(\.number))::integer[],
          \(lines.map(\.day))::date[], \(lines.map(\.checkIn))::uuid[],
          \(lines.map(\.sign))::smallint[],
          \(lines.map { $0.adjustment?.number ?? 0 })::smallint[], \(contents)::text[]::jsonb[]
      )
      """)
  }

  static func all(_ transaction: borrowing Transaction) throws -> [Statement] {
    try transaction.query(
      "select summary::text as summary from statements order by period_from, canteen_code"
    ).map { try CanonicalJSON.value(Statement.self, from: $0.decode("summary")) }
  }

  static func statement(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> (statement: Statement, sha256: Seal)? {
    try transaction.query(
      """
      select summary::text as summary, sha256 from statements where statement_no = \(number)
      """
    ).first.map {
      (
        try CanonicalJSON.value(Statement.self, from: $0.decode("summary")),
        try $0.decode("sha256")
      )
    }
  }

  static func lines(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> [StatementLine] {
    try transaction.query(
      """
      select content::text as content
      from statement_lines
      where statement_no = \(number)
      order by line_no
      """
    ).map { try CanonicalJSON.value(StatementLine.self, from: $0.decode("content")) }
  }

  /// Some of a statement's lines, in order.
  static func lines(
    _ number: String, tier: String?, after: Int, limit: Int, _ transaction: borrowing Transaction
  ) throws -> [StatementLine] {
    try transaction.query(
      """
      select content::text as content
      from statement_lines
      where statement_no = \(number)
          and line_no > \(after)::integer
          and (
              \(tier)::text is null
              or (content ->> 'tier' = \(tier)::text and adjustment_no = 0)
          )
      order by line_no
      limit \(limit)::integer
      """
    ).map { try CanonicalJSON.value(StatementLine.self, from: $0.decode("content")) }
  }
}
