import CanteenTestSupport
import Foundation
import Postgres
import Synchronization
import Testing

/// The server killed under load, its database connections broken: every check-in that was acknowledged
/// is there once and at the price that was said, none is there twice, and the books balance.
@Suite("a server that is killed", .database)
struct ServerFaultTests {
  private static let windows = 8
  /// The meal of the hour and those of the days before, which come out of a queue.
  private static let days = 3

  @Test(.timeLimit(.minutes(3)))
  func `loses nothing that it acknowledged, doubles nothing, and keeps every price`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-faults-\(UUID().uuidString)").path
    try SampleBooks.setUp(folder)
    let database = TestDatabase.current.database
    let diners = try await database.query(
      "select diner_id from current_diner_records order by diner_id limit 80", as: Int.self)
    let meals =
      diners.flatMap { diner in
        (0..<Self.days).map { LoadWindow.Meal(eater: .diner(diner), daysAgo: $0) }
      } + (1...24).map { _ in LoadWindow.Meal(eater: .volunteer, daysAgo: 0) }
    // Each of these is asked for at two windows at once, under two keys.
    let contested = diners.prefix(20).map { LoadWindow.Meal(eater: .diner($0), daysAgo: 0) }
    let work = (meals + contested).shuffled()
    let server = try await CounterServer()
    let window = try await LoadWindow(server.address)

    let progress = Acknowledged()
    let clients = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<Self.windows {
          group.addTask {
            for index in stride(from: client, to: work.count, by: Self.windows) {
              let key = UUID().uuidString.lowercased()
              progress.acknowledge(key, paid: try await window.checkIn(work[index], key))
            }
          }
        }
        try await group.waitForAll()
      }
    }
    // Each fault comes after some more were acknowledged, so that all of them meet the load.
    for fault in 1...6 {
      try await progress.reach(fault * work.count / 8)
      try await breakConnections()
      if fault % 2 == 0 {
        server.cut()
        try await server.start()
      }
    }
    try await clients.value
    server.cut()

    let paid = progress.paid
    #expect(paid.count == meals.count && progress.refused == contested.count)
    let stored = try await database.query("select check_in_id::text, diner_fen from check_ins")
    var prices: [String: Int] = [:]
    for row in stored {
      prices[try row.decode("check_in_id")] = try row.decode("diner_fen", as: Int.self)
    }
    #expect(stored.count == meals.count)
    #expect(prices == paid)
    let subsidised = try await database.query(
      "select count(*) from check_ins where diner_fen < list_fen", as: Int.self)
    #expect(try #require(subsidised.first) > meals.count / 2)
    #expect(try await broken(database) == [])
  }

  @Test(.timeLimit(.minutes(2)))
  func `that is told to end answers what it accepted, takes nothing more, and ends`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-end-\(UUID().uuidString)").path
    try SampleBooks.setUp(folder)
    let database = TestDatabase.current.database
    let diners = try await database.query(
      "select diner_id from current_diner_records order by diner_id limit 6", as: Int.self)
    let server = try await CounterServer()
    let window = try await LoadWindow(server.address)
    // Somebody holds the persons, so that the check-ins are under way when the server is told.
    let holder = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    try await holder.script("begin; select from diners for update")
    let clients = Task {
      try await withThrowingTaskGroup(of: Int?.self) { group in
        for diner in diners {
          let meal = LoadWindow.Meal(eater: .diner(diner), daysAgo: 0)
          group.addTask { try await window.checkIn(meal, UUID().uuidString, tries: 1) }
        }
        return try await group.reduce(into: [Int?]()) { $0.append($1) }
      }
    }
    // The owner sees what others wait for.
    let owner = Database(
      try ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 1,
      logger: TestDatabase.quietLogger)
    try await waitForLocks(owner)
    await owner.shutdown()

    server.tellToEnd()
    try await server.waitUntilClosed()
    let isWaiting = server.isRunning
    try await holder.script("commit")
    let answers = try await clients.value
    let hasEnded = try await server.end()
    await holder.close()

    #expect(isWaiting && hasEnded)
    #expect(answers.count == diners.count && answers.allSatisfy { $0 != nil })
    let stored = try await database.query("select count(*) from check_ins", as: Int.self)
    #expect(stored == [diners.count])
    #expect(try await broken(database) == [])
  }

  @Test(.timeLimit(.minutes(1)))
  func `that finds its address taken says so in a sentence, and the first one goes on`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-taken-\(UUID().uuidString)").path
    try SampleBooks.setUp(folder)
    let server = try await CounterServer()

    let second = try CommandLineRun.canteen(
      ["serve", "--port", "\(server.port)"], environment: SampleBooks.environment)

    #expect(second.status == 2)
    #expect(second.complaints.contains("127.0.0.1:\(server.port) 已被占用"), "\(second.complaints)")
    #expect(!second.complaints.contains("errno") && server.isRunning)
  }

  /// Returns once the server's batches wait for the persons: all of the requests are in them, or in
  /// the engine behind them.
  private func waitForLocks(_ database: Database) async throws {
    for _ in 0..<400 {
      let waiting = try await database.query(
        """
        select count(*)
        from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
        """, as: Int.self)
      if waiting != [0] { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    Issue.record("no check-in reached the database")
  }

  /// Meals whose transfers, stored line and columns say different things, and meals taken twice.
  private func broken(_ database: Database) async throws -> [String] {
    try await database.query(
      """
      select c.check_in_id::text
      from check_ins as c
      left join lateral (
          select
              coalesce(sum(t.fen), 0) as fen,
              coalesce(sum(t.fen) filter (where t.debit_account like 'received:%'), 0) as received
          from transfers as t
          where t.diner_id = c.diner_id
              and t.service_date = c.service_date
              and t.check_in_id = c.check_in_id
      ) as t on true
      left join lateral (
          select coalesce(sum((share ->> 'fen')::bigint), 0) as fen
          from jsonb_array_elements(coalesce(c.pricing #> '{line,shares}', '[]')) as share
      ) as s on true
      where t.fen <> c.list_fen
          or t.received <> c.diner_fen
          or s.fen <> c.list_fen - c.diner_fen
          or (c.pricing #>> '{line,diner}')::bigint <> c.diner_fen
      union all
      select format('%s %s %s', diner_id, service_date, period)
      from check_ins
      group by diner_id, service_date, period
      having count(*) > 1
      """, as: String.self)
  }

  private func breakConnections() async throws {
    let killer = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    _ = try await killer.query(
      """
      select pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and random() < 0.7
      """)
    await killer.close()
  }
}

/// What the server answered, and who waits for how many answers.
private final class Acknowledged: Sendable {
  private struct State {
    var paid: [String: Int] = [:]
    var refused = 0
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    var answers: Int { paid.count + refused }
  }

  private let state = Mutex(State())

  /// Keys of accepted meals with what the diner pays.
  var paid: [String: Int] { state.withLock(\.paid) }
  var refused: Int { state.withLock(\.refused) }

  /// - Parameter paid: nil for a meal that was taken before.
  func acknowledge(_ key: String, paid: Int?) {
    let reached = state.withLock { state in
      if let paid { state.paid[key] = paid } else { state.refused += 1 }
      let answers = state.answers
      let reached = state.waiting.filter { $0.count <= answers }
      state.waiting.removeAll { $0.count <= answers }
      return reached.map(\.continuation)
    }
    for continuation in reached { continuation.resume() }
  }

  /// Returns once so many are acknowledged.
  func reach(_ count: Int) async throws {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.answers >= count { return true }
        state.waiting.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
