import CanteenDomain
import CanteenVault
import Postgres

/// What an export reads of a statement beside its totals; rows of `statement_exports`.
enum StatementExportStore {
  /// A line as it was closed, and the text that its hash was made over.
  struct ReadLine: Sendable {
    var line: StatementLine
    var canonical: String

    init(content: String) throws {
      line = try CanonicalJSON.value(StatementLine.self, from: content)
      canonical = try CanonicalRewriting.canonical(content) ?? CanonicalJSON.text(line)
    }
  }

  /// How many lines are decoded at once, and how many such batches may wait for their turn.
  private static let (batchLines, batchesMax) = (500, 3)

  /// Hands out a statement's lines in order, in memory of a fixed size; they are decoded on other
  /// cores while the next ones come.
  static func stream(
    _ number: String, _ database: Database, _ take: ([ReadLine]) throws -> Void
  ) async throws {
    let sql: SQL = """
      select content::text as content
      from statement_lines
      where statement_no = \(number)
      order by line_no
      """
    try await database.stream(sql) { rows in
      var texts: [String] = []
      var decoding: [Task<[ReadLine], any Error>] = []
      defer { for task in decoding { task.cancel() } }
      func send() {
        let batch = texts
        decoding.append(Task { try batch.map(ReadLine.init) })
        texts.removeAll(keepingCapacity: true)
      }
      for try await row in rows {
        texts.append(try row.decode("content"))
        guard texts.count == batchLines else { continue }
        send()
        if decoding.count > batchesMax { try take(await decoding.removeFirst().value) }
      }
      send()
      while !decoding.isEmpty { try take(await decoding.removeFirst().value) }
    }
  }

  static func count(_ number: String, _ transaction: borrowing Transaction) throws -> Int {
    try transaction.query(
      "select lines::bigint as lines from statements where statement_no = \(number)"
    ).first?.decode("lines") ?? 0
  }

  /// Everybody on a statement with name and number in clear, as the register knew them when it was
  /// closed: so that a full export too is the same later.
  static func people(
    _ statement: Statement, vault: Vault, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: StatementTables.FullPerson] {
    let diners: [Diner.ID] = try transaction.query(
      "select distinct diner_id from statement_lines where statement_no = \(statement.number)"
    ).map { try $0.decode("diner_id") }
    let aliases = try DinerAliases.known(at: statement.closedAt, transaction)
    let persons = Set(diners.map { aliases.person(of: $0) }).sorted()
    var known: [Diner.ID: StatementTables.FullPerson] = [:]
    for row in try transaction.query(
      """
      select distinct on (diner_id) diner_id, name, id_sealed
      from diner_records
      where diner_id = any(\(persons)::bigint[])
          and recorded_at <= \(statement.closedAt)::timestamptz
      order by diner_id, record_no desc
      """)
    {
      let sealed: [UInt8]? = try row.decode("id_sealed")
      known[try row.decode("diner_id")] = StatementTables.FullPerson(
        name: try row.decode("name"),
        idNumber: try sealed.map { try vault.open($0, as: .idNumber) } ?? "")
    }
    return Dictionary(
      diners.compactMap { diner in known[aliases.person(of: diner)].map { (diner, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  static func insert(
    _ files: [(name: String, sha256: Seal)], of number: String, form: String, masking: String,
    full: Bool, reason: String, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_exports (
          statement_no, exported_at, exported_by, file_name, form, masking, has_full_numbers,
          reason, file_sha256
      )
      select
          \(number), \(by.at)::timestamptz, \(by.by), file_name, \(form), \(masking), \(full),
          \(reason), file_sha256
      from unnest(\(files.map(\.name))::text[], \(files.map(\.sha256))::bytea[])
          as files (file_name, file_sha256)
      on conflict do nothing
      """)
  }
}
