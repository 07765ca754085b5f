import Testing

@testable import Postgres

@Suite struct RowsTests {
  @Test func `few rows are bound by values and many by arrays`() {
    func text(_ ids: [Int64]) -> String {
      let sql: SQL = """
        insert into meals (id, name)
        \(rows: .init("bigint", ids), .init("text", ids.map { "n\($0)" }))
        """
      return sql.text
    }
    #expect(text([7]) == "insert into meals (id, name)\nvalues ($1::bigint, $2::text)")
    #expect(
      text([7, 8])
        == "insert into meals (id, name)\n"
        + "values ($1::bigint, $2::text), ($3::bigint, $4::text)")
    let arrays = "insert into meals (id, name)\nselect * from unnest($1::bigint[], $2::text[])"
    #expect(text([1, 2, 3, 4]) == arrays)
    #expect(text([]) == arrays)
  }

  @Test func `a part of many values is renumbered behind others, with any text between them`() {
    var part = SQL(unescaped: "(")
    for number in 1...11 { part.append("王\(number)é，" as SQL) }
    part.append(")" as SQL)
    let sql: SQL = "select 张 \(0) 在 \(fragment: part) 和 \(fragment: part), \(12)"
    func list(_ numbers: ClosedRange<Int>) -> String {
      "(" + numbers.map { "王$\($0)é，" }.joined() + ")"
    }

    #expect(sql.text == "select 张 $1 在 \(list(2...12)) 和 \(list(13...23)), $24")
    #expect(
      sql.slots.map { String(decoding: sql.utf8[$0.mark...].prefix(1), as: UTF8.self) }
        == Array(repeating: "$", count: 24))
  }

  @Test(arguments: [0, 1, 2, 3, 4, 40])
  func `rows arrive as they are, with what is missing`(count: Int) async throws {
    let ids = (0..<count).map { Int64($0) }
    let names = ids.map { $0 % 2 == 0 ? "王\($0),\"}" : nil }
    let facts = ids.map { #"{"id":\#($0)}"# }
    try await TestServer.withDatabase { database in
      for _ in 0..<3 {
        let rows = try await database.query(
          """
          select id, name, fact ->> 'id' as fact
          from (
              \(rows: .init("bigint", ids), .init("text", names), .init("jsonb", facts))
          ) as given (id, name, fact)
          order by id
          """)
        #expect(try rows.map { try $0.decode("id", as: Int64.self) } == ids)
        #expect(try rows.map { try $0.decode("name", as: String?.self) } == names)
        #expect(try rows.map { try $0.decode("fact", as: String.self) } == ids.map { "\($0)" })
      }
    }
  }

  @Test(arguments: [
    "", "it's", "''", "a\\'b", "\\", "$1", "王'; select 1 --", "\n\t\"", "E'x'", "a'\u{301}",
    "\\\u{301}'\u{FE0F}",
  ])
  func `a literal is the text that it was made of, whatever stands in it`(text: String) async throws
  {
    try await TestServer.withDatabase { database in
      for setting in ["on", "off"] {
        let read = try await database.transaction { transaction in
          try transaction.script("set local standard_conforming_strings = \(setting)")
          return try transaction.query(
            "select \(fragment: SQL(literal: text))::text as text, \(7) as other"
          ).map { try $0.decode("text", as: String.self) }
        }
        #expect(read == [text])
      }
      await #expect(throws: ParameterError.self) {
        try await database.query("select \(fragment: SQL(literal: "a\0b"))")
      }
    }
  }
}
