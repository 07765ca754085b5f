import Foundation
import Logging

@testable import Postgres

/// The server that the tests share, named by `CANTEEN_TEST_DATABASE`.
enum TestServer {
  struct Missing: Error, CustomStringConvertible {
    var description: String { "set CANTEEN_TEST_DATABASE to the URL of a superuser's connection" }
  }

  static func configuration() throws -> ConnectionConfiguration {
    guard let url = ProcessInfo.processInfo.environment["CANTEEN_TEST_DATABASE"] else {
      throw Missing()
    }
    return try ConnectionConfiguration(url: url)
  }

  static let logger = Logger(label: "postgres.tests") { _ in SwiftLogNoOpLogHandler() }

  static func connect() async throws -> Connection {
    try await Connection.open(try configuration(), logger: logger)
  }

  /// A pool for the length of `body`.
  static func withDatabase<Value: Sendable>(
    size: Int = 4, acquireTimeout: Duration = .seconds(5),
    configuration: ConnectionConfiguration? = nil,
    _ body: (Database) async throws -> Value
  ) async throws -> Value {
    let database = Database(
      try configuration ?? Self.configuration(), size: size, acquireTimeout: acquireTimeout,
      logger: logger)
    do {
      let value = try await body(database)
      await database.shutdown()
      return value
    } catch {
      await database.shutdown()
      throw error
    }
  }
}
