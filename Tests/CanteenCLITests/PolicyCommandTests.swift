import CanteenTestSupport
import Foundation
import Testing

/// What an office asks of its policies after the fact: why, what if, and what should have been.
@Suite("policy commands on past meals", .database)
struct PolicyCommandTests {
  private func canteen(_ line: String) throws -> CommandLineRun { try SampleBooks.canteen(line) }

  private func json(_ run: CommandLineRun) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(run.output.utf8))
  }

  /// One lunch of one person of the sample, and its key.
  private func lunch() async throws -> String {
    let run = try canteen(
      "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00 --day 2026-11-02 --time 12:04"
    )
    #expect(run.status == 0, "\(run.complaints)")
    return try await TestDatabase.current.database.query(
      "select check_in_id::text from check_ins", as: String.self)[0]
  }

  @Test("explain says which rule gave what, in words and as JSON, and shows no birth date")
  func explain() async throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let id = try await lunch()

    let words = try canteen("policy explain \(id)")
    let data = try canteen("policy explain \(id) --format json")
    let table = try canteen("policy explain \(id) --format csv")
    let english = try canteen("policy explain \(id) --lang en")
    let unknown = try canteen("policy explain 00000000-0000-0000-0000-000000000000")

    #expect(words.status == 0 && words.output.contains("当时的依据：") && words.output.contains("周岁"))
    #expect(words.output.contains("标价12.00元，个人付"))
    #expect(english.output.contains("list price 12.00, the diner pays"))
    #expect(table.output.contains("example-age-bands"))
    let object = try #require(try json(data) as? [String: Any])
    let line = try #require(object["line"] as? [String: Any])
    let shares = try #require(line["shares"] as? [[String: Any]])
    let paid = shares.compactMap { $0["fen"] as? Int }.reduce(0, +)
    #expect(line["list_fen"] as? Int == 1200)
    #expect((line["diner_fen"] as? Int ?? 0) + paid == 1200)
    let told = try #require(line["explanation"] as? [[String: String]])
    #expect(told.contains { $0["zh"]?.contains("标价12.00元，个人付") == true })
    #expect(told.contains { $0["en"]?.contains("list price 12.00, the diner pays") == true })
    #expect((object["inputs"] as? [String: Any])?["age"] is Int)
    #expect(!data.output.contains("birth"))
    #expect(unknown.status == 2 && unknown.complaints.contains("没有签到记录"))
  }

  @Test("simulate compares a draft with what was paid, as table, chart, JSON and CSV")
  func simulate() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    _ = try await lunch()
    let text = try String(contentsOfFile: "\(folder)/example-age-bands.yaml", encoding: .utf8)
    let draft = try bench.file(
      "draft.yaml",
      text.replacing("version: \"2025\"", with: "version: \"2027\"")
        .replacing("best_of ", with: "additive ").replacing("1.00}", with: "2.00}"))
    let line = "policy simulate \(draft) --from 2026-11-01 --to 2026-11-30"

    let table = try canteen(line)
    let data = try canteen(line + " --format json")
    let csv = try canteen(line + " --format csv")
    let backwards = try canteen("policy simulate \(draft) --from 2026-11-30 --to 2026-11-01")
    let missing = try canteen(
      "policy simulate \(folder)/nothing.yaml --from 2026-11-01 --to 2026-11-30")

    #expect(table.status == 0, "\(table.complaints)")
    #expect(table.output.contains("草案") && table.output.contains("█"))
    #expect(table.output.contains("不变的") && table.complaints.contains("测算（人）"))
    let object = try #require(try json(data) as? [String: Any])
    #expect((object["total"] as? [String: Any])?["meals"] as? Int == 1)
    #expect(object["age_bands"] is [Any] && object["persons"] is [String: Any])
    #expect(csv.output.contains("age_band,") && csv.output.contains("canteen,XFS-01,1,1,"))
    #expect(backwards.status == 2 && backwards.complaints.contains("晚于"))
    #expect(missing.status != 0)
  }

  @Test("reprice lists first, writes once, and a second run finds nothing")
  func reprice() async throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    _ = try await lunch()
    try await TestDatabase.current.asOwner(
      """
      insert into entitlements (
          diner_id, entitlement_no, revision, recorded_at, recorded_by, category, valid_from
      )
      select diner_id, 99, 1, now(), 'x', 'DIBAO', '2026-11-01' from cards
      where card_no = 'SMP000001'
      """)

    let tried = try canteen("policy reprice --since 2026-11-01 --dry-run")
    let written = try canteen("policy reprice --since 2026-11-01 --format json")
    let again = try canteen("policy reprice --since 2026-11-01")

    #expect(tried.status == 0 && tried.output.contains("试运行，未写入："), "\(tried.complaints)")
    let rows = try #require(try json(written) as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["written"] as? Bool == true)
    #expect(again.status == 0 && again.output.contains("没有需要调整的餐次"))
  }

  @Test("a year's holidays are imported once, listed, and a faulty file is taken not at all")
  func calendar() throws {
    let bench = try Workbench()
    let notice = try bench.file(
      "节假日.csv", "日期,至,类型,名称\n2026-10-01,2026-10-07,节假日,国庆节\n2026-10-10,,调休上班日,\n")
    let faulty = try bench.file("错.csv", "日期,类型\n2027-01-01,节假日\n2027-13-01,节假日\n")

    let first = try canteen("calendar import \(notice)")
    let again = try canteen("calendar import \(notice)")
    let wrong = try canteen("calendar import \(faulty)")
    let list = try canteen("calendar list --year 2026 --format json")
    let none = try canteen("calendar list --year 2027 --format csv")

    #expect(first.output.contains("新增 8 天") && again.output.contains("新增 0 天，更改 0 天，已有 8 天"))
    #expect(wrong.status == 2 && wrong.complaints.contains("错.csv 第 3 行「日期」"))
    #expect(wrong.complaints.contains("有 1 行有误，原因如上；整张表未导入"))
    #expect((try json(list) as? [[String: Any]])?.count == 8)
    #expect(!none.output.contains("2027"))
  }
}
