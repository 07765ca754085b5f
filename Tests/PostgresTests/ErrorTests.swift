import Foundation
import Testing

@testable import Postgres

/// What errors tell the program, and what they keep from the log.
@Suite(.timeLimit(.minutes(1))) struct ErrorTests {
  @Test func `an error carries every field that the server sends`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let line: UInt = #line + 2
      let error = await thrown(ServerError.self) {
        try await database.transaction { tx in
          try tx.script(
            """
            do $$begin
              raise exception 'the message' using errcode = 'ZX001', detail = 'the detail',
                hint = 'the hint', column = 'the column', constraint = 'the constraint',
                datatype = 'the type', table = 'the table', schema = 'the schema';
            end$$
            """, line: line)
        }
      }
      let found = try #require(error)
      #expect(found.sqlState == "ZX001")
      #expect(found.severity == "ERROR")
      #expect(found.message == "the message")
      #expect(found.detail == "the detail")
      #expect(found.hint == "the hint")
      #expect(found.column == "the column")
      #expect(found.constraint == "the constraint")
      #expect(found.dataType == "the type")
      #expect(found.table == "the table")
      #expect(found.schema == "the schema")
      #expect(found.context?.contains("inline_code_block") == true)
      #expect(found.sourceFile == "pl_exec.c")
      #expect(found.sourceLine != nil)
      #expect(found.sourceFunction == "exec_stmt_raise")
      #expect(found.statement.hasPrefix("do $$begin"))
      #expect(found.fileID == #fileID)
      #expect(found.line == line)
    }
  }

  @Test func `positions say where in which statement the error lies`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let direct = await thrown(ServerError.self) { try await database.query("select nothing") }
      #expect(direct?.sqlState == .undefinedColumn)
      #expect(direct?.position == 8)

      let inner = await thrown(ServerError.self) {
        try await database.transaction { tx in
          try tx.script("do $$begin execute 'select nobody'; end$$")
        }
      }
      #expect(inner?.internalQuery == "select nobody")
      #expect(inner?.internalPosition == 8)
      #expect(inner?.position == nil)
    }
  }

  @Test func `the caller's file and line are in every call's error`() async throws {
    let wrong: SQL = "select wrong"
    try await TestServer.withDatabase(size: 1) { pool in
      let calls: [(line: UInt, call: () async throws -> Void)] = [
        (#line, { _ = try await pool.query(wrong) }),
        (#line, { _ = try await pool.query(wrong, as: Int.self) }),
        (#line, { try await pool.execute(wrong) }),
        (#line, { _ = try await pool.pipeline([wrong]) }),
        (#line, { try await pool.stream(wrong) { for try await _ in $0 {} } }),
        (#line, { try await pool.copyOut(wrong) { for try await _ in $0 {} } }),
        (#line, { _ = try await pool.transaction { try $0.execute(wrong) } }),
        (#line, { try await pool.transaction { _ = try $0.query(wrong) } }),
        (#line, { try await pool.transaction { _ = try $0.pipeline([wrong]) } }),
        (#line, { _ = try await pool.transaction { try $0.savepoint { try $0.execute(wrong) } } }),
        (#line, { try await pool.withConnection { try await $0.script("select wrong") } }),
      ]
      for (line, call) in calls {
        let error = await thrown(ServerError.self, call)
        #expect(error?.line == line)
        #expect(error?.fileID == #fileID)
      }
    }
  }

  @Test func `a description shows no values where the server's own sentence quotes them`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.transaction { tx in
        try tx.script(
          """
          drop table if exists quoting;
          create table quoting (id_number text constraint one_person_one_number unique,
            age int constraint nobody_is_younger_than_nothing check (age >= 0));
          insert into quoting values ('511323194001011234', 80);
          """)
      }
      let secret = "511323194001011234"
      let statements: [(SQL, SQLState, String?)] = [
        ("insert into quoting values (\(secret), 1)", .uniqueViolation, "one_person_one_number"),
        (
          "insert into quoting values (\(secret + "x"), -1)", .checkViolation,
          "nobody_is_younger_than_nothing"
        ),
        ("select \("x" + secret)::int", .invalidTextRepresentation, nil),
      ]
      for (sql, state, constraint) in statements {
        let error = try #require(
          await thrown(ServerError.self) { try await database.execute(sql) })
        #expect(error.sqlState == state)
        #expect(error.constraint == constraint)
        #expect(error.report.contains(secret))
        let rolledBack = TransactionError.rolledBack(cause: error)
        var dumped = ""
        dump(error, to: &dumped)
        let texts = [
          "\(error)", "\(rolledBack)", "\([error])", "\(Optional(rolledBack) as Any)",
          String(reflecting: error), dumped, error.localizedDescription,
        ]
        for text in texts {
          #expect(!text.contains(secret))
        }
        #expect("\(error)".contains(state.code))
        if let constraint { #expect("\(error)".contains(constraint)) }
      }
      try await database.execute("drop table quoting")
    }
  }

  @Test func `a column that does not fit is named with what was wanted and found`() async throws {
    struct Person: Decodable, Sendable { let id: Int, name: String }
    enum Mood: String, Decodable, PostgresDecodable, Sendable { case merry }
    try await TestServer.withDatabase(size: 1) { database in
      let row = try await database.query(
        "select 'x' as id, null::text as name, 70000 as big, 'sad' as mood, true as ok")[0]

      func error(_ body: () throws -> Void) -> RowDecodingError? {
        #expect(throws: RowDecodingError.self, performing: body)
      }
      #expect(
        error { _ = try row.decode("id", as: Int.self) }
          == RowDecodingError(column: "id", wanted: "Int", found: "text"))
      #expect(
        error { _ = try row.decode(1, as: String.self) }
          == RowDecodingError(column: "name", wanted: "String", found: "null"))
      #expect(
        error { _ = try row.decode("big", as: Int16.self) }
          == RowDecodingError(
            column: "big", wanted: "Int16", found: "a number that does not fit"))
      #expect(
        error { _ = try row.decode("mood", as: Mood.self) }
          == RowDecodingError(
            column: "mood", wanted: "Mood", found: "a value that is none of its cases"))
      #expect(
        error { _ = try row.decode("ok", as: UUID.self) }
          == RowDecodingError(column: "ok", wanted: "UUID", found: "bool"))
      #expect(
        error { _ = try row.decode("absent", as: Int.self) }
          == RowDecodingError(column: "absent", wanted: "Int", found: "no such column"))
      #expect(
        error { _ = try row.decode(9, as: Int.self) }
          == RowDecodingError(column: "number 9", wanted: "Int", found: "no such column"))
      #expect(
        error { _ = try row.decode(Person.self) }
          == RowDecodingError(column: "id", wanted: "Int", found: "text"))
      #expect(
        error { _ = try row.decode(Int.self) }
          == RowDecodingError(column: "*", wanted: "Int", found: "5 columns"))
    }
  }

  @Test func `a structure's columns are named as well when one is missing or null`() async throws {
    struct Person: Decodable, Sendable { let id: Int, familyName: String }
    try await TestServer.withDatabase(size: 1) { database in
      let missing = await thrown(RowDecodingError.self) {
        _ = try await database.query("select 1 as id", as: Person.self)
      }
      #expect(
        missing
          == RowDecodingError(column: "familyName", wanted: "String", found: "no such column"))
      let null = await thrown(RowDecodingError.self) {
        _ = try await database.query(
          "select 1 as id, null::text as family_name", as: Person.self)
      }
      #expect(null == RowDecodingError(column: "family_name", wanted: "String", found: "null"))
    }
  }

  @Test func `SQLSTATE is a value that compares, and names what it knows`() {
    #expect(SQLState("23505") == .uniqueViolation)
    #expect("\(SQLState.uniqueViolation)" == "23505 (unique_violation)")
    #expect("\(SQLState("ZX001"))" == "ZX001")
    #expect(SQLState.uniqueViolation.errorClass == "23")
    #expect(SQLState.serializationFailure.isWorthRetrying)
    #expect(!SQLState.queryCanceled.isWorthRetrying)
  }
}
