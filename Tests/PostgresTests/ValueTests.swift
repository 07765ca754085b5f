import Foundation
import Testing

@testable import Postgres

/// Values of every type, there and back, with results in text and in binary.
@Suite(.timeLimit(.minutes(1))) struct ValueTests {
  private enum Mood: String, PostgresEncodable, PostgresDecodable { case merry, sad }
  private enum Grade: Int, PostgresEncodable, PostgresDecodable {
    case first = 1
    case second
  }

  @Test func `numbers and truth values`() async throws {
    try await check([true, false], as: "bool")
    try await check([Int16.min, -1, 0, .max], as: "int2")
    try await check([Int32.min, -1, 0, .max], as: "int4")
    try await check([Int64.min, -1, 0, .max], as: "int8")
    try await check([Int.min, -1, 0, .max], as: "int8")
    try await check(
      [0.1, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude],
      as: "float8")
  }

  @Test func `text with every kind of letter, empty and long`() async throws {
    try await check(
      ["", "王秀英", "a'b\"c\\d", "{,}", "NULL", "\n\t", "👵🏼", String(repeating: "长", count: 70_000)],
      as: "text")
  }

  @Test func `bytes, as three Swift types`() async throws {
    let all = Array(UInt8.min...UInt8.max)
    try await check([PostgresBytes([]), PostgresBytes(all)], as: "bytea")
    try await check([Data(), Data(all)], as: "bytea")
    for bytes in [[], all] { try await checkOne(bytes, as: "bytea") }
  }

  @Test func `uuids`() async throws {
    try await check([UUID(), UUID(uuid: zeros)], as: "uuid")
  }

  @Test func `days, from before Christ to far away`() async throws {
    try await check(
      [-2_000_000, -719_528, -1, 0, 10_957, 19_782, 2_000_000].map(PostgresDay.init), as: "date")
    let day = try await TestServer.connect()
    let leap = try await day.query("select '2024-02-29'::date", as: PostgresDay.self)
    #expect(leap == [PostgresDay(daysSince1970: 19_782)])
    await day.close()
  }

  @Test func `instants, to the microsecond`() async throws {
    try await check(
      [-62_135_596_800_000_001, -1, 0, 1_700_000_000_123_456, 9_000_000_000_000_000]
        .map(PostgresInstant.init), as: "timestamptz")
    try await check(
      [Date(timeIntervalSince1970: 1_700_000_000.25), Date(timeIntervalSince1970: -0.5)],
      as: "timestamptz")
  }

  @Test func `numerics keep every digit`() async throws {
    try await check(
      ["0", "0.00", "-0.0001", "12.50", "10000", "99999999.00010000", "1234567890123456789012.5"]
        .map(PostgresNumeric.init), as: "numeric")
    let digits = String(repeating: "7", count: 300) + "." + String(repeating: "3", count: 200)
    try await checkOne(PostgresNumeric(text: digits), as: "numeric")
    try await checkOne(PostgresNumeric(text: "NaN"), as: "numeric")
  }

  @Test func `JSON, as a document and as a value of the program's own`() async throws {
    struct Meal: Codable, Equatable, Sendable { let name: String, fen: Int }
    struct Holder: Decodable, Equatable, Sendable { let meal: Meal }
    let meal = Meal(name: "红烧\"肉\"", fen: 1250)
    let json = try PostgresJSON(encoding: meal)
    try await eachForm { connection in
      let row = try await connection.query("select \(json) as meal, '[1]'::json as list")[0]
      #expect(try row.decode("meal", as: PostgresJSON.self).decode(as: Meal.self) == meal)
      #expect(try row.decode("list", as: PostgresJSON.self).decode(as: [Int].self) == [1])
      let held = try await connection.query("select \(json) as meal", as: Holder.self)
      #expect(held == [Holder(meal: meal)])
    }
  }

  @Test func `enums over text and over numbers, and the server's own enums`() async throws {
    let owner = try await TestServer.connect()
    try await owner.script("drop type if exists mood; create type mood as enum ('merry', 'sad')")
    try await eachForm { connection in
      let row = try await connection.query(
        "select \(Mood.sad)::mood as mood, \(Grade.second) as grade, \([Mood.merry]) as moods")[0]
      #expect(try row.decode("mood", as: Mood.self) == .sad)
      #expect(try row.decode("grade", as: Grade.self) == .second)
      #expect(try row.decode("moods", as: [Mood].self) == [.merry])
    }
    try await owner.script("drop type mood")
    await owner.close()
  }

  @Test func `null alone, in arrays and in structures`() async throws {
    struct Person: Decodable, Equatable, Sendable { let name: String?, age: Int? }
    try await check([nil, "", "NULL", "a,b"] as [String?], as: "text")
    try await check([nil, 1] as [Int?], as: "int8")
    try await check([nil, UUID()] as [UUID?], as: "uuid")
    try await check([nil, PostgresDay(daysSince1970: 1)] as [PostgresDay?], as: "date")
    try await eachForm { connection in
      let person = try await connection.query(
        "select \(nil as String?)::text as name, \(nil as Int?) as age", as: Person.self)
      #expect(person == [Person(name: nil, age: nil)])
    }
  }

  @Test func `arrays unnest in order`() async throws {
    struct Line: Decodable, Equatable, Sendable { let id: Int, name: String?, day: PostgresDay }
    let days = [3, 2, 1].map(PostgresDay.init)
    let names: [String?] = ["甲", nil, ""]
    try await eachForm { connection in
      let lines = try await connection.query(
        "select * from unnest(\([1, 2, 3]), \(names), \(days)) as line (id, name, day)",
        as: Line.self)
      #expect(
        lines == [
          Line(id: 1, name: "甲", day: days[0]), Line(id: 2, name: nil, day: days[1]),
          Line(id: 3, name: "", day: days[2]),
        ])
    }
  }

  @Test(arguments: [
    "'infinity'::date", "'-infinity'::date", "'infinity'::timestamptz", "'-infinity'::timestamptz",
    "array[[1, 2], [3, 4]]", "'[0:1]={1,2}'::int[]",
  ]) func `what has no value in Swift is refused in both forms`(_ text: String) async throws {
    let isArray = text.contains("[")
    try await eachForm(differs: text.hasPrefix("'[0:1]")) { connection in
      let row = try await connection.query("select \(unescaped: text) as odd")[0]
      let error = #expect(throws: RowDecodingError.self) {
        if isArray {
          _ = try row.decode("odd", as: [Int].self)
        } else if text.hasSuffix("date") {
          _ = try row.decode("odd", as: PostgresDay.self)
        } else {
          _ = try row.decode("odd", as: Date.self)
        }
      }
      #expect(error?.column == "odd")
    }
  }

  @Test func `what the server could not hold is refused before anything is sent`() async throws {
    let connection = try await TestServer.connect()
    let statements: [(SQL, Int)] = [
      ("select \("a\u{0}b")::text", 1),
      ("select \(1), \(["a", "\u{0}"])", 2),
      ("select \(Date(timeIntervalSince1970: 1e16))", 1),
      ("select \(PostgresDay(daysSince1970: .max))", 1),
      ("select \(PostgresInstant(microsecondsSince1970: .min))", 1),
      ("select \(PostgresNumeric(text: "1,5"))", 1),
      ("select \([[1]])", 1),
    ]
    for (sql, parameter) in statements {
      let error = await thrown(ParameterError.self) { _ = try await connection.query(sql) }
      #expect(error?.parameter == parameter, "\(sql)")
      let inFlight = await thrown(ParameterError.self) {
        _ = try await connection.pipeline(["select 1", sql])
      }
      #expect(inFlight == error)
    }
    await #expect(throws: ParameterError.self) { try await connection.script("select 1\u{0}") }
    let answer = try await connection.query("select 1", as: Int.self)
    #expect(answer == [1])
    await connection.close()
  }

  // MARK: - There and back

  /// Alone and as an array.
  private func check<Value>(_ values: [Value], as type: String) async throws
  where Value: PostgresEncodable & PostgresDecodable & Equatable {
    for value in values { try await checkOne(value, as: type) }
    try await checkOne(values, as: "\(type)[]")
    try await checkOne([Value](), as: "\(type)[]")
  }

  private func checkOne<Value>(_ value: Value, as type: String) async throws
  where Value: PostgresEncodable & PostgresDecodable & Equatable {
    try await eachForm { connection in
      let row = try await connection.query("select \(value)::\(unescaped: type) as value")[0]
      let back = try row.decode("value", as: Value.self)
      #expect(back == value)
    }
  }

  /// Runs the check where results come as text, and as often as it takes for them to come in
  /// binary: once to learn the columns, once to prepare, once prepared.
  ///
  /// `differs` is for what only the text shows: an array's bounds of its own.
  private func eachForm(
    differs: Bool = false, _ body: (Connection) async throws -> Void
  ) async throws {
    var configuration = try TestServer.configuration()
    configuration.preparedStatements = 0
    let text = try await Connection.open(configuration, logger: TestServer.logger)
    try await body(text)
    await text.close()
    guard !differs else { return }
    let binary = try await TestServer.connect()
    for _ in 0..<3 { try await body(binary) }
    await binary.close()
  }
}

/// The UUID of zeros, which is a value like any other.
private let zeros: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
