import CanteenDomain
import CanteenSQL
import CanteenVault
import Postgres

/// Brings a database to the schema that this binary carries: forward only, one transaction a file.
public struct Migrator: Sendable {
  private let database: Database
  private let migrations: [CanteenSQL.Migration]

  /// - Parameter database: connects as the owner of the schema.
  public init(_ database: Database, migrations: [CanteenSQL.Migration] = CanteenSQL.migrations) {
    self.database = database
    self.migrations = migrations
  }

  /// What a database has and what it lacks.
  public struct Status: Sendable, Hashable {
    /// Names of the migrations that ran.
    public var applied: [String]
    /// Names of those that this binary would run.
    public var pending: [String]
  }

  /// Compares the database with this binary.
  /// - Throws: `SchemaFault` if the database is ahead or was migrated from other files.
  public func status() async throws -> Status {
    let exists = try await database.query(
      "select to_regclass('schema_migrations') is not null as present")
    guard try exists.first?.decode("present", as: Bool.self) == true else {
      return Status(applied: [], pending: migrations.map(\.name))
    }
    let rows = try await database.query(
      "select number, name, sha256 from schema_migrations order by number")
    return try compare(rows)
  }

  /// Runs what is missing. Two migrators at once are safe: the second waits, then finds nothing to do.
  /// - Returns: the names of the migrations that this call ran.
  public func migrate(
    at now: Instant, report: Progress.Report = { _ in }
  ) async throws -> [String] {
    try await prepare()
    var ran: [String] = []
    for migration in migrations {
      if try await run(migration, at: now) { ran.append(migration.name) }
      report(Progress(done: migration.number, total: migrations.count))
    }
    _ = try await status()
    return ran
  }

  private func prepare() async throws {
    try await database.transaction { transaction in
      try Self.lock(transaction)
      try transaction.script(
        """
        create table if not exists schema_migrations (
            number integer not null,
            name text not null,
            sha256 bytea not null,
            applied_at timestamptz not null,
            constraint schema_migrations_pk primary key (number)
        );
        """)
    }
    _ = try await status()
  }

  private func run(_ migration: CanteenSQL.Migration, at now: Instant) async throws -> Bool {
    let checksum = Self.checksum(migration)
    return try await database.transaction { transaction in
      try Self.lock(transaction)
      // The row comes first: whoever else runs the same file stops at its key.
      let inserted = try transaction.execute(
        """
        insert into schema_migrations (number, name, sha256, applied_at)
        values (\(migration.number), \(migration.name), \(checksum), \(now))
        on conflict (number) do nothing
        """)
      guard inserted == 1 else { return false }
      try transaction.script(migration.text)
      return true
    }
  }

  /// Held to the end of the transaction; the number is this product's own choice.
  private static func lock(_ transaction: borrowing Transaction) throws {
    try transaction.execute("select pg_advisory_xact_lock(7204190331)")
  }

  private func compare(_ rows: [Row]) throws -> Status {
    var applied: [String] = []
    for row in rows {
      let number: Int = try row.decode("number")
      let name: String = try row.decode("name")
      guard number <= migrations.count else {
        throw SchemaFault.ahead(of: migrations.last?.name ?? "", found: name)
      }
      let known = migrations[number - 1]
      let checksum: [UInt8] = try row.decode("sha256")
      guard checksum == Self.checksum(known) else { throw SchemaFault.changed(known.name) }
      applied.append(name)
    }
    return Status(applied: applied, pending: migrations.dropFirst(applied.count).map(\.name))
  }

  private static func checksum(_ migration: CanteenSQL.Migration) -> [UInt8] {
    Seal.of(migration.text.utf8).bytes
  }
}

/// Why this binary does not work with a database's schema; each is a fault, not a refusal.
public enum SchemaFault: Error, Sendable, Hashable {
  /// A newer binary migrated it.
  case ahead(of: String, found: String)
  /// A migration that ran there has another text here.
  case changed(String)
  /// It was never migrated, or not far enough.
  case behind(pending: Int)

  public var sentence: Sentence {
    switch self {
    case .ahead(let ours, let found):
      Sentence(
        zh: "数据库比本程序新：数据库已执行 \(found)，本程序只到 \(ours)。请升级 canteen 后再运行",
        en:
          "the database is ahead of this program: it has \(found), this program knows up to \(ours); upgrade canteen"
      )
    case .changed(let name):
      Sentence(
        zh: "数据库执行过的 \(name) 与本程序所带的内容不同，拒绝继续",
        en: "the database ran another text of \(name); stopping")
    case .behind(let pending):
      Sentence(
        zh: "数据库结构尚缺 \(pending) 步，请先运行 canteen db migrate",
        en: "the database lacks \(pending) migrations; run canteen db migrate first")
    }
  }
}
