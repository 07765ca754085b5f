import CanteenTestSupport
import Foundation
import Testing

/// The main job by its commands, on the sample community, as `make demo` runs it.
@Suite("the main job by its commands", .database)
struct MainJobCommandTests {
  private func canteen(
    _ line: String, at now: String = "2026-11-23T12:04:00", killedAt: String? = nil
  ) throws -> CommandLineRun {
    try SampleBooks.canteen(line, at: now, killedAt: killedAt)
  }

  private func setUp(_ folder: String) throws { try SampleBooks.setUp(folder) }

  @Test("roster to statement, and everything again changes nothing")
  func wholeJob() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)

    let first = try canteen("check-in import \(folder)/sign-ins.csv --format json")
    let second = try canteen("check-in import \(folder)/sign-ins.csv")
    let roster = try canteen("roster import \(folder)/roster.csv")
    let closed = try canteen("day close --canteen XFS-01 --through 2026-10-31")
    let night = try canteen("reconcile --through 2026-10-31")
    let statement = try canteen("statement close --canteen XFS-01 --month 2026-10 --format json")
    let again = try canteen("statement close --canteen XFS-01 --month 2026-10")
    let export = try canteen("statement export XFS-01-2026-10 --format csv --out \(folder)/out")
    let audit = try canteen("audit verify --canteen XFS-01")
    let (listed, shown) = (
      try canteen("statement list"), try canteen("statement show XFS-01-2026-10")
    )

    #expect(listed.output.contains("环节") && listed.output.contains("已结"))
    #expect(shown.output.hasPrefix("XFS-01-2026-10（已结）"))
    #expect(first.status == 0 && first.output.contains("\"refused\" : 0"))
    #expect(second.status == 0 && second.output.contains("全部签到此前已导入，没有新增"))
    #expect(roster.status == 0 && roster.output.contains("登记册没有变化"))
    #expect(closed.status == 0)
    // The sample has people who eat at both canteens within minutes of each other: findings.
    #expect([0, 3].contains(night.status), "\(night.complaints)")
    #expect(statement.status == 0, "\(statement.complaints)")
    #expect(again.status == 2 && again.complaints.contains("XFS-01-2026-10 已结"))
    #expect(export.output.split(separator: "\n").count == 4)
    for path in export.output.split(separator: "\n") {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: String(path))))
      #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
    }
    #expect(audit.status == 0 && audit.output.contains("与封存时一致"))
  }

  @Test("an import that is killed and run again ends with every row once")
  func killed() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    let line = "check-in import \(folder)/sign-ins.csv --format json"

    let killed = try canteen(line, killedAt: "导入签到 ")
    let half = try await checkIns()
    let again = try canteen(line)
    let whole = try await checkIns()

    #expect(killed.status == 9 && killed.output.isEmpty)
    #expect(again.status == 0 && again.output.contains("\"known\" : \(half)"), "\(again.output)")
    #expect(again.output.contains("\"added\" : \(whole - half)"))
    #expect(half > 0 && half < whole)
    #expect(again.output.contains("\"rows\" : \(whole)"))
  }

  private func checkIns() async throws -> Int {
    try await TestDatabase.current.database.query("select count(*) from check_ins", as: Int.self)[0]
  }

  @Test("the second check-in of a meal is refused with when and where the first was")
  func secondMeal() throws {
    let bench = try Workbench()
    try setUp(bench.folder.path)
    let ask = "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00"

    let first = try canteen(ask, at: "2026-11-23T12:04:00")
    let second = try canteen(ask, at: "2026-11-23T12:09:00")
    let fullPrice = try canteen(ask + " --full-price", at: "2026-11-23T12:10:00")

    #expect(first.status == 0 && first.output.contains("应付"))
    #expect(second.status == 2)
    #expect(second.complaints.contains("今日午餐已就餐 12:04 · 幸福社区"), "\(second.complaints)")
    #expect(second.complaints.contains("一号窗"))
    #expect(fullPrice.status == 0 && fullPrice.output.contains(/应付（元）\s+12\.00/))
  }

  @Test("rows with faults are named by file, line and column; the others are taken")
  func badRows() throws {
    let bench = try Workbench()
    try setUp(bench.folder.path)
    let rows = """
      \(BadInputTests.header)
      Z1,2026-11-02,12:00:00,午餐,NOBODY,XFS-01,堂食,10.00,现金,刷卡
      Z2,2026-02-30,12:00:00,午餐,SMP000001,XFS-01,堂食,10.00,现金,刷卡
      Z3,2026-11-02,12:00:00,午餐,SMP000002,XFS-01,堂食,-1,现金,刷卡
      Z4,2026-11-02,12:01:00,午餐,SMP000003,XFS-01,堂食,12.00,现金,刷卡

      """
    let file = try bench.file("rows.csv", rows)

    let run = try canteen("check-in import \(file)")
    let english = try canteen("check-in import \(file) --lang en")
    let data = try canteen("check-in import \(file) --format json")

    #expect(run.status == 2)
    #expect(run.output.contains(/新增\s+1\n/))
    #expect(run.complaints.contains("rows.csv 第 2 行「卡号」：查无此卡：NOBODY"))
    #expect(run.complaints.contains("rows.csv 第 3 行「日期」："))
    #expect(run.complaints.contains("rows.csv 第 4 行「餐费」："))
    #expect(english.complaints.contains("rows.csv, line 2"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(data.output.utf8)) as? [String: Any])
    let said = try #require(object["remarks"] as? [[String: Any]])
    #expect(object["rows"] as? Int == 4 && object["refused"] as? Int == 3)
    #expect(said.compactMap { $0["line"] as? Int } == [2, 3, 4])
    #expect(
      said.compactMap { $0["code"] as? String } == ["card_unknown", "cell_invalid", "cell_invalid"])
    #expect(said.allSatisfy { $0["fate"] as? String == "refused" && $0["sheet"] is NSNull })
    let sentence = try #require(said[0]["sentence"] as? [String: String])
    #expect(sentence["zh"] == "「卡号」查无此卡：NOBODY")
    #expect(sentence["en"]?.contains("nobody has the card NOBODY") == true)
  }

  @Test("rows that were not taken come back under their title, and once mended they are taken")
  func rejectedRows() throws {
    let bench = try Workbench()
    try setUp(bench.folder.path)
    let file = try bench.file(
      "rows.csv",
      """
      11月签到表,,,,,,,,,
      \(BadInputTests.header)
      Z1,2026-11-02,12:00:00,午餐,NOBODY,XFS-01,堂食,10.00,现金,刷卡
      Z2,2026-11-02,12:01:00,午餐,SMP000003,XFS-01,堂食,12.00,现金,刷卡
      Z2,2026-11-02,12:01:00,午餐,SMP000003,XFS-01,堂食,12.00,现金,刷卡

      """)
    let back = bench.folder.path + "/back.csv"

    let first = try canteen("check-in import \(file) --rejected \(back)")
    let text = try String(contentsOfFile: back, encoding: .utf8)
    let mended = try bench.file("mended.csv", text.replacing("NOBODY", with: "SMP000002"))
    let second = try canteen("check-in import \(mended) --rejected \(back)")
    let nowhere = try canteen("check-in import \(file) --rejected \(bench.folder.path)/no/back.csv")

    #expect(first.status == 2 && first.output.contains(/其中表内重复\s+1\n/))
    #expect(first.complaints.contains("未导入的 1 行已写到"))
    #expect(text.contains("11月签到表") && text.contains("「卡号」查无此卡：NOBODY"), "\(text)")
    #expect(!text.contains("SMP000003"))
    #expect(second.status == 0 && second.output.contains(/新增\s+1\n/), "\(second.complaints)")
    #expect(nowhere.status == 2 && nowhere.complaints.contains("无法写入"))
  }

  @Test("a database that a newer program migrated is refused with both versions")
  func ahead() async throws {
    try await TestDatabase.current.asOwner(
      "insert into schema_migrations values (9999, '9999_later.sql', '\\x00', now())")

    let run = try canteen("region list")

    #expect(run.status == 1)
    #expect(run.complaints.hasPrefix("故障：数据库比本程序新：数据库已执行 9999_later.sql"))
  }
}
