import Testing

@testable import Postgres

/// What happens when the server, the network or the caller goes away; nothing may hang.
@Suite(.timeLimit(.minutes(1))) struct AnomalyTests {
  @Test func `a connection that the server ended while idle is replaced unnoticed`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let other = try await TestServer.connect()
      let first = try await database.query("select pg_backend_pid()", as: Int.self)[0]

      try await other.execute("select pg_terminate_backend(\(Int32(first)), 5000)")

      let second = try await database.query("select pg_backend_pid()", as: Int.self)[0]
      #expect(first != second)
      await other.close()
    }
  }

  @Test func `a backend terminated during a statement is a lost connection`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      await #expect {
        try await database.execute("select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
      } throws: { error in
        if case ConnectionError.lost = error { true } else { false }
      }
      let answer1 = try await database.query("select 1", as: Int.self)
      #expect(answer1 == [1])
    }
  }

  @Test func `a deadline that passes and a cancellation release the caller at once`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let start = ContinuousClock.now
      await #expect(throws: ConnectionError.timedOut) {
        try await database.execute("select pg_sleep(30)", timeout: .milliseconds(100))
      }
      let task = Task { try await database.execute("select pg_sleep(30)") }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(ContinuousClock.now - start < .seconds(10))
      let answer2 = try await database.query("select 1", as: Int.self)
      #expect(answer2 == [1])
    }
  }

  @Test func `a hundred tasks share two connections`() async throws {
    try await TestServer.withDatabase(size: 2) { database in
      let sum = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<100 {
          group.addTask { try await database.query("select \(number)", as: Int.self)[0] }
        }
        return try await group.reduce(0, +)
      }
      #expect(sum == 4950)
      #expect(database.counters.inUse == 0)
      #expect(database.counters.acquired == 100)
    }
  }

  @Test func `a pool that is shut down refuses, and one without a server says so`() async throws {
    let closed = Database(try TestServer.configuration(), logger: TestServer.logger)
    await closed.shutdown()
    await #expect(throws: PoolError.shutDown) { try await closed.query("select 1") }

    let nowhere = ConnectionConfiguration(parameters: ["host": "/nonexistent", "user": "nobody"])
    try await TestServer.withDatabase(configuration: nowhere) { database in
      await #expect {
        try await database.query("select 1")
      } throws: { error in
        if case ConnectionError.cannotConnect = error { true } else { false }
      }
    }
  }

  @Test func `an error swallowed inside a transaction makes its commit an error`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      await #expect {
        try await database.transaction { tx in _ = try? tx.query("select 1 / 0") }
      } throws: { error in
        if case TransactionError.rolledBack(let cause?) = error {
          cause.sqlState == "22012"
        } else {
          false
        }
      }
    }
  }

  @Test func `text with a NUL is refused before anything is sent`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      await #expect(throws: ParameterError.self) {
        try await database.query("select \("a\u{0}b")::text")
      }
    }
  }
}
