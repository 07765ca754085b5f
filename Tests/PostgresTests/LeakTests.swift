import Foundation
import Testing

@testable import Postgres

/// A hundred thousand calls leave nothing behind.
@Suite(.timeLimit(.minutes(5))) struct LeakTests {
  private struct Pair: Decodable, Sendable { let id: Int, name: String }

  @Test func `a hundred thousand queries, errors included, keep memory and descriptors flat`()
    async throws
  {
    try await TestServer.withDatabase(size: 4) { database in
      try await Self.ask(20_000, database)
      let memory = try Self.residentKilobytes()
      let descriptors = try Self.openDescriptors()

      try await Self.ask(100_000, database)

      // Ten megabytes are a hundred bytes a query.
      let growth = try Self.residentKilobytes() - memory
      #expect(growth < (Self.isSanitized ? 65_536 : 10_240))
      #expect(try Self.openDescriptors() == descriptors)
    }
  }

  @Test func `connections that are opened, lost and given up leave no descriptor`() async throws {
    func churn(_ count: Int) async throws {
      for index in 0..<count {
        let connection = try await TestServer.connect()
        switch index % 3 {
        case 0: await connection.close()
        case 1:
          _ = try? await connection.execute(
            "select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
        default: _ = try? await connection.execute("select pg_sleep(5)", timeout: .milliseconds(2))
        }
      }
    }
    try await churn(10)
    // The last statement is still being cancelled on another thread, over a connection of its own.
    var before = try Self.openDescriptors()
    for _ in 0..<100 where before > 0 {
      try await TestServer.wait(until: "true")
      before = min(before, try Self.openDescriptors())
    }

    try await churn(100)

    var after = try Self.openDescriptors()
    for _ in 0..<500 where after > before {
      try await TestServer.wait(until: "true")
      after = try Self.openDescriptors()
    }
    #expect(after <= before)
  }

  /// Four tasks ask `count` times in all: nine answers and one error in ten.
  private static func ask(_ count: Int, _ database: Database) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for number in 0..<count / 4 { try await ask(number: number, database) }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func ask(number: Int, _ database: Database) async throws {
    let names = ["a", "b"]
    switch number % 50 {
    case 0:
      await #expect(throws: ServerError.self) { try await database.query("select 1 / \(0)") }
    case 10:
      await #expect(throws: ServerError.self) { try await database.query("select from nowhere") }
    case 20:
      await #expect(throws: ServerError.self) {
        try await database.transaction { tx in
          try tx.execute("select 1")
          try tx.execute("select \("x")::int")
        }
      }
    case 30:
      await #expect(throws: RowDecodingError.self) {
        try await database.query("select \(number)", as: String.self)
      }
    case 40:
      await #expect(throws: ParameterError.self) {
        try await database.query("select \("\u{0}")::text")
      }
    case 41: _ = try await database.query("select \(unescaped: "\(number % 5000)")")
    case 42: _ = try await database.pipeline(["select 1", "select \(number)"])
    case 43: try await database.transaction { try $0.execute("select \(number)") }
    default:
      let rows = try await database.query(
        "select \(number) as id, name from unnest(\(names)) as name", as: Pair.self)
      guard rows.count == 2, rows[1].id == number, rows[1].name == "b" else {
        Issue.record("a wrong answer: \(rows)")
        return
      }
    }
  }

  /// A sanitizer keeps books of its own on every allocation, which grow; the address sanitizer finds
  /// what is lost exactly, at the end of the run.
  private static let isSanitized =
    dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

  private static func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.filter(\.isNumber)))
  }

  private static func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }
}
