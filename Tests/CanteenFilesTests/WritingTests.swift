import CanteenDomain
import CanteenFiles
import Testing

@Suite("Writing tables")
struct WritingTests {
  private func text(_ cell: CSVCell) throws -> String {
    let bytes = CSVWriter.bytes(header: ["列"], rows: [[cell]])
    let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    return String(lines[1...].dropLast().joined(separator: "\r\n"))
  }

  @Test("The file begins with the mark, ends every line with CRLF, and streams the same bytes")
  func form() throws {
    let row: [CSVCell] = [.text("李艳"), .money(1250), .integer(3), .empty]
    var streamed: [UInt8] = []

    var count = 0
    let writer = try CSVWriter(header: ["a", "b", "c", "d"]) {
      streamed += $0
      count += 1
    }
    try writer.append(row)

    #expect(streamed == [0xEF, 0xBB, 0xBF] + Array("a,b,c,d\r\n李艳,12.50,3,\r\n".utf8))
    #expect(streamed == CSVWriter.bytes(header: ["a", "b", "c", "d"], rows: [row]))
    #expect(count == 2)
  }

  @Test(
    "Long digits, leading zeros and would-be dates stay text; short numbers and words stay plain")
  func digits() throws {
    #expect(try text(.text("511323194308150022")) == "\t511323194308150022")
    #expect(try text(.text("0817")) == "\t0817")
    #expect(try text(.text("10-11")) == "\t10-11")
    #expect(try text(.text("5E10")) == "\t5E10")
    #expect(try text(.text("13800138000")) == "13800138000")
    #expect(try text(.text("51132319661031383X")) == "51132319661031383X")
    #expect(try text(.day(#require(Day(2026, 10, 31)))) == "2026-10-31")
  }

  @Test(
    "A text that would run as a formula is defused",
    arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"])
  func formulas(formula: String) throws {
    #expect(try text(.text(formula)) == "'" + formula)
    #expect(try text(.money(-125)) == "-1.25")
  }

  @Test("What was written reads back the same")
  func roundTrip() throws {
    let cells = ["511323194308150022", "=1+1", "a\"b", "a,b", "上\r\n下", "007", "-", "李艳", ""]
    let bytes = CSVWriter.bytes(header: ["键", "值"], rows: cells.map { [.text("k"), .text($0)] })

    let table = try Table(
      DecodedText(bytes: bytes, fileName: "x.csv"), columns: [Column("键", "值")])
    let values = try Table(
      DecodedText(bytes: bytes, fileName: "x.csv"), columns: [Column("值", required: true)])

    #expect(table.encoding == .utf8WithMark)
    #expect(values.rows.map { $0["值"] } == cells)
  }

  @Test("Columns line up where Chinese characters take two places and marks none")
  func textTable() {
    var table = TextTable(header: ["姓名", "yuan"], alignments: [.left, .right])
    table.append(["王秀英", "7.50"])
    table.append(["Li", "112.00"])

    #expect(
      table.text() == """
        姓名      yuan
        ──────  ──────
        王秀英    7.50
        Li      112.00

        """)
    #expect(TextTable.width(of: "é") == 1)
    #expect(TextTable.width(of: "e\u{301}") == 1)
    #expect(TextTable.width(of: "，Ａ") == 4)
    #expect(TextTable.width(of: "🍚") == 2)
  }
}
