import CanteenSQL
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres
import Testing

/// A database of its own for one test, cloned from a migrated template and dropped afterwards.
public struct TestDatabase: Sendable {
  @TaskLocal private static var taken: TestDatabase?

  /// The database of the running test.
  public static var current: TestDatabase {
    guard let taken else { preconditionFailure("the suite lacks the trait .database") }
    return taken
  }

  public let name: String
  /// Connects as the owner of the schema.
  public let ownerURL: String
  /// Connects as the application's role, like the services do.
  public let database: Database

  /// Runs statements as the owner: what an intruder with the database's password could do.
  public func asOwner(_ script: String) async throws {
    try await Self.run(script, on: ownerURL)
  }

  /// A dump of this database restored into another one, as on another machine; `body` gets it with
  /// its address.
  public func withRestoredDump<Value: Sendable>(
    _ body: @Sendable (Database, String) async throws -> Value
  ) async throws -> Value {
    let copy = "\(name)_copy"
    let url = try TestServer().url(of: copy)
    try await asOwner("create database \(copy)")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "pg_dump \"$0\" | psql -q -v ON_ERROR_STOP=1 \"$1\"", ownerURL, url]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw DumpFailed() }
    var configuration = try ConnectionConfiguration(url: url)
    configuration.role = "canteen_app"
    let database = Database(configuration, size: 2, logger: Self.quietLogger)
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(database, url))
    } catch {
      result = .failure(error)
    }
    await database.shutdown()
    try await asOwner("drop database if exists \(copy) with (force)")
    return try result.get()
  }

  struct DumpFailed: Error {}

  fileprivate static func run(_ script: String, on url: String) async throws {
    let connection = try await Connection.open(
      ConnectionConfiguration(url: url), logger: quietLogger)
    defer { Task { await connection.close() } }
    try await connection.script(script)
  }

  public static let quietLogger: Logger = {
    var logger = Logger(label: "canteen.tests") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    return logger
  }()

  /// A second fresh database, for what is to be compared with the first.
  public static func withAnother<Value: Sendable>(
    _ body: @Sendable (Database) async throws -> Value
  ) async throws -> Value {
    try await provide { try await body($0.database) }
  }

  fileprivate static func scope(_ test: @Sendable () async throws -> Void) async throws {
    try await provide { try await $taken.withValue($0, operation: test) }
  }

  /// Makes a clone, runs the body with it, drops the clone.
  private static func provide<Value: Sendable>(
    _ body: @Sendable (TestDatabase) async throws -> Value
  ) async throws -> Value {
    let server = try TestServer()
    try await Template.shared.ready(on: server)
    let name = "canteen_test_\(UUID().uuidString.lowercased().prefix(13))"
      .replacingOccurrences(of: "-", with: "_")
    try await run("create database \(name) template \(Template.name)", on: server.url)
    let url = server.url(of: name)
    var configuration = try ConnectionConfiguration(url: url)
    configuration.role = "canteen_app"
    let database = Database(configuration, size: 4, logger: quietLogger)
    let result: Result<Value, any Error>
    do {
      result = .success(
        try await body(TestDatabase(name: name, ownerURL: url, database: database)))
    } catch {
      result = .failure(error)
    }
    await database.shutdown()
    try await run("drop database if exists \(name) with (force)", on: server.url)
    return try result.get()
  }
}

/// The server that tests run against, from `CANTEEN_TEST_DATABASE`.
private struct TestServer {
  let url: String

  init() throws {
    guard let url = ProcessInfo.processInfo.environment["CANTEEN_TEST_DATABASE"] else {
      throw Missing()
    }
    self.url = url
  }

  /// The same server, another database: the path of the URL is replaced.
  func url(of database: String) -> String {
    guard var parts = URLComponents(string: url) else { return url }
    parts.path = "/" + database
    return parts.string ?? url
  }

  struct Missing: Error, CustomStringConvertible {
    var description: String {
      "CANTEEN_TEST_DATABASE names no PostgreSQL server; run the tests with make test"
    }
  }
}

/// The migrated database that all clones come from: made once a process, under the hash of the
/// migrations, so that processes and runs share it.
private actor Template {
  static let shared = Template()

  static let name =
    "canteen_template_"
    + Seal.of(CanteenSQL.migrations.map(\.text).joined().utf8).hex.prefix(16)

  private var making: Task<Void, any Error>?

  func ready(on server: TestServer) async throws {
    if let making { return try await making.value }
    let task = Task { try await Self.make(on: server) }
    making = task
    try await task.value
  }

  /// A half-made template has another name until it is whole.
  private static func make(on server: TestServer) async throws {
    let connection = try await Connection.open(
      ConnectionConfiguration(url: server.url), logger: TestDatabase.quietLogger)
    defer { Task { await connection.close() } }
    try await connection.execute("select pg_advisory_lock(7204190332)")
    let known = try await connection.query(
      "select 1 as present from pg_database where datname = \(name)")
    guard known.isEmpty else { return }
    let draft = name + "_draft"
    try await connection.script("drop database if exists \(draft) with (force)")
    try await connection.script("create database \(draft)")
    let database = Database(
      try ConnectionConfiguration(url: server.url(of: draft)), size: 1,
      logger: TestDatabase.quietLogger)
    _ = try await Migrator(database).migrate(at: aMoment)
    await database.shutdown()
    try await connection.script("alter database \(draft) rename to \(name)")
  }
}

/// Gives each test of a suite a database of its own: `@Suite(.database)`.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    // A suite's own scope needs none; each case of a test does.
    guard testCase != nil else { return try await function() }
    try await TestDatabase.scope(function)
  }
}

extension Trait where Self == DatabaseTrait {
  public static var database: DatabaseTrait { DatabaseTrait() }
}
