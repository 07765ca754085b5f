import ArgumentParser
import CanteenDomain
import CanteenServices
import CanteenVault
import EmbeddedPostgres
import Foundation
import Logging
import Postgres

/// What a command works with: the database, the keys, the clock and the name of who acts. Wired here
/// from options, environment and defaults, in that order, and nowhere else.
struct Workspace {
  let database: Database
  let home: URL
  let attribution: Attribution
  let calendar = CanteenCalendar.shanghai

  var today: Day { calendar.day(of: attribution.at) }

  /// Reconciliation, with the installation's own checks if it names a folder of them.
  var reconciliation: ReconciliationService {
    let folder = ProcessInfo.processInfo.environment["CANTEEN_CHECKS"] ?? ""
    return ReconciliationService(database, ownChecks: folder.isEmpty ? nil : folder)
  }

  /// The role that the services use: it reads and appends, and changes nothing.
  private static let applicationRole = "canteen_app"

  /// Opens the database for one command, runs it, and closes the connections.
  /// - Parameter name: under which the connections are to be known to the database server.
  static func run<Value>(
    _ options: CommonOptions, size: Int = 4, name: String = "canteen",
    _ body: (Workspace) async throws -> Value
  ) async throws -> Value {
    let places = Places(options)
    guard !places.by.isEmpty else {
      throw ValidationError(said("--by 不能为空，请写经办人姓名", "--by must not be blank: write who acts"))
    }
    let url = try places.startedURL()
    if places.isEmbedded {
      try await migrate(url, at: places.now)
    } else {
      try await withDatabase(url, role: nil, size: 1) { database in
        let status = try await Migrator(database).status()
        guard status.pending.isEmpty else {
          throw SchemaFault.behind(pending: status.pending.count)
        }
      }
    }
    return try await withDatabase(url, role: applicationRole, size: size, name: name) { database in
      try await body(
        Workspace(
          database: database, home: places.home,
          attribution: Attribution(by: places.by, at: places.now)))
    }
  }

  /// Opens the database as the owner of the schema.
  static func owner<Value>(
    _ options: CommonOptions, _ body: (Database, Instant) async throws -> Value
  ) async throws -> Value {
    let places = Places(options)
    let url = try places.startedURL()
    return try await withDatabase(url, role: nil, size: 1) { try await body($0, places.now) }
  }

  private static func migrate(_ url: String, at now: Instant) async throws {
    try await withDatabase(url, role: nil, size: 1) { database in
      let migrator = Migrator(database)
      guard try await !migrator.status().pending.isEmpty else { return }
      _ = try await migrator.migrate(at: now)
    }
  }

  private static func withDatabase<Value>(
    _ url: String, role: String?, size: Int, name: String = "canteen",
    _ body: (Database) async throws -> Value
  ) async throws -> Value {
    var configuration = try ConnectionConfiguration(url: url)
    configuration.role = role
    configuration.parameters["application_name"] = name
    configuration.connectTimeout = .seconds(5)
    var logger = Logger(label: "canteen") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    let database = Database(
      configuration, size: size, acquireTimeout: .seconds(8), logger: logger)
    do {
      let value = try await body(database)
      await database.shutdown()
      return value
    } catch {
      await database.shutdown()
      throw error
    }
  }

  /// The keys that seal people's numbers; made on first use, and never for a register that has sealed
  /// numbers already: under another key a person could be registered twice.
  /// - Throws: `KeyRefusal.missing`, `.foreign` among others.
  func vault() async throws -> Vault { try await vaultWhenNeeded()() }

  /// The same for work that may need no keys after all.
  func vaultWhenNeeded() async throws -> @Sendable () throws -> Vault {
    let sample = try await KeyRotation.sample(in: database)
    let store = KeyStore(home: home)
    return {
      guard let sample else { return Vault(keys: try store.keysMakingFirst()) }
      let vault = Vault(keys: try store.keys())
      guard sample.opens(with: vault) else { throw KeyRefusal.foreign(path: store.path) }
      return vault
    }
  }
}

/// Where things lie, by options, environment and defaults.
struct Places {
  let home: URL
  let url: String?
  let by: String
  let now: Instant

  var isEmbedded: Bool { url == nil }

  init(_ options: CommonOptions) {
    let environment = ProcessInfo.processInfo.environment
    let usual = EmbeddedCluster.usualFolder(
      isRoot: geteuid() == 0, home: FileManager.default.homeDirectoryForCurrentUser,
      dataHome: environment["XDG_DATA_HOME"])
    home =
      (options.home ?? environment["CANTEEN_HOME"]).map { URL(fileURLWithPath: $0) }
      ?? usual.deletingLastPathComponent()
    url = options.databaseUrl ?? environment["CANTEEN_DATABASE_URL"]
    by = Self.name(
      options.by ?? environment["CANTEEN_BY"] ?? environment["USER"] ?? "canteen")
    now =
      options.now.flatMap(CommonOptions.instant)
      ?? Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  /// A name as it is compared: two spellings of one name would make one officer two.
  private static func name(_ text: String) -> String {
    text.normalisedWidth().split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .nameWithoutBlanks
  }

  var cluster: EmbeddedCluster {
    EmbeddedCluster(folder: home.appendingPathComponent("postgres"))
  }

  /// The database's address; the embedded one is started first if it does not run.
  func startedURL() throws -> String {
    if let url { return url }
    let address = try cluster.start { progress in
      if case .alreadyRunning = progress { return }
      Failure.say(Sentence(zh: progress.zh, en: progress.en))
    }
    return address.url
  }
}
