import Testing

@testable import Postgres

/// Streams, COPY and notifications.
@Suite(.timeLimit(.minutes(1))) struct FlowTests {
  @Test func `rows stream to their end, and a stream that is left frees the pool`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let sum = try await database.stream("select id from generate_series(1, \(10_000)) as id") {
        rows in
        var sum = 0
        for try await row in rows { sum += try row.decode("id", as: Int.self) }
        return sum
      }
      try await database.stream("select * from generate_series(1, 1000000)") { rows in
        for try await _ in rows { break }
      }
      #expect(sum == 50_005_000)
      let answer1 = try await database.query("select 1", as: Int.self)
      #expect(answer1 == [1])
    }
  }

  @Test func `what is copied in comes out again, and bad rows are an error`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.execute("drop table if exists copied")
      try await database.execute("create table copied (id int)")
      let text = (1...50_000).map { "\($0)\n" }.joined()
      let pieces = AsyncStream<[UInt8]> { continuation in
        continuation.yield(Array(text.utf8))
        continuation.finish()
      }
      let answer2 = try await database.copyIn("copy copied from stdin", from: pieces)
      #expect(answer2 == 50_000)
      let out = try await database.copyOut("copy copied to stdout") { pieces in
        var bytes: [UInt8] = []
        for try await piece in pieces { bytes += piece }
        return bytes
      }
      #expect(String(decoding: out, as: UTF8.self) == text)
      let bad = AsyncStream<[UInt8]> { continuation in
        continuation.yield(Array("no number\n".utf8))
        continuation.finish()
      }
      await #expect(throws: ServerError.self) {
        try await database.copyIn("copy copied from stdin", from: bad)
      }
      let answer3 = try await database.query("select count(*) from copied", as: Int.self)
      #expect(answer3 == [50_000])
      try await database.execute("drop table copied")
    }
  }

  @Test func `a listener hears, and says when it listens again after a lost connection`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      var events = database.listen(to: ["meals_Today"]).makeAsyncIterator()
      let answer4 = try await events.next()
      #expect(answer4 == .listening)
      try await database.execute("select pg_notify('meals_Today', 'lunch')")
      guard case .notified(let told) = try await events.next() else {
        Issue.record("no notification came")
        return
      }
      #expect(told.payload == "lunch")
      try await database.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where query = 'listen "meals_Today"'
        """)
      let answer5 = try await events.next()
      #expect(answer5 == .resumed)
    }
  }
}
