import Testing

@testable import Postgres

/// What a transaction keeps, undoes and refuses.
@Suite(.timeLimit(.minutes(1))) struct TransactionTests {
  @Test(arguments: IsolationLevel.allCases)
  func `a transaction runs at the level that was asked for`(_ level: IsolationLevel) async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let found = try await database.transaction(isolation: level, readOnly: true) { tx in
        try tx.query(
          """
          select current_setting('transaction_isolation') || ' '
            || current_setting('transaction_read_only')
          """, as: String.self)
      }
      #expect(found == ["\(level.rawValue) on"])
    }
  }

  @Test func `a read-only transaction refuses to write`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(ServerError.self) {
        try await database.transaction(readOnly: true) {
          try $0.execute("create table no (id int)")
        }
      }
      #expect(error?.sqlState == .readOnlySQLTransaction)
    }
  }

  @Test func `repeatable read sees one moment, read committed each statement's own`() async throws {
    try await TestServer.withDatabase(size: 2) { database in
      for (level, expected) in [
        (IsolationLevel.repeatableRead, [0, 0]), (.readCommitted, [0, 1]),
      ] {
        try await database.transaction { tx in
          try tx.script("drop table if exists moments; create table moments (id int)")
        }
        let seen = try await database.transaction(isolation: level) { tx in
          let before = try tx.query("select count(*) from moments", as: Int.self)
          blocking { try await database.execute("insert into moments values (1)") }
          return before + (try tx.query("select count(*) from moments", as: Int.self))
        }
        #expect(seen == expected)
      }
      try await database.execute("drop table moments")
    }
  }

  @Test func `a savepoint that throws undoes its own statements, at any depth`() async throws {
    struct Undo: Error {}
    try await TestServer.withDatabase(size: 1) { database in
      let kept = try await database.transaction { tx in
        try tx.execute("create temporary table depths (id int) on commit drop")
        try tx.savepoint { outer in
          try outer.execute("insert into depths values (1)")
          #expect(throws: Undo.self) {
            try outer.savepoint { inner in
              try inner.execute("insert into depths values (2)")
              try inner.savepoint { try $0.execute("insert into depths values (3)") }
              throw Undo()
            }
          }
          #expect(throws: ServerError.self) {
            try outer.savepoint { inner in
              try inner.execute("insert into depths values (4)")
              try inner.execute("select 1 / 0")
            }
          }
          try outer.savepoint { try $0.execute("insert into depths values (5)") }
        }
        return try tx.query("select id from depths order by id", as: Int.self)
      }
      #expect(kept == [1, 5])
    }
  }

  @Test func `an error swallowed inside a transaction makes its commit an error`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(TransactionError.self) {
        try await database.transaction { tx in _ = try? tx.query("select 1 / 0") }
      }
      guard case .rolledBack(let cause?) = error else {
        Issue.record("\(error as Any)")
        return
      }
      #expect(cause.sqlState == "22012")
      #expect("\(error as Any)".contains("22012"))
    }
  }

  @Test func `a body that ends the transaction itself is told that its parts stand alone`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      for ending in ["commit", "rollback"] {
        let error = await thrown(TransactionError.self) {
          try await database.transaction { try $0.script("select 1; \(ending)") }
        }
        guard case .endedInside = error else {
          Issue.record("\(error as Any)")
          return
        }
      }
    }
  }

  @Test func `a transaction begun where one is open already is refused`() async throws {
    let connection = try await TestServer.connect()
    try await connection.script("begin")
    let error = await thrown(TransactionError.self) {
      try await connection.transaction { try $0.execute("select 1") }
    }
    guard case .alreadyInside = error else {
      Issue.record("\(error as Any)")
      return
    }
    await connection.close()
  }

  @Test func `a transaction whose body asks nothing asks the server nothing`() async throws {
    let connection = try await TestServer.connect()
    let before = try await connection.query("select 1", as: Int.self)
    let answer = try await connection.transaction { _ in 5 }
    #expect(before == [1])
    #expect(answer == 5)
    await connection.close()
  }

  @Test func `COPY inside a transaction is undone with it`() async throws {
    struct Undo: Error {}
    try await TestServer.withDatabase(size: 1) { database in
      try await database.transaction { tx in
        try tx.script("drop table if exists copied_tx; create table copied_tx (id int)")
      }
      await #expect(throws: Undo.self) {
        try await database.transaction { tx in
          let count = try tx.copyIn("copy copied_tx from stdin", from: [Array("1\n2\n".utf8)])
          #expect(count == 2)
          throw Undo()
        }
      }
      let kept = try await database.query("select count(*) from copied_tx", as: Int.self)
      #expect(kept == [0])
      try await database.execute("drop table copied_tx")
    }
  }

  @Test func `COMMIT may travel with the last statements, all of which then stand`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let answers = try await database.transaction { tx in
        try tx.execute("create table together (id int primary key)")
        return try tx.pipelineAndCommit([
          "insert into together values (1)", "insert into together values (2)",
        ]).map(\.affected)
      }
      #expect(answers == [1, 1])
      let kept = try await database.query("select id from together order by id", as: Int.self)
      #expect(kept == [1, 2])
      try await database.execute("drop table together")
    }
  }

  @Test func `where one of the last statements fails, COMMIT behind it commits nothing`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.execute("create table apart (id int constraint apart_once primary key)")
      let error = await thrown(ServerError.self) {
        try await database.transaction { tx in
          try tx.execute("insert into apart values (1)")
          _ = try tx.pipelineAndCommit([
            "insert into apart values (2)", "insert into apart values (1)",
            "insert into apart values (3)",
          ])
        }
      }
      #expect(error?.constraint == "apart_once")
      let kept = try await database.query("select id from apart", as: Int.self)
      #expect(kept.isEmpty)
      try await database.execute("drop table apart")
    }
  }

  @Test func `after a swallowed error COMMIT does not travel, and nothing is kept`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.execute("create table swallowed (id int)")
      let error = await thrown(TransactionError.self) {
        try await database.transaction { tx in
          try tx.execute("insert into swallowed values (1)")
          _ = try? tx.execute("select 1 / 0")
          _ = try tx.pipelineAndCommit([])
        }
      }
      guard case .rolledBack(let cause?) = error else {
        Issue.record("\(error as Any)")
        return
      }
      #expect(cause.sqlState == SQLState("22012"))
      let kept = try await database.query("select id from swallowed", as: Int.self)
      #expect(kept.isEmpty)
      try await database.execute("drop table swallowed")
    }
  }
}
