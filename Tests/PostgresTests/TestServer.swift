import Foundation
import Logging
import Synchronization
import Testing

@testable import Postgres

/// The server that the tests share, named by `CANTEEN_TEST_DATABASE`.
enum TestServer {
  struct Missing: Error, CustomStringConvertible {
    var description: String { "set CANTEEN_TEST_DATABASE to the URL of a superuser's connection" }
  }

  static func url() throws -> String {
    guard let url = ProcessInfo.processInfo.environment["CANTEEN_TEST_DATABASE"] else {
      throw Missing()
    }
    return url
  }

  /// `name` marks the connections in `pg_stat_activity`.
  static func configuration(named name: String? = nil) throws -> ConnectionConfiguration {
    var configuration = try ConnectionConfiguration(url: url())
    if let name { configuration.parameters["application_name"] = name }
    return configuration
  }

  static let logger = Logger(label: "postgres.tests") { _ in SwiftLogNoOpLogHandler() }

  static func connect() async throws -> Connection {
    try await Connection.open(try configuration(), logger: logger)
  }

  /// A pool for the length of `body`.
  @discardableResult
  static func withDatabase<Value: Sendable>(
    size: Int = 4, acquireTimeout: Duration = .seconds(5),
    maximumAge: Duration = .seconds(1800), configuration: ConnectionConfiguration? = nil,
    _ body: (Database) async throws -> Value
  ) async throws -> Value {
    let database = Database(
      try configuration ?? Self.configuration(), size: size, acquireTimeout: acquireTimeout,
      maximumAge: maximumAge, logger: logger)
    do {
      let value = try await body(database)
      await database.shutdown()
      return value
    } catch {
      await database.shutdown()
      throw error
    }
  }

  /// Asks the server, over a connection of its own, until the condition holds.
  ///
  /// The pause between two questions is the server's (`pg_sleep`), ten seconds in all at most.
  static func wait(
    until condition: SQL, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let observer = try await connect()
    for _ in 0..<1000 {
      let isMet = try await observer.query("select \(fragment: condition)", as: Bool.self)[0]
      if isMet { return await observer.close() }
      try await observer.execute("select pg_sleep(0.01)")
    }
    Issue.record("never came true: \(condition)", sourceLocation: sourceLocation)
    await observer.close()
  }

  /// Ends a server process and waits until it is gone.
  static func terminate(_ pid: Int) async throws {
    let other = try await connect()
    let isGone = try await other.query(
      "select pg_terminate_backend(\(Int32(pid)), 5000)", as: Bool.self)
    #expect(isGone == [true])
    await other.close()
  }
}

/// How often something has happened, counted by several tasks.
final class Count: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .sequentiallyConsistent) }

  /// Counts one more, and gives how many there are now.
  @discardableResult
  func add() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// Does something asynchronous from inside a transaction's synchronous body, and waits for it.
func blocking(_ work: @escaping @Sendable () async throws -> Void) {
  let done = DispatchSemaphore(value: 0)
  Task {
    do {
      try await work()
    } catch {
      Issue.record(error)
    }
    done.signal()
  }
  done.wait()
}

/// What a call threw, for a look at its details; nil, and a failed test, when it threw nothing else
/// or nothing at all.
func thrown<Failure: Error, Value>(
  _ type: Failure.Type = Failure.self, sourceLocation: SourceLocation = #_sourceLocation,
  _ call: () async throws -> Value
) async -> Failure? {
  do {
    _ = try await call()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as Failure {
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}

extension ConnectionError {
  var isLost: Bool { if case .lost = self { true } else { false } }
  var isOutcomeUnknown: Bool { if case .outcomeUnknown = self { true } else { false } }
  var isCannotConnect: Bool { if case .cannotConnect = self { true } else { false } }
}
