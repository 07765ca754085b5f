import CanteenDomain
import CanteenFiles
import Foundation
import Spreadsheets
import SpreadsheetsTestSupport
import Testing

@Suite("Reading a workbook as a table")
struct WorkbookTableTests {
  private func cell(_ text: String) -> String { "<c t=\"inlineStr\"><is><t>\(text)</t></is></c>" }

  private func row(_ number: Int, _ cells: String...) -> String {
    "<row r=\"\(number)\">\(cells.joined())</row>"
  }

  private func table(_ bytes: [UInt8], _ columns: [Column] = RosterRow.columns) throws -> Table {
    try Table(bytes: bytes, fileName: "名册.xlsx", columns: columns)
  }

  private var today: Day { Day(number: 20_781) }

  @Test("Dates by style and numbers are read as in CSV; rows keep their numbers")
  func values() throws {
    let sheet =
      row(3, cell("姓名"), cell("身份证号"), cell("常住起始"), cell("手机号"))
      + row(
        7, cell("王秀英"), cell("511323194308150022"), "<c s=\"1\"><v>45292</v></c>",
        "<c><v>13800138000</v></c>")

    let table = try table(
      ZipFile.workbook(sheet: sheet, parts: ["xl/styles.xml": ZipFile.styles]))
    let reading = RosterRow.read(table, asOf: today)[0]

    #expect(reading.line == 7 && reading.warnings.isEmpty)
    #expect(reading.value?.residenceSince == Day(2024, 1, 1))
    #expect(reading.value?.phone == "13800138000")
    #expect(table.headerLine == 3 && table.sheet == "表")
  }

  @Test("An ID number stored as a number is refused, whatever its format shows")
  func numericNumbers() throws {
    let sheet =
      row(1, cell("姓名"), cell("身份证号"))
      + row(2, cell("王秀英"), "<c><v>5.1132319430815002E+17</v></c>")
      + row(3, cell("李明"), "<c s=\"3\"><v>511323194308150000</v></c>")

    let readings = RosterRow.read(
      try table(ZipFile.workbook(sheet: sheet, parts: ["xl/styles.xml": ZipFile.styles])),
      asOf: today)

    for reading in readings {
      #expect(reading.faults.map(\.reason.zh) == ["被表格软件改成了科学计数法，末尾数字已丢失，请按文本重新填写"])
    }
  }

  @Test("A community merged over its rows holds for each; hidden rows are read and told")
  func merged() throws {
    let sheet =
      row(1, cell("社区"), cell("姓名"), cell("身份证号"))
      + row(2, cell("幸福社区"), cell("王秀英"), cell("511323194308150022"))
      + "<row r=\"3\" hidden=\"1\"><c r=\"B3\" t=\"inlineStr\"><is><t>李明</t></is></c>"
      + "<c r=\"C3\" t=\"inlineStr\"><is><t>34052419800101001X</t></is></c></row>"

    let table = try table(
      ZipFile.workbook(
        sheet: sheet, parts: [:], after: "<mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>"))

    #expect(table.rows.map { $0["居住社区"] } == ["幸福社区", "幸福社区"])
    #expect(table.remarks.map(\.zh) == ["有 1 行在表格中被隐藏（或被筛选掉），同样读入"])
  }

  @Test("Rows that are crossed out are named and not read; a crossed-out cell reads as blank")
  func crossedOut() throws {
    let styles = """
      <styleSheet><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts>\
      <cellStyleXfs><xf fontId="1"/></cellStyleXfs><cellXfs><xf fontId="0"/><xf fontId="1"/>\
      <xf fontId="2"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>
      """
    func styled(_ style: Int, _ text: String) -> String {
      "<c s=\"\(style)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
    }
    let number = "511323194308150022"
    let sheet =
      row(1, cell("序号"), cell("姓名"), cell("身份证号"), cell("联系电话"), cell("备注"))
      + row(2, cell("1"), styled(1, "王秀英"), styled(1, number), "<c/>", cell("已去世"))
      + row(3, cell("2"), styled(2, "李明"), styled(0, "34052419800101001X"))
      + row(4, cell("3"), cell("王秀英"), cell(number), styled(1, "13800138000"))
      + row(5, cell("4"), styled(1, "王秀英"), cell(number))

    let table = try table(ZipFile.workbook(sheet: sheet, parts: ["xl/styles.xml": styles]))
    let readings = RosterRow.read(table, asOf: today)

    #expect(table.skipped.map(\.line) == [2])
    #expect(table.remarks.map(\.zh) == ["第 2 行划了删除线，没有读入；仍有效的请去掉删除线再导入"])
    #expect(readings.map { $0.value?.name } == ["李明", "王秀英", nil])
    // He is below 60.
    #expect(readings[0].warnings.map(\.address.column) == ["身份证号"])
    #expect(readings[1].value?.phones == [])
    #expect(readings[1].warnings.map(\.address.column) == ["联系电话"])
    #expect(readings[2].faults.map(\.address.column) == ["姓名"])
  }

  @Test("Of several sheets the one with the header is taken, and others like it are named")
  func sheets() throws {
    let header = row(1, cell("姓名"), cell("身份证号"))
    let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    let sheets = (1...3).map { "<sheet name=\"表\($0)\" sheetId=\"\($0)\" r:id=\"r\($0)\"/>" }
    let relations = (1...3).map {
      "<Relationship Id=\"r\($0)\" Type=\"\(types)\" Target=\"worksheets/sheet\($0).xml\"/>"
    }
    let parts = [
      "xl/workbook.xml": "<workbook xmlns:r=\"r\"><sheets>\(sheets.joined())</sheets></workbook>",
      "xl/_rels/workbook.xml.rels": "<Relationships>\(relations.joined())</Relationships>",
      "xl/worksheets/sheet2.xml":
        "<worksheet><sheetData>\(header + row(2, cell("王秀英"), cell("1")))</sheetData></worksheet>",
      "xl/worksheets/sheet3.xml":
        "<x:worksheet xmlns:x=\"x\"><x:sheetData/></x:worksheet>",
    ]

    let one = try table(
      ZipFile.workbook(sheet: row(1, cell("填表说明")), parts: parts))
    let empty = try table(ZipFile.workbook(sheet: header, parts: parts))

    #expect(one.sheet == "表2" && one.rows.count == 1 && one.remarks.isEmpty)
    #expect(empty.sheet == "表2" && empty.remarks.count == 1)
    #expect(empty.remarks[0].zh.contains("“表1”"))
  }

  @Test("Old, protected, damaged and disguised files are refused with what to do")
  func refused() throws {
    let old: [UInt8] =
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 600)
    let locked = old + "EncryptedPackage".utf8.flatMap { [$0, 0] }
    let page = Array("<html><body><table><tr><td>姓名</td></tr></table></body></html>".utf8)
    let cases: [([UInt8], FileRefusal)] = [
      (old, .oldWorkbook(file: "名册.xlsx")),
      (locked, .workbook(file: "名册.xlsx", .encrypted)),
      (page, .webPage(file: "名册.xlsx")),
      (Array("%PDF-1.7\n%âã".utf8), .printed(file: "名册.xlsx", form: "PDF")),
      ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16], .printed(file: "名册.xlsx", form: "JPEG")),
      (
        [0, 0, 3, 4, 20, 0, 0xFF],
        .workbook(file: "名册.xlsx", .corrupt(reason: "Not a zip archive"))
      ),
      (ZipFile.bytes(["word/document.xml": "<w/>"]), .workbook(file: "名册.xlsx", .noWorkbook)),
    ]

    for (bytes, refusal) in cases {
      #expect(throws: refusal) { try table(bytes) }
    }
    #expect(FileRefusal.oldWorkbook(file: "a").sentence.zh.contains("另存为"))
    let printed = FileRefusal.printed(file: "a.pdf", form: "PDF").sentence.zh
    #expect(printed.hasPrefix("a.pdf 是 PDF，不是表格") && printed.contains("另存为"))
    #expect(throws: FileRefusal.self) { try table([0x50, 0x4B, 0x03, 0x04, 0, 0]) }
  }

  @Test("A workbook of menus or sign-ins is read through the same door")
  func otherTables() throws {
    let layout = WorkbookLayout(
      sheet: "食谱", title: "一周食谱",
      columns: ["日期", "餐次", "菜名", "类别", "价格"].map { .init($0) })
    let bytes = try SmallWorkbook.bytes(
      layout,
      rows: [[.day(try #require(Day(2026, 11, 2))), "午餐", "回锅肉", "荤", .money(1250)]])

    let menu = MenuRow.read(try table(bytes, MenuRow.columns))

    #expect(menu[0].value?.day == Day(2026, 11, 2))
    #expect(menu[0].value?.dish.price == 1250)
  }
}
