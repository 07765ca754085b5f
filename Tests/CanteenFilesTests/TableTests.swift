import CanteenDomain
import CanteenFiles
import Foundation
import Testing

@Suite("Reading a table of text")
struct TableTests {
  private let columns = [
    Column("姓名", "name", required: true), Column("身份证号", "公民身份号码", required: true), Column("备注"),
  ]

  private func table(_ text: String) throws -> Table {
    try Table(DecodedText(bytes: Array(text.utf8), fileName: "名册.csv"), columns: columns)
  }

  @Test(
    "Every kind of line end and delimiter gives the same rows", arguments: ["\r\n", "\n", "\r"],
    [",", ";", "\t"])
  func dialects(lineEnd: String, delimiter: String) throws {
    let lines = [["姓名", "身份证号", "备注"], ["李艳", "1", ""], ["", "", ""], ["何英", "2", "x"]]
    let text = lines.map { $0.joined(separator: delimiter) }.joined(separator: lineEnd)

    let table = try table(text)

    #expect(table.rows.map { $0["姓名"] } == ["李艳", "何英"])
    #expect(table.rows.map { $0["备注"] } == ["", "x"])
    #expect(table.rows.map(\.line) == [2, 4])
    #expect(table.rows.allSatisfy { $0.fault == nil })
  }

  @Test("Quoted cells keep delimiters, doubled quotes and line breaks, and lines count on")
  func quotes() throws {
    let text = "姓名,身份证号,备注\r\n\"李,艳\",\"a\"\"b\",\"上\r\n下\"\r\n何英,2,\"\"\r\n"

    let rows = try table(text).rows

    #expect(rows.map { $0["姓名"] } == ["李,艳", "何英"])
    #expect(rows[0]["身份证号"] == "a\"b")
    #expect(rows[0]["备注"] == "上\r\n下")
    #expect(rows.map(\.line) == [2, 4])
    #expect(rows.allSatisfy { $0.fault == nil })
  }

  @Test(
    "Header names are found by alias, width, blanks, mark and unit; a title above is passed over")
  func header() throws {
    let text = "幸福社区花名册,,\n\u{FEFF}ＮＡＭＥ ,公民 身份号码*,备注（选填）\n李艳,1,好\n"

    let table = try table(text)

    #expect(table.rows.map { [$0["姓名"], $0["身份证号"], $0["备注"]] } == [["李艳", "1", "好"]])
    #expect(table.rows[0].line == 3)
    #expect(table.rows[0].address("身份证号").sentence.zh == "名册.csv 第 3 行「身份证号」")
  }

  @Test("All missing columns are named at once, with what was found")
  func missingColumns() {
    #expect(
      throws: FileRefusal.missingColumns(
        file: "名册.csv", missing: ["姓名", "身份证号"], found: ["工号", "备注"])
    ) { try table("工号,备注\n1,2\n") }
  }

  @Test("A column that stands twice is refused")
  func columnTwice() {
    #expect(throws: FileRefusal.columnTwice(file: "名册.csv", column: "姓名", line: 1)) {
      try table("姓名,身份证号,姓名\n1,2,3\n")
    }
  }

  @Test("Ragged rows and stray quotes are that row's fault; empty cells behind the last are none")
  func ragged() throws {
    let text = "姓名,身份证号,备注\n李艳,1\n何英,2,x,y\n张凯,3,,,,\n王\"五,4,\n赵六,5,\n"

    let rows = try table(text).rows

    #expect(rows.map { $0.fault == nil } == [false, false, true, false, true])
    #expect(rows[0].fault?.sentence.zh == "名册.csv 第 2 行：应有 3 列，现有 2 列，请检查逗号和引号")
    #expect(rows[1].fault?.reason.en.contains("4 cells instead of 3") == true)
    #expect(rows[3].fault?.address.line == 5)
  }

  @Test("A quote that is never closed is refused with the line where it opens")
  func unclosedQuote() {
    #expect(throws: FileRefusal.unclosedQuote(file: "名册.csv", line: 3)) {
      try table("姓名,身份证号,备注\n李艳,1,\n何英,\"2,x\n张凯,3,\n")
    }
  }

  @Test("Apostrophes and tabs with which spreadsheets mark text are taken off")
  func marks() throws {
    let row = try table("姓名,身份证号,备注\n李艳,'0012,\t34\n").rows[0]

    #expect(row["身份证号"] == "0012")
    #expect(row["备注"] == "34")
  }

  @Test(
    "Twenty thousand rows of sixteen columns are read in under two seconds, even without optimisation"
  )
  func quick() throws {
    let header = (1...16).map { "列\($0)" }
    let line = "1,徐帆,男,511323196106133194,15654304984,蓬安县,东风路社区,6组,,,,,崔凤英,13652273905,DFL1,"
    let text =
      header.joined(separator: ",") + "\r\n" + String(repeating: line + "\r\n", count: 20_000)
    let decoded = try DecodedText(bytes: Array(text.utf8), fileName: "big.csv")

    var rows = 0
    let time = try ContinuousClock().measure {
      rows = try Table(decoded, columns: [Column("列1", required: true)]).rows.count
    }

    #expect(rows == 20_000)
    #expect(time < .seconds(2), "\(time)")
  }
}

@Suite("Decoding a file")
struct DecodedTextTests {
  private let text = "姓名,备注\n李艳,好\n"

  private func decode(_ bytes: [UInt8]) throws -> DecodedText {
    try DecodedText(bytes: bytes, fileName: "名册.csv")
  }

  /// "姓名,备注\n李艳,好\n" in GB18030.
  private let gb: [UInt8] = [
    0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB1, 0xB8, 0xD7, 0xA2, 0x0A, 0xC0, 0xEE, 0xD1, 0xDE, 0x2C, 0xBA,
    0xC3, 0x0A,
  ]

  @Test("The usual encodings give the same text, and it is said which it was")
  func encodings() throws {
    let utf16 = Array(text.utf16)
    let files: [(DecodedText.Encoding, [UInt8])] = [
      (.utf8, Array(text.utf8)), (.utf8WithMark, [0xEF, 0xBB, 0xBF] + Array(text.utf8)),
      (.utf16LittleEndian, [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      (.utf16BigEndian, [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
      (.gb18030, gb),
    ]

    for (encoding, bytes) in files {
      let decoded = try decode(bytes)
      #expect(decoded.encoding == encoding)
      #expect(decoded.text == text)
    }
  }

  @Test("A spoilt byte in UTF-8 is named, not read as nonsense in GB18030")
  func spoilt() {
    let bytes = Array("姓名,身份\n李".utf8) + [0xE8, 0x89] + Array(",好\n".utf8)

    #expect(throws: FileRefusal.encoding(file: "名册.csv", line: 2, byte: 18)) { try decode(bytes) }
    #expect(throws: FileRefusal.encoding(file: "名册.csv", line: 3, byte: 19)) {
      try decode(gb + [0xFF])
    }
  }

  @Test("Bytes that neither encoding has are refused with the line and the byte")
  func neither() {
    #expect(throws: FileRefusal.encoding(file: "名册.csv", line: 2, byte: 3)) {
      try decode([0x61, 0x0A, 0xFF, 0x0A])
    }
    #expect(throws: FileRefusal.encoding(file: "名册.csv", line: 1, byte: 5)) {
      try decode([0xFF, 0xFE, 0x61, 0x00, 0x00, 0xD8, 0x61, 0x00])
    }
  }

  @Test("A workbook, a zero byte and blank files are told apart")
  func notTables() {
    #expect(throws: FileRefusal.spreadsheet(file: "名册.csv")) {
      try decode([0x50, 0x4B, 0x03, 0x04, 0x14])
    }
    #expect(throws: FileRefusal.spreadsheet(file: "名册.csv")) {
      try decode([0xD0, 0xCF, 0x11, 0xE0, 0xA1])
    }
    #expect(throws: FileRefusal.notText(file: "名册.csv", line: 2, byte: 3)) {
      try decode([0x61, 0x0A, 0x00, 0x62])
    }
    #expect(throws: FileRefusal.empty(file: "名册.csv")) { try decode([]) }
    #expect(throws: FileRefusal.empty(file: "名册.csv")) {
      try decode([0xEF, 0xBB, 0xBF, 0x0D, 0x0A])
    }
  }

  @Test("A missing file and a folder are refused by their paths")
  func noFile() {
    #expect(throws: FileRefusal.missing(file: "/nowhere/名册.csv")) {
      try DecodedText(contentsOf: "/nowhere/名册.csv")
    }
    #expect(throws: FileRefusal.directory(file: "/tmp")) { try DecodedText(contentsOf: "/tmp") }
  }
}
