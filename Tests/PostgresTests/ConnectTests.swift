import Foundation
import Testing

@testable import Postgres

/// Where a connection comes about, and what is said where it does not.
@Suite(.timeLimit(.minutes(1))) struct ConnectTests {
  @Test func `nobody listening is said at once, by socket and by network`() async throws {
    for parameters in [
      ["host": "/nonexistent", "user": "nobody"],
      ["host": "127.0.0.1", "port": "1", "user": "nobody"],
    ] {
      let nowhere = ConnectionConfiguration(parameters: parameters)
      try await TestServer.withDatabase(configuration: nowhere) { database in
        let error = await thrown(ConnectionError.self) { try await database.query("select 1") }
        #expect(error?.isCannotConnect == true)
      }
    }
  }

  @Test func `of several hosts the first that answers is taken`() async throws {
    var configuration = try TestServer.configuration()
    let host = try #require(configuration.parameters["host"])
    let port = configuration.parameters["port"] ?? "5432"
    configuration.parameters["host"] = "/nonexistent,127.0.0.1,\(host)"
    configuration.parameters["port"] = "5432,1,\(port)"
    try await TestServer.withDatabase(configuration: configuration) { database in
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `hosts are tried one by one, standbys before the others where they are preferred`() {
    let configuration = ConnectionConfiguration(parameters: [
      "host": "a,b", "port": "1,2", "target_session_attrs": "prefer-standby",
    ])
    let tried = configuration.attempts.map { attempt in
      ["host", "port", "target_session_attrs"].map { attempt.parameters[$0] ?? "" }
    }
    #expect(
      tried == [
        ["a", "1", "standby"], ["b", "2", "standby"], ["a", "1", "any"], ["b", "2", "any"],
      ])
    let unequal = ConnectionConfiguration(parameters: ["host": "a,b,c", "port": "1,2"])
    #expect(unequal.attempts.map(\.parameters) == [unequal.parameters])
  }

  @Test func `a database that does not exist is a refusal, with the server's reason`()
    async throws
  {
    var configuration = try TestServer.configuration()
    configuration.parameters["dbname"] = "no such database"
    let error = await thrown(ConnectionError.self) {
      _ = try await Connection.open(configuration, logger: TestServer.logger)
    }
    #expect(error?.isCannotConnect == true)
    #expect(error?.report.contains("does not exist") == true)
    #expect(error.map { "\($0)" } == "cannot connect to the database server")
  }

  @Test func `an unreadable URL is refused without quoting it`() async throws {
    let error = await thrown(ConnectionError.self) {
      _ = try ConnectionConfiguration(url: "postgresql://u:secret@[::1/x")
    }
    #expect(error?.isCannotConnect == true)
    #expect(error?.report.contains("secret") == false)
  }

  @Test func `URL and keywords mean the same, and no form of printing shows the password`() throws {
    let url = try ConnectionConfiguration(url: "postgresql://u:secret@h:1/d?sslmode=verify-full")
    let words = try ConnectionConfiguration(
      url: "user=u password=secret host=h port=1 dbname=d sslmode=verify-full")
    #expect(url.parameters == words.parameters)
    #expect(url.parameters["sslmode"] == "verify-full")
    var dumped = ""
    dump(url, to: &dumped)
    for text in ["\(url)", String(reflecting: url), dumped] {
      #expect(text.contains("host=h"))
      #expect(!text.contains("secret"))
    }
  }

  @Test func `time zone, role and date style are as configured, whatever the server's default`()
    async throws
  {
    var configuration = try TestServer.configuration()
    configuration.timeZone = "Asia/Shanghai"
    configuration.role = "pg_read_all_data"
    configuration.parameters["options"] = "-c datestyle=german"
    let connection = try await Connection.open(configuration, logger: TestServer.logger)
    let row = try await connection.query(
      """
      select current_setting('timezone') as zone, current_user::text as role,
        date '2024-02-29'::text as day
      """)[0]
    #expect(try row.decode("zone") == "Asia/Shanghai")
    #expect(try row.decode("role") == "pg_read_all_data")
    #expect(try row.decode("day") == "2024-02-29")
    await connection.close()
  }

  @Test func `a closed connection says so`() async throws {
    let connection = try await TestServer.connect()
    await connection.close()
    await #expect(throws: ConnectionError.closed) { try await connection.query("select 1") }
  }
}
