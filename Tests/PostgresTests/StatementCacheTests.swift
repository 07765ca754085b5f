import Testing

@testable import Postgres

/// Which statements stay prepared, and what happens when the server has others.
@Suite(.timeLimit(.minutes(1))) struct StatementCacheTests {
  @Test func `a statement is prepared when it comes a second time`() {
    var cache = StatementCache(limit: 2)
    guard case .asText(_?) = cache.plan(for: "select 1") else {
      Issue.record("not as text")
      return
    }
    guard case .prepare(let entry) = cache.plan(for: "select 1") else {
      Issue.record("not prepared")
      return
    }
    cache.confirm(entry)
    guard case .prepared = cache.plan(for: "select 1") else {
      Issue.record("not used")
      return
    }
  }

  @Test func `beyond its limit the least recently used statement goes, and is deallocated`() {
    var cache = StatementCache(limit: 2)
    let names = ["select 1", "select 2"].map { prepare(SQL(unescaped: $0), in: &cache) }
    _ = cache.plan(for: "select 1")

    _ = cache.plan(for: "select 3")

    #expect(cache.count == 2)
    #expect(cache.takeSuperfluous() == [names[1]])
    #expect(cache.takeSuperfluous() == [])
  }

  @Test func `the same text with other types is another statement`() {
    var cache = StatementCache(limit: 2)
    let name = prepare("select \(1)", in: &cache)
    guard case .asText = cache.plan(for: "select \(true)") else {
      Issue.record("reused")
      return
    }
    #expect(cache.takeSuperfluous() == [name])
  }

  @Test func `without room nothing is prepared`() {
    var cache = StatementCache(limit: 0)
    for _ in 0..<3 {
      guard case .asText(nil) = cache.plan(for: "select 1") else {
        Issue.record("kept")
        return
      }
    }
    #expect(cache.count == 0)
  }

  @Test func `the server holds no more statements than the limit says`() async throws {
    var configuration = try TestServer.configuration()
    configuration.preparedStatements = 5
    let connection = try await Connection.open(configuration, logger: TestServer.logger)
    for number in 0..<50 {
      for _ in 0..<3 {
        let answer = try await connection.query(
          "select \(unescaped: String(number))", as: Int.self)
        #expect(answer == [number])
      }
    }
    let held = try await connection.query(
      "select count(*) from pg_prepared_statements", as: Int.self)
    #expect((1...5).contains(held[0]))
    await connection.close()
  }

  @Test func `a table changed between two runs of a statement does not fail the second`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await Self.makeTable(database)
      for _ in 0..<3 {
        let rows = try await database.query("select * from altered")
        #expect(try rows[0].decode("id", as: Int.self) == 1)
      }

      try await database.execute("alter table altered add column name text default 'x'")

      for _ in 0..<3 {
        let rows = try await database.query("select * from altered")
        #expect(rows[0].columnNames == ["id", "name"])
        #expect(try rows[0].decode("name", as: String.self) == "x")
      }
      try await database.execute("alter table altered alter column id type text")
      for _ in 0..<3 {
        let rows = try await database.query("select * from altered")
        #expect(try rows[0].decode("id", as: String.self) == "1")
      }
      try await database.execute("drop table altered")
    }
  }

  @Test func `inside a transaction the changed statement is an error, and the next run succeeds`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await Self.makeTable(database)
      for _ in 0..<3 { _ = try await database.query("select * from altered") }
      try await database.execute("alter table altered add column name text")

      let error = await thrown(ServerError.self) {
        try await database.transaction { tx in
          try tx.execute("select 1")
          _ = try tx.query("select * from altered")
        }
      }
      #expect(error?.sqlState == .featureNotSupported)

      let names = try await database.transaction { tx in
        try tx.query("select * from altered")[0].columnNames
      }
      #expect(names == ["id", "name"])
      try await database.execute("drop table altered")
    }
  }

  @Test func `statements that somebody else deallocated are prepared anew`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      for round in 0..<3 {
        for _ in 0..<3 {
          let answer = try await database.query("select \(round)", as: Int.self)
          #expect(answer == [round])
        }
        try await database.withConnection { try await $0.script("deallocate all") }
      }
    }
  }

  @Test func `a type dropped and made anew does not fail the statements that used it`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      let make: SQL = "create type made_anew as enum ('rice', 'noodles')"
      try await database.execute("drop type if exists made_anew")
      try await database.execute(make)
      for _ in 0..<3 {
        for _ in 0..<3 {
          let answer = try await database.query(
            "select (\("rice")::text::made_anew)::text", as: String.self)
          #expect(answer == ["rice"])
          let typed = try await database.query(
            "select \("noodles")::made_anew as dish", as: [String: String].self)
          #expect(typed == [["dish": "noodles"]])
        }
        try await database.execute("drop type made_anew")
        try await database.execute(make)
      }
      try await database.execute("drop type made_anew")
    }
  }

  @Test func `a new connection starts with an empty cache`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      for _ in 0..<3 { try await database.execute("select \(1)") }
      let pid = try await database.query("select pg_backend_pid()", as: Int.self)[0]
      try await TestServer.terminate(pid)
      for _ in 0..<3 {
        let answer = try await database.query("select \(1)", as: Int.self)
        #expect(answer == [1])
      }
    }
  }

  private func prepare(_ sql: SQL, in cache: inout StatementCache) -> String? {
    _ = cache.plan(for: sql)
    guard case .prepare(let entry) = cache.plan(for: sql) else { return nil }
    cache.confirm(entry)
    return entry.name
  }

  private static func makeTable(_ database: Database) async throws {
    try await database.transaction { tx in
      try tx.script(
        """
        drop table if exists altered;
        create table altered (id int);
        insert into altered values (1);
        """)
    }
  }
}
