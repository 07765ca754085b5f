import Foundation
import Testing

@testable import Postgres

/// Whoever is cancelled is released at once, and the server's statement ends with it.
@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
  /// A way to have the server busy for half a minute.
  enum Call: CaseIterable, Sendable {
    case query, decodedQuery, execute, pipeline, script, transaction, commit, stream, copyOut

    /// What the cancelled caller gets.
    func isExpected(_ error: any Error) -> Bool {
      switch self {
      case .commit: (error as? ConnectionError)?.isOutcomeUnknown == true
      default: error is CancellationError
      }
    }

    func run(on database: Database) async throws {
      switch self {
      case .query: _ = try await database.query("select pg_sleep(30)")
      case .decodedQuery: _ = try await database.query("select pg_sleep(30)::text", as: String.self)
      case .execute: try await database.execute("select pg_sleep(30)")
      case .pipeline: _ = try await database.pipeline(["select 1", "select pg_sleep(30)"])
      case .script:
        try await database.withConnection { try await $0.script("select 1; select pg_sleep(30)") }
      case .transaction:
        try await database.transaction { tx in
          try tx.execute("select 1")
          try tx.execute("select pg_sleep(30)")
        }
      case .commit: try await database.transaction { try $0.execute("insert into slow values (1)") }
      case .stream:
        try await database.stream("select pg_sleep(30)") { rows in for try await _ in rows {} }
      case .copyOut:
        try await database.copyOut("copy (select pg_sleep(30)) to stdout") { pieces in
          for try await _ in pieces {}
        }
      }
    }
  }

  @Test(arguments: Call.allCases)
  func `a cancelled call releases its caller and stops its statement`(_ call: Call) async throws {
    let name = "cancel-\(UUID().uuidString)"
    let configuration = try TestServer.configuration(named: name)
    try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
      try await Self.makeSlowCommit(database)
      let sleeping: SQL = """
        exists (select from pg_stat_activity
          where application_name = \(name) and wait_event = 'PgSleep')
        """
      let task = Task { try await call.run(on: database) }
      try await TestServer.wait(until: sleeping)

      let start = ContinuousClock.now
      task.cancel()
      let error = await thrown((any Error).self) { try await task.value }

      #expect(ContinuousClock.now - start < .seconds(10))
      #expect(error.map(call.isExpected) == true, "\(error as Any)")
      try await TestServer.wait(until: "not \(fragment: sleeping)")
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
      #expect(database.counters.inUse == 0)
    }
  }

  /// A value whose reading lasts until the reader is cancelled.
  private struct Lingering: Decodable {
    init(from decoder: any Decoder) throws {
      while !Task.isCancelled { usleep(1000) }
    }
  }

  @Test func `a cancellation that no wait noticed does not reach whoever comes next`() async throws
  {
    let name = "lingering-\(UUID().uuidString)"
    let configuration = try TestServer.configuration(named: name)
    try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
      let idle: SQL = """
        exists (select from pg_stat_activity
          where application_name = \(name) and state = 'idle' and query like '%lingering%')
        """
      let task = Task { try await database.query("select 1 as lingering", as: Lingering.self) }
      try await TestServer.wait(until: idle)
      task.cancel()
      _ = try await task.value

      // One after the other, or those behind would wait for the first alone.
      for _ in 1...3 { #expect(try await database.query("select 1", as: Int.self) == [1]) }
      #expect(database.counters.inUse == 0)
    }
  }

  @Test func `a deadline that passes releases the caller and stops the statement`() async throws {
    let name = "deadline-\(UUID().uuidString)"
    let configuration = try TestServer.configuration(named: name)
    try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
      await #expect(throws: ConnectionError.timedOut) {
        try await database.execute("select pg_sleep(30)", timeout: .milliseconds(100))
      }
      try await TestServer.wait(
        until: """
          not exists (select from pg_stat_activity
            where application_name = \(name) and wait_event = 'PgSleep')
          """)
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `a task that is cancelled already asks nothing of the server`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await database.execute("select pg_sleep(30)")
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(database.counters.acquired == 0)
    }
  }

  @Test func `COPY in that is cancelled keeps no row`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.execute("drop table if exists copied_half")
      try await database.execute("create table copied_half (id int)")
      let (pieces, feed) = AsyncStream<[UInt8]>.makeStream()
      feed.yield(Array("1\n2\n".utf8))
      let task = Task { try await database.copyIn("copy copied_half from stdin", from: pieces) }
      try await TestServer.wait(
        until: "exists (select from pg_stat_activity where query like 'copy copied_half%')")

      task.cancel()

      await #expect(throws: CancellationError.self) { try await task.value }
      feed.finish()
      let kept = try await database.query("select count(*) from copied_half", as: Int.self)
      #expect(kept == [0])
      try await database.execute("drop table copied_half")
    }
  }

  @Test func `a listener that is cancelled ends`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let task = Task { for try await _ in database.listen(to: ["cancelled_channel"]) {} }
      try await TestServer.wait(
        until: """
          exists (select from pg_stat_activity where query = 'listen "cancelled_channel"')
          """)

      task.cancel()

      await #expect(throws: CancellationError.self) { try await task.value }
      try await TestServer.wait(
        until: """
          not exists (select from pg_stat_activity where query = 'listen "cancelled_channel"')
          """)
    }
  }

  private static func makeSlowCommit(_ database: Database) async throws {
    try await database.transaction { tx in
      try tx.script(
        """
        drop table if exists slow;
        create table slow (id int);
        create or replace function dawdle() returns trigger language plpgsql as
          $$begin perform pg_sleep(30); return null; end$$;
        create constraint trigger dawdles after insert on slow
          deferrable initially deferred for each row execute function dawdle();
        """)
    }
  }
}
