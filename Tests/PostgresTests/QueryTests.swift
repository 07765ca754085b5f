import Foundation
import Logging
import Testing

@testable import Postgres

@Suite struct QueryTests {
  struct Diner: Decodable, Equatable, Sendable {
    let id: Int
    let fullName: String
    let birthDay: Date?
    let tags: [String]
  }

  @Test func `values bound in a literal come back decoded, by name, position and structure`()
    async throws
  {
    try await TestServer.withDatabase { database in
      let id = 7
      let name = "王秀英"
      let tags = ["a\"b", "", "{,}"]
      let sql: SQL = """
        select \(id) as id, \(name)::text as full_name, null::timestamptz as birth_day,
          \(tags) as tags
        """
      for _ in 0..<4 {
        let rows = try await database.query(sql)
        #expect(rows.count == 1)
        #expect(try rows[0].decode("id", as: Int.self) == 7)
        #expect(try rows[0].decode(1, as: String.self) == name)
        #expect(try rows[0].decode(1, as: String?.self) == name)
        #expect(
          try await database.query(sql, as: Diner.self)
            == [Diner(id: 7, fullName: name, birthDay: nil, tags: tags)])
      }
      #expect(
        try await database.query("select count(*) from generate_series(1, 5)", as: Int.self) == [5])
    }
  }

  @Test func `a transaction commits, and rolls back when its body throws`() async throws {
    struct Boom: Error {}
    try await TestServer.withDatabase { database in
      try await database.execute("drop table if exists tx_basic")
      try await database.transaction { tx in
        try tx.script("create table tx_basic (id int primary key); insert into tx_basic values (1)")
        let results = try tx.pipeline([
          "insert into tx_basic values (\(2))", "select id from tx_basic order by id",
          "insert into tx_basic values (\(3))",
        ])
        #expect(results[1].rows.count == 2)
        #expect(results[2].affected == 1)
      }
      await #expect(throws: Boom.self) {
        try await database.transaction { tx in
          try tx.execute("delete from tx_basic")
          throw Boom()
        }
      }
      await #expect(throws: ServerError.self) {
        try await database.execute("insert into tx_basic values (\(2))")
      }
      try await database.transaction { tx in
        _ = try? tx.savepoint { try $0.execute("insert into tx_basic values (1)") }
        try tx.execute("insert into tx_basic values (4)")
      }
      #expect(
        try await database.query("select id from tx_basic order by id", as: Int.self) == [
          1, 2, 3, 4,
        ])
      do {
        try await database.execute("insert into tx_basic values (1)")
      } catch let error as ServerError {
        #expect(error.sqlState == .uniqueViolation)
        #expect(error.constraint == "tx_basic_pkey")
      }
    }
  }
}
