import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// An exported file tells by itself whether it was changed.
@Suite("checking a file that left the office", .database)
struct StatementFileCheckTests {
  private static let number = "DFL-01-2026-10"
  private static let details = "\(number)-明细表.csv"
  private var database: Database { TestDatabase.current.database }
  private var service: StatementExportService { StatementExportService(database) { theVault } }

  /// October: four lunches, 1.20 of the district and 0.80 of the street each.
  private func files() async throws -> StatementFiles {
    let community = try await SmallCommunity(database)
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"),
      community.request(3, on: "2026-10-14"), community.request(4, on: "2026-10-15"))
    try #require(outcomes.allSatisfy { $0.refusal == nil })
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    _ = try await StatementService(database, vault: theVault)
      .close("DFL-01", month: day("2026-10-01"), by: aClerk)
    return try await StatementFiles(database, Self.number)
  }

  private func faults(_ path: String) throws -> [String] {
    try StatementFileCheck(path: path).faults.map(\.zh)
  }

  @Test
  func `a file as it was written is found whole, in every form and by the books`() async throws {
    let files = try await files()
    let head = try await AuditService(database).head()

    for path in files.paths {
      let check = try StatementFileCheck(path: path)
      #expect(check.faults.isEmpty && !check.tables.isEmpty, "\(check.faults)")
      #expect(check.tables.allSatisfy { $0.number == Self.number })
      #expect(check.compare(head).isEmpty)
      #expect(try await service.compare(check).isEmpty)
    }
    let workbook = try StatementFileCheck(path: files.path("\(Self.number).xlsx"))
    #expect(workbook.tables.map(\.name) == ["申报表", "汇总表", "明细表", "异常清单"])
    #expect(workbook.tables.map(\.rows)[1...2] == [1, 4])
  }

  @Test
  func `a changed cell is found with its row and the column that no longer adds up`() async throws {
    let files = try await files()
    let csv = try files.changed(Self.details) { text in
      text.replacing("12.00,1.20,0.80", with: "12.00,2.20,0.80", maxReplacements: 1)
    }
    let page = try files.changed("\(Self.number).html") { text in
      text.replacing(
        "<td class=\"n\">1.20</td>", with: "<td class=\"n\">2.20</td>", maxReplacements: 1)
    }
    let workbook = try files.changedWorkbook("\(Self.number).xlsx") { name, rows in
      guard name == "明细表" else { return rows }
      var rows = rows
      let row = rows.firstIndex { $0.first == "3" } ?? 0
      let column = rows[row].firstIndex(of: "1.2") ?? 0
      rows[row][column] = "2.2"
      return rows
    }

    let (inCSV, inPage, inWorkbook) = (try faults(csv), try faults(page), try faults(workbook))
    #expect(inCSV.count == 2, "\(inCSV)")
    #expect(inCSV[0].hasPrefix("明细表第 1 行（文件第 2 行）与校验码不符：序号 1"))
    #expect(inCSV[1] == "明细表“区县”各行合计 5.80，合计行为 4.80")
    #expect(inPage.contains { $0.contains("明细表第 1 行") }, "\(inPage)")
    #expect(inPage.contains("明细表“区县”各行合计 5.80，合计行为 4.80"))
    #expect(inWorkbook.contains { $0.contains("明细表第 3 行") }, "\(inWorkbook)")
    #expect(inWorkbook.contains("明细表“区县”各行合计 5.80，合计行为 4.80"))
    let books = try await service.compare(try StatementFileCheck(path: csv)).map(\.zh)
    #expect(books == ["明细表第 1 行（文件第 2 行）“区县”：文件 2.20，账上 1.20"])
  }

  @Test
  func `what is left to be filled in by hand may be filled in, and nothing else`() async throws {
    let files = try await files()
    func fill(_ title: String, _ name: String, _ value: String) throws -> String {
      try files.changedWorkbook("\(Self.number).xlsx") { sheet, rows in
        guard sheet == name else { return rows }
        var rows = rows
        if let row = rows.firstIndex(where: { $0.first == title }) {
          rows[row][1] = value
        } else if let header = rows.firstIndex(where: { $0.contains(title) }),
          let column = rows[header].firstIndex(of: title)
        {
          rows[header + 1][column] = value
        }
        return rows
      }
    }

    for (title, name) in [("审核金额", "汇总表"), ("审核金额(元)", "申报表")] {
      let check = try StatementFileCheck(path: fill(title, name, "8.00"))
      #expect(check.faults.isEmpty, "\(check.faults)")
      #expect(try await service.compare(check).isEmpty)
    }
    #expect(try faults(fill("申报金额", "汇总表", "9.00")).contains { $0.contains("“申报金额”") })
    #expect(try faults(fill("申报金额(元)", "申报表", "9.00")).first?.hasPrefix("申报表第 ") == true)
    let excused = try files.changedWorkbook("\(Self.number).xlsx") { sheet, rows in
      rows.map { row in
        var row = row
        if sheet == "申报表", row.first == "申报金额(元)" { row[1...2] = ["9.00", "手填"] }
        return row
      }
    }
    #expect(try faults(excused) == ["申报表表头、行的次序或表下的封行被改动"])
    let renamed = try files.changedWorkbook("\(Self.number).xlsx") { sheet, rows in
      var rows = rows
      if sheet == "申报表" { rows[1][0] = "2027-01-01 至 2027-01-31" }
      return rows
    }
    let told = try await service.compare(StatementFileCheck(path: renamed)).map(\.zh)
    #expect(told.count == 1 && told[0].hasPrefix("申报表表上方的标题或期间与账上不同"), "\(told)")
  }

  @Test
  func `every single cell counts: one that is changed is found, whichever it is`() async throws {
    let files = try await files()
    let lines = String(decoding: try #require(files.bytes[Self.details]), as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    let cells = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)

    for index in cells.indices {
      var changed = cells
      changed[index] += "7"
      var all = lines
      all[2] = changed.joined(separator: ",")
      let path = files.path("cell.csv")
      try Data(all.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: path))
      #expect(try faults(path).first?.hasPrefix("明细表第 2 行") == true, "column \(index)")
    }
  }

  @Test
  func `rows that are gone, added or moved, a changed header and a missing seal are found`()
    async throws
  {
    let files = try await files()
    func edit(_ change: @escaping (inout [String]) -> Void) throws -> [String] {
      try faults(
        files.changed(Self.details) { text in
          var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
            .map(String.init)
          change(&lines)
          return lines.joined(separator: "\r\n")
        })
    }

    let gone = try edit { $0.remove(at: 2) }
    let last = try edit { $0.remove(at: 4) }
    let added = try edit { $0.insert($0[2], at: 3) }
    let moved = try edit { $0.swapAt(1, 2) }
    let header = try edit { $0[0] = $0[0].replacing("个人自付", with: "个人支付") }
    let seal = try edit { $0[6] = $0[6].replacing("口径 masked", with: "口径 full") }
    let unsealed = try edit { $0.remove(at: 6) }

    #expect(gone.contains("明细表有 3 行，封存时 4 行（2）"), "\(gone)")
    #expect(last.contains("明细表有 3 行，封存时 4 行（4）"), "\(last)")
    #expect(added.contains { $0.hasPrefix("明细表有 5 行，封存时 4 行") }, "\(added)")
    #expect(moved == ["明细表表头、行的次序或表下的封行被改动"])
    #expect(header == ["明细表表头、行的次序或表下的封行被改动"])
    #expect(seal == ["明细表表头、行的次序或表下的封行被改动"])
    #expect(unsealed == ["表头（末列“校验码”）或表下的封行不见了"])
  }

  @Test
  func `who forges the codes too is found by the books, and another hash by a saved head`()
    async throws
  {
    let files = try await files()
    let head = try await AuditService(database).head()
    let other = try files.changed(Self.details) { text in
      let hash = text.split(separator: "SHA-256 ")[1].prefix(64)
      return text.replacing(hash, with: String(repeating: "a", count: 64))
    }
    // The statement's own row is changed after the file left: the file then differs from the books.
    try await TestDatabase.current.asOwner(
      """
      update statement_lines
      set content = jsonb_set(content, '{name}', '"丙*"') where line_no = 2
      """)

    #expect(
      try StatementFileCheck(path: other).compare(head).map(\.zh)
        == ["明细表的 SHA-256 与封存头的结算单 \(Self.number) 不同"])
    await #expect(throws: StatementFault.changed(Self.number)) {
      try await service.compare(try StatementFileCheck(path: files.path(Self.details)))
    }
  }

  @Test
  func `a table that is gone as a whole is named, and a forged count of rows ends the check too`()
    async throws
  {
    let files = try await files()
    let workbook = try files.changedWorkbook("\(Self.number).xlsx") { name, rows in
      name == "明细表" ? [] : rows
    }
    let forged = try files.changed(Self.details) { text in
      text.replacing("行数 4", with: "行数 9000000000000000000")
        .replacing("12.00,1.20,0.80", with: "92000000000000000.00,92000000000000000.00,0.80")
    }

    #expect(try faults(workbook) == ["缺少整张“明细表”，或它的表头和封行都不见了"])
    #expect(
      try faults(forged).contains("明细表有 4 行，封存时 9000000000000000000 行（5、6、7、8、9）"))
  }

  @Test
  func `a file of another origin is refused with a sentence`() async throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("foreign-\(UUID().uuidString).csv").path
    try Data("姓名,金额\r\n甲,1.00\r\n".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }

    #expect(throws: StatementFileRefusal.self) { try StatementFileCheck(path: path) }
  }
}
