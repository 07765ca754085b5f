import Foundation
import Testing

@testable import Postgres

/// Through PgBouncer in transaction mode, with the settings that the documentation names.
@Suite(.timeLimit(.minutes(1))) struct PgBouncerTests {
  @Test func `six connections share the bouncer's two: statements, transactions and flights`()
    async throws
  {
    try await Self.withDatabase(size: 6) { database in
      try await database.transaction { tx in
        try tx.script("drop table if exists bounced; create table bounced (id int primary key)")
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<60 {
          group.addTask {
            let seen = try await database.transaction { tx in
              try tx.execute("insert into bounced values (\(number))")
              let results = try tx.pipeline([
                "select id from bounced where id = \(number)", "select pg_backend_pid()",
              ])
              let pid = try results[1].rows(as: Int.self)
              let same = try tx.query("select pg_backend_pid()", as: Int.self)
              #expect(pid == same)
              return try results[0].rows(as: Int.self)
            }
            #expect(seen == [number])
            let answer = try await database.query("select \(number) * 2", as: Int.self)
            #expect(answer == [number * 2])
          }
        }
        try await group.waitForAll()
      }
      let count = try await database.query("select count(*) from bounced", as: Int.self)
      #expect(count == [60])
      let servers = try await database.query(
        """
        select count(distinct pid) from pg_stat_activity
        where query like '%bounced%' and pid <> pg_backend_pid()
        """, as: Int.self)
      #expect(servers[0] <= 2)
      try await database.execute("drop table bounced")
    }
  }

  @Test func `errors, roll-backs, streams and COPY work as they do without it`() async throws {
    try await Self.withDatabase(size: 2) { database in
      try await database.transaction { tx in
        try tx.script("drop table if exists bounced_copy; create table bounced_copy (id int)")
      }
      let pieces = AsyncStream<[UInt8]> { continuation in
        continuation.yield(Array("1\n2\n3\n".utf8))
        continuation.finish()
      }
      let copied = try await database.copyIn("copy bounced_copy from stdin", from: pieces)
      #expect(copied == 3)
      let error = await thrown(ServerError.self) {
        try await database.transaction { tx in
          try tx.execute("delete from bounced_copy")
          try tx.execute("select 1 / 0")
        }
      }
      #expect(error?.sqlState == "22012")
      let sum = try await database.stream("select id from bounced_copy") { rows in
        var sum = 0
        for try await row in rows { sum += try row.decode("id", as: Int.self) }
        return sum
      }
      #expect(sum == 6)
      let out = try await database.copyOut("copy bounced_copy to stdout") { pieces in
        var bytes: [UInt8] = []
        for try await piece in pieces { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
      }
      #expect(out == "1\n2\n3\n")
      try await database.execute("drop table bounced_copy")
    }
  }

  @Test func `a statement is cancelled through it as well`() async throws {
    try await Self.withDatabase(size: 1) { database in
      await #expect(throws: ConnectionError.timedOut) {
        try await database.execute("select 'bounced sleep', pg_sleep(30)", timeout: .seconds(1))
      }
      try await TestServer.wait(
        until: """
          not exists (select from pg_stat_activity
            where query like 'select ''bounced sleep%' and state = 'active')
          """)
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `with startup options it refuses the connection, and the reason says so`()
    async throws
  {
    try await PgBouncer.with { configuration in
      var configuration = configuration
      configuration.statementTimeout = .seconds(30)
      let error = await thrown(ConnectionError.self) {
        _ = try await Connection.open(configuration, logger: TestServer.logger)
      }
      #expect(error?.isCannotConnect == true)
      #expect(error?.report.contains("options") == true)
    }
  }

  /// A pool with the documented settings.
  private static func withDatabase(
    size: Int, _ body: (Database) async throws -> Void
  ) async throws {
    try await PgBouncer.with { configuration in
      var configuration = configuration
      configuration.preparedStatements = 0
      configuration.sendsStartupOptions = false
      try await TestServer.withDatabase(size: size, configuration: configuration, body)
    }
  }
}
