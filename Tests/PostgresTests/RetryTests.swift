import Dispatch
import Synchronization
import Testing

@testable import Postgres

/// A whole transaction runs again after a collision with another one, and after nothing else.
@Suite(.timeLimit(.minutes(1)), .serialized) struct RetryTests {
  @Test func `two serializable transactions that collide both succeed in the end`() async throws {
    try await TestServer.withDatabase(size: 2) { database in
      try await Self.makeCounters(database)
      let runs = Count()
      let meeting = Meeting()

      // Each reads what the other writes, both before either commits: one must run again.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (own, other) in [(1, 2), (2, 1)] {
          group.addTask {
            try await database.transaction(isolation: .serializable) { tx in
              runs.add()
              let read = try tx.query(
                "select value from retried where id = \(other)", as: Int.self)[0]
              meeting.wait()
              try tx.execute("update retried set value = value + \(read) + 1 where id = \(own)")
            }
          }
        }
        try await group.waitForAll()
      }

      // As if one after the other: the second one read what the first had written.
      let values = try await database.query(
        "select value from retried order by value", as: Int.self)
      #expect(values == [1, 2])
      #expect(runs.value == 3)
    }
  }

  @Test func `of two transactions in a deadlock the victim runs again, and both succeed`()
    async throws
  {
    var configuration = try TestServer.configuration()
    configuration.parameters["options"] = "-c deadlock_timeout=50ms"
    try await TestServer.withDatabase(size: 2, configuration: configuration) { database in
      try await Self.makeCounters(database)
      let runs = Count()
      let meeting = Meeting()

      try await withThrowingTaskGroup(of: Void.self) { group in
        for (first, second) in [(1, 2), (2, 1)] {
          group.addTask {
            try await database.transaction { tx in
              runs.add()
              try tx.execute("update retried set value = value + 1 where id = \(first)")
              meeting.wait()
              try tx.execute("update retried set value = value + 1 where id = \(second)")
            }
          }
        }
        try await group.waitForAll()
      }

      let values = try await database.query("select value from retried", as: Int.self)
      #expect(values == [2, 2])
      #expect(runs.value == 3)
    }
  }

  @Test(arguments: ["40001", "40P01"])
  func `what never succeeds is run four times, and its error then comes out`(_ code: String)
    async throws
  {
    try await expect(runs: 4, of: code)
  }

  @Test(arguments: ["23505", "55P03", "57014", "40002", "40003", "P0001"])
  func `nothing else runs again`(_ code: String) async throws {
    try await expect(runs: 1, of: code)
  }

  @Test func `an error of the body's own does not run again`() async throws {
    struct Refusal: Error {}
    let runs = Count()
    try await TestServer.withDatabase(size: 1) { database in
      await #expect(throws: Refusal.self) {
        try await database.transaction { tx in
          runs.add()
          try tx.execute("select 1")
          throw Refusal()
        }
      }
    }
    #expect(runs.value == 1)
  }

  @Test func `a body that runs again runs whole, on a clean slate`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      try await Self.makeCounters(database)
      let runs = Count()
      let seen = try await database.transaction { tx in
        let run = runs.add()
        try tx.execute("update retried set value = value + 1 where id = 1")
        if run < 3 { try tx.script("do $$begin raise sqlstate '40001'; end$$") }
        return try tx.query("select value from retried where id = 1", as: Int.self)
      }
      #expect(seen == [1])
      #expect(runs.value == 3)
    }
  }

  @Test func `a lone connection's transaction runs once, whatever happens`() async throws {
    let connection = try await TestServer.connect()
    let runs = Count()
    let error = await thrown(ServerError.self) {
      try await connection.transaction { tx in
        runs.add()
        try tx.script("do $$begin raise sqlstate '40001'; end$$")
      }
    }
    #expect(error?.sqlState == .serializationFailure)
    #expect(runs.value == 1)
    await connection.close()
  }

  private func expect(runs expected: Int, of code: String) async throws {
    let runs = Count()
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(ServerError.self) {
        try await database.transaction { tx in
          runs.add()
          try tx.script("do $$begin raise sqlstate '\(code)'; end$$")
        }
      }
      #expect(error?.sqlState == SQLState(code))
    }
    #expect(runs.value == expected)
  }

  private static func makeCounters(_ database: Database) async throws {
    try await database.transaction { tx in
      try tx.script(
        """
        drop table if exists retried;
        create table retried (id int primary key, value int not null);
        insert into retried values (1, 0), (2, 0);
        """)
    }
  }
}

/// Lets the first two pass when both have come; everybody later passes at once.
private final class Meeting: Sendable {
  private let come = Mutex(0)
  private let gate = DispatchSemaphore(value: 0)

  func wait() {
    let number = come.withLock { come in
      come += 1
      return come
    }
    switch number {
    case 1: gate.wait()
    case 2: gate.signal()
    default: break
    }
  }
}
