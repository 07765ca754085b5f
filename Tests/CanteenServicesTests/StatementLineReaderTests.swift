import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenTestSupport
import CanteenVault
import Foundation
import Testing

@testable import CanteenServices

/// The quick reading of a statement's lines against decoding each of them.
@Suite("reading a statement's lines", .database)
struct StatementLineReaderTests {
  /// Lines that differ in what is their own, in what they share, and in what is there at all.
  private static func line(_ number: Int) -> StatementLine {
    let isReversed = number % 11 == 0
    let share = Fen(isReversed ? -300 : number % 3 * 100)
    let list = Fen(isReversed ? -1200 : 1200)
    let names = ["王*英", "欧阳*", "A \"B\" \\ C", "*", "张\t*", "é*", "=1+1"]
    var line = StatementLine(
      number: number, checkIn: CheckIn.ID(bytes: Array("line-\(10_000_000_000 + number)".utf8)),
      sign: isReversed ? -1 : 1, diner: Diner.ID(number % 40 + 1),
      day: Day(number: 20_000 + number % 3),
      period: number % 2 == 0 ? .lunch : .dinner, mode: number % 5 == 0 ? .homeDelivery : .dineIn,
      name: names[number % names.count], sex: number % 2 == 0 ? .female : .male,
      idNumber: number % 9 == 0 ? "" : "**************\(1000 + number % 40)",
      age: number % 7 == 0 ? nil : 60 + number % 40, hukou: number % 4 == 0 ? "" : "蓬安县",
      residence: "东风路社区\(number % 6)", tier: number % 3 == 0 ? "" : "age_\(number % 3)",
      tierTitle: "\(number % 3) 档", list: list, dinerPays: list - share,
      sources: share == 0 ? [] : [Statement.SourceTotal(source: .street, fen: share)],
      means: .cash, auth: number % 6 == 0 ? .manual : .card,
      sourceNo: number % 8 == 0 ? "纸-\(number)" : number % 8 == 1 ? "007" : nil,
      isLate: number % 13 == 0, policies: ["example 2025"])
    if number % 17 == 0 {
      line.adjustment = StatementLine.AdjustmentNote(
        number: 1, kind: Adjustment.Kind.allCases[number % Adjustment.Kind.allCases.count],
        cause: Adjustment.Cause.allCases[number % Adjustment.Cause.allCases.count], canteen: 0,
        original: "S-\(number)")
    }
    return line
  }

  /// As the database gives them back.
  private func stored(_ lines: [StatementLine]) async throws -> [String] {
    let texts = try lines.map { try CanonicalJSON.text($0) }
    return try await TestDatabase.current.database.query(
      """
      select t.content::jsonb::text
      from unnest(\(texts)::text[]) with ordinality as t (content, no)
      order by t.no
      """, as: String.self)
  }

  @Test
  func `every line comes back as it was, with the text that was hashed`() async throws {
    let lines = (1...800).map(Self.line)
    let reader = StatementLineReader()

    // Twice: the second time every pattern is known.
    for _ in 1...2 {
      let read = try await stored(lines).map(reader.read)

      #expect(read.map(\.line) == lines)
      for (one, line) in zip(read, lines) {
        let canonical = try CanonicalJSON.text(line)
        #expect(String(decoding: one.canonical, as: UTF8.self) == canonical)
      }
    }
  }

  @Test
  func `most lines of a usual month have a pattern, and a line that is no line is a fault`()
    async throws
  {
    let reader = StatementLineReader()
    let contents = try await stored((1...800).map(Self.line))
    _ = try contents.map(reader.read)

    let again = try contents.map(reader.read)

    // Those with an escape in a name are decoded one by one.
    #expect(again.count { $0.pattern != nil } > 500)
    let broken = contents[0].replacing("\"diner\": ", with: "\"diner\": -")
    #expect(throws: (any Error).self) {
      try reader.read(broken.replacing("\"checkIn\": \"", with: "\"checkIn\": \"x"))
    }
    #expect(try reader.read(broken).line.diner < 0)
  }

  @Test(arguments: [
    "content || '{\"note\": \"x\"}'", "content || '{\"origin\": null}'",
    "jsonb_set(content, '{list}', '1200.0')", "jsonb_set(content, '{policies,1}', '\"\"')",
    "jsonb_set(content, '{checkIn}', to_jsonb(upper(content ->> 'checkIn')))",
  ])
  func `what was put into a line is hashed, though no line has it`(change: String) async throws {
    let lines = (1...60).map(Self.line)
    let texts = try lines.map { try CanonicalJSON.text($0) }
    let changed = try await TestDatabase.current.database.query(
      """
      select (\(unescaped: change))::text
      from (
          select t.content::jsonb as content, t.no
          from unnest(\(texts)::text[]) with ordinality as t (content, no)
      ) as t
      order by t.no
      """, as: String.self)
    let fresh = StatementLineReader()
    let experienced = StatementLineReader()
    _ = try await stored(lines).map(experienced.read)

    for reader in [fresh, experienced] {
      for (content, text) in zip(changed, texts) where !content.contains("\\") {
        let canonical = String(decoding: try reader.read(content).canonical, as: UTF8.self)
        #expect(canonical != text, "\(content)")
      }
    }
  }

  @Test
  func `rows made together are the rows made one by one, in every masking`() async throws {
    let lines = (1...800).map(Self.line)
    let contents = try await stored(lines)
    let service = StatementExportService(TestDatabase.current.database) { theVault }
    let number = try await closedStatement()
    let form = try await service.open(StatementExportService.Order(number, formats: [])).tables.form
    for masking in form.profiles.keys.sorted() {
      let tables = try await service.open(
        StatementExportService.Order(number, formats: [], masking: masking)
      ).tables
      let columns = tables.columns(form.details)
      let head = TableSeal.Head(
        number: number, sha256: "ab", table: "明细表", form: form.id, masking: masking,
        kinds: columns.map(\.kind))
      let people = Dictionary(
        uniqueKeysWithValues: (1...40).map {
          (
            Diner.ID($0),
            StatementTables.FullPerson(name: "全名\($0)", idNumber: "51132319400101\($0)")
          )
        })
      let rows = StatementDetailRows(
        tables, columns, codes: TableSeal.RowCodes(head), people: people, makesCSV: true,
        makesCells: true)
      _ = try rows.rows(contents)

      let made = try rows.rows(contents)

      var seal = TableSeal(head, titles: [])
      var together = TableSeal(head, titles: [])
      together.append(rows: lines.count, texts: made.sealed.texts)
      for (line, cells) in zip(lines, made.sealed.rows.cells) {
        let expected = columns.map { tables.detail($0.content, line, people[line.diner]) }
        let code = seal.append(expected.map(\.plain))
        #expect(cells == expected + [.text(code)])
      }
      #expect(seal.line == together.line)
      let header = columns.map(\.title) + [TableSeal.codeTitle]
      #expect(
        CSVWriter.bytes(header: header, rows: []) + (made.sealed.rows.csv ?? [])
          == CSVWriter.bytes(header: header, rows: made.sealed.rows.cells))
    }
  }

  /// A statement whose tables have the columns of the standard form.
  private func closedStatement() async throws -> String {
    let database = TestDatabase.current.database
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    return try await StatementService(database, vault: theVault)
      .closeAndRead("DFL-01", month: day("2026-10-01"), by: aClerk).statement.number
  }
}
