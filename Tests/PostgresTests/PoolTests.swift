import Foundation
import MetricsTestKit
import ServiceLifecycle
import Testing

@testable import Postgres

/// The pool over real connections.
@Suite(.timeLimit(.minutes(1))) struct PoolTests {
  @Test func `a hundred tasks share two connections`() async throws {
    let name = "hundred-\(UUID().uuidString)"
    let configuration = try TestServer.configuration(named: name)
    try await TestServer.withDatabase(size: 2, configuration: configuration) { database in
      let pids = try await withThrowingTaskGroup(of: (number: Int, pid: Int).self) { group in
        for number in 0..<100 {
          group.addTask {
            let row = try await database.query("select \(number) as n, pg_backend_pid() as pid")[0]
            return (try row.decode("n"), try row.decode("pid"))
          }
        }
        return try await group.reduce(into: [Int: Int]()) { $0[$1.number] = $1.pid }
      }
      #expect(pids.count == 100)
      #expect(Set(pids.values).count <= 2)
      #expect(database.counters.inUse == 0)
      #expect(database.counters.acquired == 100)
    }
  }

  @Test func `the pool shut down with waiters refuses them and waits for those who have one`()
    async throws
  {
    let database = Database(try TestServer.configuration(), size: 1, logger: TestServer.logger)
    let (gate, open) = AsyncStream<Void>.makeStream()
    let holder = Task {
      try await database.withConnection { connection in
        for await _ in gate { break }
        return try await connection.query("select 7", as: Int.self)
      }
    }
    try await Self.until { database.counters.inUse == 1 }
    let waiters = (0..<3).map { _ in Task { try await database.execute("select 1") } }
    try await Self.until { database.counters.waiting == 3 }

    let shutdown = Task { await database.shutdown() }
    for waiter in waiters {
      await #expect(throws: PoolError.shutDown) { try await waiter.value }
    }
    open.yield()

    let answer = try await holder.value
    #expect(answer == [7])
    await shutdown.value
    await #expect(throws: PoolError.shutDown) { try await database.query("select 1") }
    await database.shutdown()
  }

  @Test func `a waiter that is cancelled leaves the line, and the next one is served`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.withConnection { _ in
        let first = Task { try await database.execute("select 1") }
        try await Self.until { database.counters.waiting == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(database.counters.waiting == 0)
      }
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `a waiter whose time is up is told how long it waited`() async throws {
    try await TestServer.withDatabase(size: 1, acquireTimeout: .milliseconds(50)) { database in
      try await database.withConnection { _ in
        await #expect(throws: PoolError.exhausted(after: .milliseconds(50))) {
          try await database.query("select 1")
        }
      }
      #expect(database.counters.timeouts == 1)
      #expect(database.counters.waiting == 0)
    }
  }

  @Test func `a connection past its age is replaced`() async throws {
    try await TestServer.withDatabase(size: 1, maximumAge: .milliseconds(300)) { database in
      let first = try await database.query("select pg_backend_pid()", as: Int.self)
      let young = try await database.query("select pg_backend_pid()", as: Int.self)
      #expect(first == young)
      try await database.execute("select pg_sleep(0.4)")
      let second = try await database.query("select pg_backend_pid()", as: Int.self)
      #expect(first != second)
    }
  }

  @Test func `a borrower's session locks and open transaction do not reach the next one`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      let first = try await database.withConnection { connection in
        try await connection.execute("select pg_advisory_lock(4711)")
        return try await connection.query("select pg_backend_pid()", as: Int.self)
      }
      let locks = try await database.query(
        "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711", as: Int.self)
      #expect(locks == [0])
      try await database.withConnection { try await $0.script("begin") }
      let second = try await database.query("select pg_backend_pid()", as: Int.self)
      #expect(first != second)
    }
  }

  @Test func `the counters go to swift-metrics as they change`() async throws {
    let metrics = TestMetrics()
    let database = Database(
      try TestServer.configuration(), size: 1, acquireTimeout: .milliseconds(50),
      logger: TestServer.logger, metrics: metrics)
    try await database.execute("select 1")
    try await database.withConnection { _ in
      await #expect(throws: PoolError.self) { try await database.query("select 1") }
    }
    await database.shutdown()

    #expect(try metrics.expectCounter("postgres_pool_acquired").totalValue == 2)
    #expect(try metrics.expectCounter("postgres_pool_timeouts").totalValue == 1)
    #expect(try metrics.expectGauge("postgres_pool_in_use").values == [1, 0, 1, 0])
    #expect(try metrics.expectGauge("postgres_pool_waiting").values == [1, 0, 1, 0])
  }

  @Test func `as a service it works before run, and drains when the group shuts down`()
    async throws
  {
    let database = Database(try TestServer.configuration(), size: 1, logger: TestServer.logger)
    try await database.execute("select 1")
    let group = ServiceGroup(services: [database], logger: TestServer.logger)
    let running = Task { try await group.run() }
    try await database.execute("select 1")

    await group.triggerGracefulShutdown()

    try await running.value
    await #expect(throws: PoolError.shutDown) { try await database.query("select 1") }
  }

  @Test func `a server that is stopped and started under load is found again by the pool`()
    async throws
  {
    try await PrivateServer.with { cluster, configuration in
      try await TestServer.withDatabase(size: 4, configuration: configuration) { database in
        let answers = Count()
        let failures = Count()
        let isOver = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<8 {
            group.addTask {
              while isOver.value == 0 {
                do {
                  try await database.execute("select pg_sleep(0.001)")
                  answers.add()
                } catch is ConnectionError {
                  failures.add()
                }
              }
            }
          }
          try await Self.until { answers.value > 50 }
          try cluster.stop()
          try await Self.until { failures.value > 50 }
          _ = try cluster.start()
          let before = answers.value
          try await Self.until { answers.value > before + 200 }
          isOver.add()
          try await group.waitForAll()
        }
        let counters = database.counters
        #expect(counters.inUse == 0)
        #expect(counters.waiting == 0)
      }
    }
  }

  /// Lets others run until the condition holds; the suite's time limit ends a wait in vain.
  private static func until(_ condition: () -> Bool) async throws {
    while !condition() {
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}
