import CanteenDomain
import Foundation
import Spreadsheets
import SpreadsheetsTestSupport
import Testing

@Suite("Reading a workbook")
struct WorkbookTests {
  private func rows(_ sheet: String, parts: [String: String] = [:]) throws -> [[String]] {
    let workbook = try Workbook(bytes: ZipFile.workbook(sheet: sheet, parts: parts))
    let found = Found()
    try workbook.read(workbook.sheets[0]) {
      found.rows.append($0.cells)
      return true
    }
    return found.rows
  }

  private final class Found { var rows: [[String]] = [] }

  @Test("Texts come from cells, from the shared list and from rich text; readings are left out")
  func texts() throws {
    let sheet = """
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c>
      <c r="D1" t="inlineStr"><is><r><t>王</t></r><r><t xml:space="preserve"> 英</t></r></is></c>
      <c r="E1" t="str"><f>A1&amp;"x"</f><v>甲x</v></c><c r="F1" t="s"><v>9</v></c></row>
      """
    let strings = """
      <sst><si><t>甲_x000A_乙</t></si><si><r><t>王</t></r><r><t>秀英</t></r>\
      <rPh sb="0" eb="1"><t>おう</t></rPh></si></sst>
      """

    #expect(
      try rows(sheet, parts: ["xl/sharedStrings.xml": strings])
        == [["甲\n乙", "", "王秀英", "王 英", "甲x"]])
  }

  @Test("Numbers read as a spreadsheet shows them, and long ones never look whole")
  func numbers() throws {
    let sheet = """
      <row r="3"><c><v>12</v></c><c><v>12.5</v></c><c><v>0.30000000000000004</v></c>\
      <c><v>13800138000</v></c><c><v>5.1132319610613299E+17</v></c><c><v>511323196106133000</v></c>\
      <c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>A1+1</f></c><c s="3"><v>123</v></c></row>
      """

    #expect(
      try rows(sheet, parts: ["xl/styles.xml": ZipFile.styles]) == [
        [
          "12", "12.5", "0.3", "13800138000", "5.11323196106133E+17", "5.11323196106133E+17",
          "TRUE", "#N/A", "=A1+1", "000123",
        ]
      ])
  }

  @Test(
    "Dates are told by their styles, in both calendars",
    arguments: [
      (false, "45292", "2024-01-01"), (false, "45292.5", "2024-01-01 12:00:00"),
      (false, "59", "1900-02-28"), (false, "61", "1900-03-01"), (false, "0.25", "06:00:00"),
      (true, "43830", "2024-01-01"),
    ])
  func dates(in1904: Bool, serial: String, text: String) throws {
    let sheet = """
      <row><c s="1"><v>\(serial)</v></c><c s="2"><v>\(serial)</v></c><c><v>\(serial)</v></c></row>
      """
    let workbook = ZipFile.workbookPart.replacing(
      "<workbookPr/>", with: "<workbookPr date1904=\"\(in1904 ? 1 : 0)\"/>")

    let cells = try rows(
      sheet, parts: ["xl/styles.xml": ZipFile.styles, "xl/workbook.xml": workbook])[0]

    #expect(cells == [text, text, serial])
  }

  @Test("What is not a workbook is refused, each for its reason")
  func refused() throws {
    #expect(throws: WorkbookFault.noWorkbook) {
      try Workbook(bytes: ZipFile.bytes(["word/document.xml": "<w/>"]))
    }
    let entities = """
      <!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>
      """
    #expect(throws: WorkbookFault.documentType(part: "xl/workbook.xml")) {
      try Workbook(bytes: ZipFile.workbook(sheet: "", parts: ["xl/workbook.xml": entities]))
    }
    let whole = ZipFile.workbook(sheet: "<row><c><v>1</v></c></row>", parts: [:])
    for count in [4, 20, whole.count / 2, whole.count - 5] {
      #expect(throws: WorkbookFault.self) { try Workbook(bytes: Array(whole.prefix(count))) }
    }
    #expect(throws: WorkbookFault.self) { try rows("<row><c><v>1</row>") }
    var spoilt = whole
    let position = try #require(Data(whole).range(of: Data("<v>1</v>".utf8))).lowerBound
    spoilt[position + 3] = UInt8(ascii: "7")
    #expect(throws: WorkbookFault.self) {
      let workbook = try Workbook(bytes: spoilt)
      try workbook.read(workbook.sheets[0]) { _ in true }
    }
  }

  @Test("A bomb of cells is refused before it fills the memory")
  func bomb() throws {
    let row = "<row><c r=\"XFD1\"><v>1</v></c></row>"
    #expect(throws: WorkbookFault.tooLarge(limit: "24000000 cells")) {
      try rows(String(repeating: row, count: 1_600))
    }
  }

  @Test("Merged cells and hidden rows are told")
  func told() throws {
    let workbook = try Workbook(
      bytes: ZipFile.workbook(
        sheet: "<row r=\"2\" hidden=\"1\"><c r=\"B2\"><v>1</v></c></row>", parts: [:],
        after: "<mergeCells><mergeCell ref=\"A1:A9\"/><mergeCell ref=\"x\"/></mergeCells>"))

    let end = try workbook.read(workbook.sheets[0]) { _ in true }

    #expect(end.merged == [MergedCells(rows: 1...9, columns: 0...0)])
    #expect(end.hiddenRows == 1)
  }
}

@Suite("Writing a workbook")
struct WorkbookWriterTests {
  private func write(_ name: String) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "canteen-\(name)-\(UUID().uuidString).xlsx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let layout = WorkbookLayout(
      sheet: "花名册", title: "幸福社区花名册", subtitle: "2026年11月",
      columns: ["身份证号", "金额", "人次", "日期", "备注"].map { .init($0) },
      footer: ["制表人：          审核人：          日期："])
    let writer = try WorkbookWriter(path: path, layout: layout, createdAt: 1_800_000_000)
    try writer.append([
      .text("511323194308150022"), .hundredths(123_456), .integer(3),
      .day(try #require(Day(2026, 10, 31))), .empty,
    ])
    try writer.close()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("What was written reads back: text stays text, money, days, title and signature lines")
  func roundTrip() throws {
    let workbook = try Workbook(bytes: write("a"))
    var rows: [[String]] = []
    try withExtendedLifetime(workbook) {
      let found = Found()
      try workbook.read(workbook.sheets[0]) {
        found.rows.append($0.cells)
        return true
      }
      rows = found.rows
    }

    #expect(workbook.sheets.map(\.name) == ["花名册"])
    #expect(
      rows == [
        ["幸福社区花名册"], ["2026年11月"], ["身份证号", "金额", "人次", "日期", "备注"],
        ["511323194308150022", "1234.56", "3", "2026-10-31"],
        ["制表人：          审核人：          日期："],
      ])
  }

  private final class Found { var rows: [[String]] = [] }

  @Test("The same rows give the same bytes")
  func deterministic() throws {
    #expect(try write("a") == write("b"))
  }

  @Test("A folder that is not there is a failure, not a crash")
  func nowhere() throws {
    let layout = WorkbookLayout(sheet: "a", columns: [.init("b")])
    #expect(throws: WorkbookWriter.Failure.self) {
      let writer = try WorkbookWriter(path: "/nowhere/x.xlsx", layout: layout, createdAt: 0)
      try writer.close()
    }
  }
}
