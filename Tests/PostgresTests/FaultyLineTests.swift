import Testing

@testable import Postgres

/// What happens when the network breaks or falls silent, seen through a line that does so.
@Suite(.timeLimit(.minutes(1))) struct FaultyLineTests {
  @Test func `COMMIT whose answer was lost was done, and its outcome is unknown to the caller`()
    async throws
  {
    let direct = try await TestServer.connect()
    try await direct.script("drop table if exists unanswered; create table unanswered (id int)")
    try await FaultyLine.with(.cutAnswer("commit\u{0}")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let error = await thrown(ConnectionError.self) {
          try await database.transaction { try $0.execute("insert into unanswered values (1)") }
        }
        #expect(error?.isOutcomeUnknown == true)
      }
    }
    let kept = try await direct.query("select count(*) from unanswered", as: Int.self)
    #expect(kept == [1])
    await direct.close()
  }

  @Test func `COMMIT that never arrived was not done, and its outcome is unknown as well`()
    async throws
  {
    let direct = try await TestServer.connect()
    try await direct.script("drop table if exists unsent; create table unsent (id int)")
    try await FaultyLine.with(.cutBefore("commit\u{0}")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let error = await thrown(ConnectionError.self) {
          try await database.transaction { try $0.execute("insert into unsent values (1)") }
        }
        #expect(error?.isOutcomeUnknown == true)
      }
    }
    let kept = try await direct.query("select count(*) from unsent", as: Int.self)
    #expect(kept == [0])
    try await direct.script("drop table unsent; drop table unanswered")
    await direct.close()
  }

  @Test func `COMMIT in the last flight whose answer was lost leaves the outcome unknown too`()
    async throws
  {
    let direct = try await TestServer.connect()
    try await direct.script("drop table if exists flown; create table flown (id int)")
    try await FaultyLine.with(.cutAnswer("commit\u{0}")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let error = await thrown(ConnectionError.self) {
          try await database.transaction { tx in
            _ = try tx.pipelineAndCommit(["insert into flown values (1)"])
          }
        }
        #expect(error?.isOutcomeUnknown == true)
      }
    }
    let kept = try await direct.query("select count(*) from flown", as: Int.self)
    #expect(kept == [1])
    try await direct.script("drop table flown")
    await direct.close()
  }

  @Test func `COMMIT answered with silence ends at the caller's deadline, its outcome unknown`()
    async throws
  {
    try await FaultyLine.with(.fallSilent("commit\u{0}")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let error = await thrown(ConnectionError.self) {
          try await database.transaction(timeout: .milliseconds(200)) { tx in
            try tx.execute("select 1")
          }
        }
        #expect(error?.isOutcomeUnknown == true)
      }
    }
  }

  @Test func `a line cut during a statement is a lost connection, and the pool takes another`()
    async throws
  {
    try await FaultyLine.with(.cutAnswer("fatal words")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let error = await thrown(ConnectionError.self) {
          try await database.execute("select 'fatal words'")
        }
        #expect(error?.isLost == true)
        let counters = database.counters
        #expect(counters.inUse == 0)
        #expect(counters.idle == 0)
      }
    }
  }

  @Test func `a server that falls silent during a statement holds nobody past the deadline`()
    async throws
  {
    try await FaultyLine.with(.fallSilent("fatal words")) { configuration in
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let start = ContinuousClock.now
        await #expect(throws: ConnectionError.timedOut) {
          try await database.execute("select 'fatal words'", timeout: .milliseconds(200))
        }
        let waited = ContinuousClock.now - start
        #expect(waited >= .milliseconds(200))
        #expect(waited < .seconds(10))
      }
    }
  }

  @Test func `without a deadline of the caller's, a silent server is given up after its own limit`()
    async throws
  {
    try await FaultyLine.with(.fallSilent("fatal words")) { configuration in
      var configuration = configuration
      configuration.statementTimeout = .milliseconds(100)
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        await #expect(throws: ConnectionError.timedOut) {
          try await database.execute("select 'fatal words'")
        }
      }
    }
  }

  @Test func `a server that accepts and stays silent is given up at the connect timeout`()
    async throws
  {
    try await FaultyLine.with(.neverSpeak) { configuration in
      var configuration = configuration
      configuration.connectTimeout = .milliseconds(200)
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let start = ContinuousClock.now
        await #expect(throws: ConnectionError.timedOut) { try await database.query("select 1") }
        #expect(ContinuousClock.now - start < .seconds(10))
      }
    }
  }

  @Test func `a first host that accepts and stays silent leaves the next its time`() async throws {
    let good = try TestServer.configuration()
    let host = try #require(good.parameters["host"])
    let port = good.parameters["port"] ?? "5432"
    try await FaultyLine.with(.neverSpeak) { configuration in
      var configuration = configuration
      configuration.parameters["host"]! += ",\(host)"
      configuration.parameters["port"] = "5432,\(port)"
      configuration.connectTimeout = .seconds(1)
      try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
        let answer = try await database.query("select 1", as: Int.self)
        #expect(answer == [1])
      }
    }
  }

  @Test func `a caller who is cancelled while a server stays silent is released at once`()
    async throws
  {
    try await FaultyLine.with(.neverSpeak) { configuration in
      var configuration = configuration
      configuration.connectTimeout = .seconds(600)
      let task = Task { [configuration] in
        _ = try await Connection.open(configuration, logger: TestServer.logger)
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }
}
