import CanteenDomain
import CanteenFiles
import Foundation
import SpreadsheetsTestSupport
import Testing

/// Communities that rows leave out, where what stood around them is crossed out or gone.
@Suite("Communities of rows in doubt")
struct CommunityRowTests {
  private static let numbers = ["511323194308150022", "511323194511020047", "511323195003081526"]

  private func cell(_ text: String, struck: Bool = false) -> String {
    text.isEmpty
      ? "<c/>" : "<c s=\"\(struck ? 1 : 0)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
  }

  /// A sheet of three persons; `struck` says of each which of community, name and number are.
  private func table(
    _ communities: [String], struck: [[Bool]], merged: String = ""
  ) throws -> Table {
    let styles = """
      <styleSheet><fonts><font/><font><strike/></font></fonts>\
      <cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>
      """
    var rows = "<row r=\"1\">\(cell("社区"))\(cell("姓名"))\(cell("身份证号"))</row>"
    for (index, community) in communities.enumerated() {
      let texts = [community, "某人", Self.numbers[index]]
      let cells = zip(texts, struck[index]).map { cell($0, struck: $1) }
      rows += "<row r=\"\(index + 2)\">\(cells.joined())</row>"
    }
    return try Table(
      bytes: ZipFile.workbook(sheet: rows, parts: ["xl/styles.xml": styles], after: merged),
      fileName: "名册.xlsx", columns: RosterRow.columns)
  }

  private func read(_ table: Table) throws -> [RowReading<RosterRow>] {
    RosterRow.read(table, asOf: try #require(Day(2026, 11, 24)))
  }

  private func read(_ text: String) throws -> [RowReading<RosterRow>] {
    try read(
      Table(bytes: Array(text.utf8), fileName: "名册.csv", columns: RosterRow.columns))
  }

  private static let plain = [false, false, false]

  @Test("a community is carried past no crossed-out row, and 同上 means that row")
  func crossedOutFirst() throws {
    let first = [Self.plain, [true, true, true], Self.plain]
    let carried = try read(table(["幸福社区", "东风社区", ""], struck: first))
    let same = try read(table(["幸福社区", "东风社区", "同上"], struck: first))

    #expect(carried.map { $0.value?.community } == ["幸福社区", nil])
    #expect(carried.allSatisfy { $0.value?.headings == nil })
    #expect(same.map { $0.value?.community } == ["幸福社区", "东风社区"])
  }

  @Test("a crossed-out community holds for nobody, merged or meant by 同上")
  func crossedOutCell() throws {
    let first = [[true, false, false], Self.plain, Self.plain]
    let merged = try table(
      ["东风社区", "", ""], struck: first,
      merged: "<mergeCells><mergeCell ref=\"A2:A4\"/></mergeCells>")
    let same = try table(["东风社区", "同上", ""], struck: first)

    for table in [merged, same] {
      let rows = try read(table).compactMap(\.value)
      #expect(rows.count == 3 && rows.allSatisfy { $0.community == nil && $0.headings == nil })
    }
  }

  @Test("a heading without a community ends the one above it, the title on each page does not")
  func headings() throws {
    let readings = try read(
      """
      东城区老年人助餐花名册,,,
      姓名,身份证号,备注,电话
      一、幸福社区,,,
      某人,\(Self.numbers[0]),,
      东城区老年人助餐花名册,,,
      某人,\(Self.numbers[1]),,
      三、散居特困人员,,,
      某人,\(Self.numbers[2]),,

      """)

    #expect(readings.map { $0.value?.headings?.community } == ["一、幸福社区", "一、幸福社区", nil])
  }

  @Test("rejected rows have the community of their group with them, and else must name one")
  func rejected() throws {
    let table = try Table(
      bytes: Array(
        "居住社区,姓名,身份证号\n幸福社区,某人,\(Self.numbers[0])\n,某人,1\n,某人,\(Self.numbers[2])\n".utf8),
      fileName: "名册.csv", columns: RosterRow.columns)
    let rejected = RejectedRows(table, try read(table))
    let back = try read(
      "幸福社区花名册,,,\n姓名,身份证号,电话,未导入原因\n某人,\(Self.numbers[0]),,错\n")[0]

    #expect(rejected.rows.map { Array($0.prefix(3)) } == [["幸福社区", "某人", "1"]])
    #expect(back.value == nil && back.faults.map(\.address.column) == ["居住社区"])
  }

  @Test(
    "a term is parted by the hyphen between its two days",
    arguments: [
      "2022.3.1-2026.12.31", "2022-03-01-2026-12-31", "2022/3/1 - 2026/12/31",
      "20220301-20261231", "自2022年3月1日起至2026年12月31日止", "2022.3.1——2026.12.31",
    ])
  func hyphen(_ cell: String) throws {
    let reading = try read("姓名,身份证号,人员类别,享受期限\n某人,\(Self.numbers[0]),低保,\(cell)\n")[0]
    let term = try #require(reading.value?.terms.first)
    #expect(term.from == Day(2022, 3, 1) && term.to == Day(2026, 12, 31))
  }

  @Test("how long is no term and is warned of; 有效期 is the last day; a doubtful date is refused")
  func otherTerms() throws {
    func term(_ header: String, _ cell: String) throws -> RowReading<RosterRow> {
      try read("姓名,身份证号,人员类别,\(header)\n某人,\(Self.numbers[0]),低保,\(cell)\n")[0]
    }
    for cell in ["12个月", "一年", "三年六个月", "以低保证为准"] {
      let reading = try term("有效期", cell)
      #expect(reading.value?.terms.first?.to == nil && reading.value != nil, "\(cell)")
      #expect(reading.warnings.contains { $0.address.column == "有效期" }, "\(cell)")
    }
    for header in ["有效期", "有效期限", "有效期至"] {
      #expect(try term(header, "2026-12-31").value?.terms.first?.to == Day(2026, 12, 31))
    }
    for cell in ["2022-2026", "2022.3.1-12.31", "2022.3.1-", "2026.13.31"] {
      #expect(try term("起止日期", cell).faults.map(\.address.column) == ["类别期限"], "\(cell)")
    }
  }

  @Test("a day refused as long ago is refused again until it is mended")
  func longAgo() throws {
    let header = "流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式,未导入原因\n"
    func read(_ day: String, _ reason: String) throws -> RowReading<SignInRow> {
      let row = "K1,\(day),11:35,午餐,A1,XFS-01,堂食,12.00,现金,刷卡,\(reason)\n"
      return SignInRow.read(
        try Table(
          bytes: Array((header + row).utf8), fileName: "签到.csv", columns: SignInRow.columns))[0]
    }
    let reason = "「日期」2015-11-02 远早于表中其余各行（2026-11-01 起）"

    #expect(try read("2015-11-02", reason).faults.map(\.code) == ["long_ago"])
    #expect(try read("2026-11-02", reason).value != nil)
    #expect(try read("2015-11-02", "").value != nil)
  }
}
