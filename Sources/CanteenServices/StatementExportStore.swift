import CanteenDomain
import CanteenVault
import Postgres

/// What an export reads of a statement beside its totals; rows of `statement_exports`.
enum StatementExportStore {
  /// How many lines are read at once, and how many such pages are on their way.
  private static let (pageLines, pagesMax) = (1000, 3)

  /// Hands out what is made of a statement's lines, in their order and in memory of a fixed size. Each
  /// page is read and made by a task of its own, over a connection of its own: lines never change, and
  /// the hash over all of them tells if one did.
  /// - Parameters:
  ///   - lines: how many there should be. The pages cover every number all the same, so that no line
  ///     is passed over.
  ///   - make: what is made of some of them, from their stored texts; called on several cores.
  static func pages<Made: Sendable>(
    of number: String, lines: Int, _ database: Database,
    _ make: @escaping @Sendable ([String]) throws -> Made, _ take: (Made) throws -> Void
  ) async throws {
    var ends = Array(stride(from: pageLines, to: lines, by: pageLines))
    ends.append(Int(Int32.max))
    var waiting = zip([Int(Int32.min) - 1] + ends, ends).makeIterator()
    var making: [Task<Made, any Error>] = []
    defer { for task in making { task.cancel() } }
    func start() {
      guard let (after, through) = waiting.next() else { return }
      making.append(
        Task {
          try make(
            await database.query(
              """
              select content::text
              from statement_lines
              where statement_no = \(number)
                  and line_no > \(after)::bigint
                  and line_no <= \(through)::integer
              order by line_no
              """
            ).map { try $0.decode(0) })
        })
    }
    for _ in 0..<pagesMax { start() }
    while !making.isEmpty {
      try Task.checkCancellation()
      let made = try await making.removeFirst().value
      start()
      try take(made)
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
