import CanteenDomain
import Postgres

/// 抽查: draws persons of a statement to be asked by phone or visited, and keeps what they said.
public struct SpotCheckService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A sample with the persons that its seed draws from the statement.
  public struct Sample: Sendable, Hashable {
    public var statement: String
    public var number: Int
    public var seed: Int64
    /// How many persons there were to draw from.
    public var persons: Int
    public var drawn: Attribution
    public var people: [Person]
  }

  /// One person of a sample, as the statement's lines show them.
  public struct Person: Sendable, Hashable {
    /// Masked.
    public var name: String
    public var residence: String
    /// The numbers of the person's lines.
    public var lines: [Int]
    public var subsidy: Fen
    /// What the check found; nil while nobody asked.
    public var result: String?
  }

  /// Draws a sample of those whom a source pays for, and keeps its seed.
  /// - Parameter size: nil for five in a hundred and ten at the least.
  /// - Throws: `StatementRefusal.unknown`, `SpotCheckRefusal`.
  public func draw(
    _ number: String, size: Int? = nil, seed: Int64, by: Attribution
  ) async throws -> Sample {
    try await database.transaction { transaction in
      let canteen = try Self.canteen(of: number, transaction)
      try DayCloseStore.hold(canteen, transaction)
      let persons = try Self.persons(number, transaction).count
      guard persons > 0 else { throw SpotCheckRefusal.nobody(number) }
      let size = size ?? SpotCheckSample.usualSize(of: persons)
      guard (1...persons).contains(size) else {
        throw SpotCheckRefusal.size(size, persons: persons)
      }
      try transaction.execute(
        """
        insert into statement_samples (
            statement_no, sample_no, seed, size, persons, drawn_at, drawn_by
        )
        select
            \(number), count(*)::integer + 1, \(seed)::bigint, \(size)::integer,
            \(persons)::integer, \(by.at), \(by.by)
        from statement_samples
        where statement_no = \(number)
        """)
      guard let sample = try Self.samples(number, canteen, transaction).last else {
        throw SpotCheckRefusal.notDrawn(number)
      }
      return sample
    }
  }

  /// The samples of a statement, drawn again from their seeds, the first one first.
  /// - Throws: `StatementRefusal.unknown`.
  public func samples(_ number: String) async throws -> [Sample] {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      try Self.samples(number, try Self.canteen(of: number, $0), $0)
    }
  }

  /// Writes down what a person of the last sample said.
  /// - Parameter line: any of the person's lines.
  /// - Throws: `StatementRefusal.unknown`, `SpotCheckRefusal`.
  public func record(
    _ number: String, line: Int, result: String, on day: Day, by: Attribution
  ) async throws {
    let result = result.trimmedSpaces()
    guard !result.isEmpty else { throw SpotCheckRefusal.resultMissing }
    try await database.transaction { transaction in
      let canteen = try Self.canteen(of: number, transaction)
      guard let sample = try Self.samples(number, canteen, transaction).last else {
        throw SpotCheckRefusal.notDrawn(number)
      }
      guard sample.people.contains(where: { $0.lines.contains(line) }) else {
        throw SpotCheckRefusal.notInSample(line: line)
      }
      let written = try transaction.query(
        """
        insert into spot_checks (
            diner_id, canteen_code, checked_on, seed, result, recorded_by, recorded_at
        )
        select diner_id, \(canteen), \(day)::date, \(sample.seed)::bigint, \(result), \(by.by),
            \(by.at)
        from statement_lines
        where statement_no = \(number) and line_no = \(line)::integer
        on conflict (diner_id, canteen_code, checked_on) do nothing
        returning diner_id
        """)
      guard !written.isEmpty else { throw SpotCheckRefusal.askedBefore(line: line, day) }
    }
  }

  private static func canteen(
    of number: String, _ transaction: borrowing Transaction
  ) throws -> Canteen.Code {
    guard let (statement, _) = try StatementStore.statement(number, transaction) else {
      throw StatementRefusal.unknown(number)
    }
    return statement.canteen
  }

  /// Whoever a source pays for on some line of the statement, in the order of their numbers.
  private static func persons(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID] {
    try transaction.query(
      """
      select distinct diner_id
      from statement_lines
      where statement_no = \(number)
          and sign = 1
          and adjustment_no = 0
          and jsonb_array_length(content -> 'sources') > 0
      order by diner_id
      """
    ).map { try $0.decode("diner_id") }
  }

  private static func samples(
    _ number: String, _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> [Sample] {
    let persons = try persons(number, transaction)
    return try transaction.query(
      """
      select sample_no, seed, size, persons, drawn_at, drawn_by
      from statement_samples
      where statement_no = \(number)
      order by sample_no
      """
    ).map { row in
      let (seed, size): (Int64, Int) = (try row.decode("seed"), try row.decode("size"))
      let drawn = SpotCheckSample.draw(size, of: persons, seed: seed)
      return Sample(
        statement: number, number: try row.decode("sample_no"), seed: seed,
        persons: try row.decode("persons"),
        drawn: Attribution(by: try row.decode("drawn_by"), at: try row.decode("drawn_at")),
        people: try people(drawn, seed: seed, number, canteen, transaction))
    }
  }

  private static func people(
    _ drawn: [Diner.ID], seed: Int64, _ number: String, _ canteen: Canteen.Code,
    _ transaction: borrowing Transaction
  ) throws -> [Person] {
    let rows = try transaction.query(
      """
      select
          l.diner_id, min(l.content ->> 'name') as name, min(l.content ->> 'residence') as residence,
          array_agg(l.line_no order by l.line_no) as lines,
          coalesce(sum(p.fen), 0)::bigint as subsidy,
          (
              select max(s.result)
              from spot_checks as s
              where s.diner_id = l.diner_id and s.canteen_code = \(canteen) and s.seed = \(seed)::bigint
          ) as result
      from statement_lines as l
      cross join lateral (
          select sum((x ->> 'fen')::bigint) as fen
          from jsonb_array_elements(l.content -> 'sources') as x
      ) as p
      where l.statement_no = \(number) and l.diner_id = any(\(drawn)::bigint[])
      group by l.diner_id
      """)
    let byDiner = try Dictionary(
      rows.map { row in
        (
          try row.decode("diner_id", as: Diner.ID.self),
          Person(
            name: try row.decode("name"), residence: try row.decode("residence"),
            lines: try row.decode("lines"), subsidy: try row.decode("subsidy"),
            result: try row.decode("result"))
        )
      }, uniquingKeysWith: { first, _ in first })
    return drawn.compactMap { byDiner[$0] }
  }
}
