import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// What leaves the house: the files of a closed statement.
@Suite("the files of a statement", .database)
struct StatementExportTests {
  static let number = "DFL-01-2026-10"
  private var database: Database { TestDatabase.current.database }

  /// October: three lunches of a person of 76 (2 yuan each), one of a person of 65 who holds 低保
  /// (4 yuan), and a dinner at full price. The lunch at both canteens is a finding.
  @discardableResult
  private func close(_ community: SmallCommunity) async throws -> StatementService.Closed {
    var odd = community.request(2, on: "2026-10-13")
    odd.terminal = "二号\"窗\\/"
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"), odd,
      community.request(3, on: "2026-10-14", list: 1255),
      community.request(4, card: "B1", on: "2026-10-14", at: "12:09"),
      community.request(5, on: "2026-10-14", at: "17:30", period: .dinner, fullPrice: true),
      community.request(6, card: "B1", canteen: "XFS-01", on: "2026-10-14", at: "12:20"))
    try #require(outcomes.prefix(5).allSatisfy { $0.refusal == nil })
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    let report = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    for finding in report.open {
      try await explain(finding)
    }
    return try await StatementService(database, vault: theVault)
      .closeAndRead("DFL-01", month: day("2026-10-01"), by: aClerk)
  }

  private func explain(_ finding: Finding) async throws {
    try await ReconciliationService(database).explain(
      check: finding.check, canteen: finding.canteen, day: finding.day, subject: finding.subject,
      explanation: "已核对", by: aClerk)
  }

  @Test
  func `every form of file adds up to the statement, tier by tier and source by source`()
    async throws
  {
    let closed = try await close(SmallCommunity(database))
    let files = try await StatementFiles(database, Self.number)
    let statement = closed.statement

    #expect(
      files.bytes.keys.sorted()
        == [
          "\(Self.number)-异常清单.csv", "\(Self.number)-明细表.csv", "\(Self.number)-汇总表.csv",
          "\(Self.number)-申报表.csv", "\(Self.number).html", "\(Self.number).xlsx",
        ].sorted())
    for form in ["\(Self.number).xlsx", "\(Self.number).html", "csv"] {
      func table(_ name: String) throws -> ReadTable {
        try ReadTable(files.path(form == "csv" ? "\(Self.number)-\(name).csv" : form), name)
      }
      let (details, summary, cover) = (
        try table("明细表"), try table("汇总表"), try table("申报表")
      )
      #expect(details.rows.count == closed.lines.count && details.rows.count == 5)
      for total in statement.sources {
        #expect(try details.fen(total.source.name.zh) == total.fen)
        #expect(try summary.fen(total.source.name.zh) == total.fen)
        #expect(Fen(yuan: try details.total(total.source.name.zh)) == total.fen)
      }
      #expect(try details.fen("餐费标价") == statement.list && statement.list == 6055)
      #expect(try summary.fen("餐费总额") == statement.list)
      #expect(try details.fen("个人自付") == statement.diner)
      #expect(Fen(yuan: try summary.total("申报金额")) == statement.claimed)
      for tier in statement.tiers {
        let rows = try zip(details.column("补贴类别"), details.column("餐费标价"))
          .filter { $0.0 == tier.title }
        #expect(rows.compactMap { Fen(yuan: $0.1) }.sum() == tier.list, "\(tier.title)")
      }
      let values = Dictionary(
        cover.rows.map { ($0[0], $0.count > 1 ? $0[1] : "") },
        uniquingKeysWith: { first, _ in first })
      #expect(values["申报金额(大写)"] == statement.claimed.capitals)
      #expect(values["申报金额(元)"].flatMap { Fen(yuan: $0) } == statement.claimed)
      #expect(values["SHA-256"] == closed.sha256 && values["结算单号"] == Self.number)
    }
  }

  @Test
  func `the same bytes come again after later facts, steps and findings`() async throws {
    let community = try await SmallCommunity(database)
    try await close(community)
    let first = try await StatementFiles(database, Self.number)

    _ = try await StatementLifeService(database).take(.submitted, Self.number, by: aClerk)
    _ = try await StatementLifeService(database).disallow(
      line: 1, of: Self.number, reason: "抽查未就餐", by: aClerk)
    _ = try await community.register(
      SmallCommunity.roster.replacing("甲某", with: "甲某某").replacing("低保", with: "特困"))
    _ = try await community.checkIn(community.request(9, on: "2026-10-15", list: 900))
    try await TestDatabase.current.asOwner(
      """
      insert into findings
      values ('R99', 'DFL-01', '2026-10-12', 'later', 'notice', '后来', 'later', now())
      """)
    let again = try await StatementFiles(
      database, Self.number, by: Attribution(by: "他人", at: aMoment))

    #expect(first.bytes == again.bytes && first.bytes.count == 6)
  }

  @Test
  func `the same bytes come from a dump that was restored elsewhere`() async throws {
    try await close(SmallCommunity(database))
    let here = try await StatementFiles(database, Self.number)
    try await TestDatabase.current.withRestoredDump { restored, _ in
      let there = try await StatementFiles(restored, Self.number)
      #expect(here.bytes == there.bytes)
    }
  }

  @Test
  func `findings are listed as they stood, with the meal that they name`() async throws {
    let community = try await SmallCommunity(database)
    let meal = community.request(1, on: "2026-10-12")
    _ = try await community.checkIn(meal)
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    try await TestDatabase.current.asOwner(
      """
      insert into findings
      values ('R13', 'DFL-01', '2026-10-12', '\(meal.id.text)', 'warning', '两处就餐', 'two', now())
      """)
    let closed = try await StatementService(database, vault: theVault)
      .close("DFL-01", month: day("2026-10-01"), by: aClerk)
    let files = try await StatementFiles(database, Self.number)
    let list = try ReadTable(files.path("\(Self.number)-异常清单.csv"), "异常清单")

    #expect(closed.statement.findings?.count == list.rows.count)
    let row = try #require(list.rows.first { $0.contains("R13") })
    #expect(row.contains("甲*") && row.contains("12:04") && row.contains("午餐"))
    #expect(row.contains("两处就餐") && row.contains("未说明") && row.contains(meal.id.text))

    try await TestDatabase.current.asOwner(
      "update statement_findings set content = jsonb_set(content, '{finding,subject}', '\"x\"')")
    await #expect(throws: StatementFault.findingsChanged(Self.number)) {
      try await StatementFiles(database, Self.number)
    }
    #expect(
      try await AuditService(database).verify("DFL-01").broken?.zh.contains("异常清单") == true)
  }

  @Test
  func `a statement that was changed is not exported, and nothing is left of the attempt`()
    async throws
  {
    try await close(SmallCommunity(database))
    try await TestDatabase.current.asOwner(
      """
      update statement_lines
      set content = jsonb_set(content, '{list}', '1300') where line_no = 2
      """)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-changed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    await #expect(throws: StatementFault.changed(Self.number)) {
      try await StatementExportService(database) { theVault }.export(
        StatementExportService.Order(Self.number, formats: [.xlsx, .csv, .html]),
        to: folder.appendingPathComponent("x").path, by: aClerk)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let recorded = try await database.query("select count(*) from statement_exports", as: Int.self)
    #expect(recorded == [0])
  }

  @Test
  func
    `masked files cannot rebuild a number; full ones take a right and a reason, and are recorded`()
    async throws
  {
    try await close(SmallCommunity(database))
    let number = SmallCommunity.number("51132319500308152")
    let masked = try await StatementFiles(database, Self.number, formats: [.csv, .html])
    let strict = try await StatementFiles(database, Self.number, masking: "strict", formats: [.csv])
    let hidden = try await StatementFiles(database, Self.number, masking: "public", formats: [.csv])
    await #expect(throws: DinerRefusal.reasonMissing) {
      try await StatementFiles(database, Self.number, masking: "full")
    }
    await #expect(throws: DinerRefusal.notAllowed(aClerk.by)) {
      try await StatementFiles(database, Self.number, masking: "full", reason: "审计调阅")
    }
    await #expect(throws: StatementFormRefusal.self) {
      try await StatementFiles(database, Self.number, masking: "everything")
    }
    _ = try await RightService(database)
      .set(.exportFullNumbers, of: aClerk.by, granted: true, by: aClerk)
    let full = try await StatementFiles(
      database, Self.number, masking: "full", reason: "审计调阅", formats: [.csv])

    func details(_ files: StatementFiles) throws -> ReadTable {
      try ReadTable(files.path("\(Self.number)-明细表.csv"), "明细表")
    }
    #expect(
      try details(masked).column("身份证号(脱敏)")[0] == String(repeating: "*", count: 14)
        + number.suffix(4))
    #expect(
      try details(strict).column("身份证号(脱敏)")[0] == String(repeating: "*", count: 16)
        + number.suffix(2))
    #expect(try details(hidden).column("身份证号(脱敏)")[0] == "")
    #expect(try details(full).column("身份证号(脱敏)")[0] == number)
    #expect(try details(full).column("姓名(脱敏)")[0] == "甲某")
    for bytes in masked.bytes.values {
      let text = String(decoding: bytes, as: UTF8.self)
      for part in [number, "19500308", "1950-03-08", String(number.prefix(14)), "甲某"] {
        #expect(!text.contains(part))
      }
    }
    let recorded = try await database.query(
      """
      select concat_ws(' ', masking, has_full_numbers, reason, count(*))
      from statement_exports group by masking, has_full_numbers, reason order by 1
      """, as: String.self)
    #expect(recorded == ["full t 审计调阅 4", "masked f  5", "public f  4", "strict f  4"])
  }

  @Test
  func `an office's own form holds from the next statement on; a closed one keeps its own`()
    async throws
  {
    let community = try await SmallCommunity(database)
    try await close(community)
    let before = try await StatementFiles(database, Self.number, formats: [.csv])
    let own = try #require(StatementForm.documents[StatementForm.standardID])
      .replacing("form: standard", with: "form: 某区")
      .replacing("title: 助餐补贴明细表", with: "title: 某区助餐明细")
      .replacing("{title: 姓名(脱敏), field: name, width: 8}", with: "{title: 老人, field: name}")
      .replacing(
        "    - {title: 窗口, field: terminal, width: 10}\n    - {title: 录入",
        with: "    - {title: 街道意见}\n    - {title: 录入")
    let forms = StatementFormService(database)
    let form = try await forms.add(own, file: "某区.yaml", by: aClerk)
    _ = try await forms.add(own, file: "某区.yaml", by: aClerk)
    await #expect(throws: StatementFormRefusal.known("某区 1")) {
      try await forms.add(own + "\n# 另一份\n", file: "某区.yaml", by: aClerk)
    }
    let after = try await StatementFiles(database, Self.number, formats: [.csv])
    let other = try await StatementFiles(database, Self.number, form: form.id, formats: [.csv])
    _ = try await community.checkIn(community.request(20, on: "2026-11-02"))
    let laterBy = Attribution(
      by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-12-02"), time("09:00")))
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-11-30"), by: laterBy)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-11-30"), by: laterBy)
    let november = try await StatementService(database, vault: theVault)
      .close("DFL-01", month: day("2026-11-01"), by: laterBy)

    #expect(before.bytes == after.bytes && before.bytes != other.bytes)
    #expect(november.statement.form == "某区 1")
    let details = try ReadTable(other.path("\(Self.number)-明细表.csv"), "明细表")
    #expect(details.titles.contains("老人") && details.titles.contains("街道意见"))
    #expect(!details.titles.contains("窗口"))
    #expect(try StatementFileCheck(path: other.path("\(Self.number)-明细表.csv")).faults.isEmpty)
    #expect(
      try await forms.all().map { "\($0.form.id) \($0.isUsed)" } == [
        "standard 1 false", "某区 1 true",
      ])
  }
}
