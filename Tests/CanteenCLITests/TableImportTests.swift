import CanteenTestSupport
import Foundation
import Testing

/// What imports of tables say of each row, and how they are read where a table leaves things out.
@Suite("tables by their commands", .database)
struct TableImportTests {
  private func canteen(_ line: String) throws -> CommandLineRun { try SampleBooks.canteen(line) }

  /// What was printed as JSON.
  private func object(_ run: CommandLineRun) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("a roster's JSON has counts, changes and why which row was not taken, of a dry run too")
  func rosterAsData() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let file = try bench.file(
      "wrong.csv",
      """
      姓名,性别,身份证号,居住社区
      王秀英,女,511323194308150022,幸福社区
      李桂芳,女,511323194308150023,幸福社区
      王秀英,女,511323194308150022,幸福社区

      """)

    let runs = [
      try canteen("roster import \(file) --dry-run --format json"),
      try canteen("roster import \(file) --format json"),
    ]

    for run in runs {
      let object = try object(run)
      let rows = try #require(object["remarks"] as? [[String: Any]])
      #expect(run.status == 2)
      #expect(object["added"] as? Int == 1 && object["refused"] as? Int == 1, "\(run.complaints)")
      let refused = rows.filter { $0["fate"] as? String == "refused" }
      #expect(refused.map { $0["line"] as? Int } == [3])
      #expect(refused.map { $0["code"] as? String } == ["cell_invalid"])
      let sentence = try #require(refused[0]["sentence"] as? [String: String])
      #expect(sentence["zh"]?.hasPrefix("「身份证号」") == true)
      let again = rows.filter { $0["fate"] as? String == "duplicate" }
      #expect(again.map { $0["line"] as? Int } == [4])
      #expect(object["changes"] is [Any])
    }
  }

  @Test("a list without numbers and canteens is read by its title or by --canteen, else refused")
  func bareList() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let rows = """
      日期,时间,餐次,卡号,用餐方式,餐费,支付方式,核验方式
      2日,12:01,午餐,SMP000003,堂食,12.00,现金,刷卡
      2日,12:02,午餐,NOBODY,堂食,12.00,现金,刷卡

      """
    let titled = try bench.file("titled.csv", "幸福社区食堂2026年11月签到表,,,,,,,\n" + rows)
    let untitled = try bench.file("untitled.csv", "2026年11月签到表,,,,,,,\n" + rows)
    let back = bench.folder.path + "/back.csv"

    let first = try canteen("check-in import \(titled) --rejected \(back)")
    let again = try canteen("check-in import \(untitled) --canteen XFS-01")
    let refused = try canteen("check-in import \(untitled)")
    let mended = try bench.file(
      "mended.csv",
      String(contentsOfFile: back, encoding: .utf8).replacing("NOBODY", with: "SMP000002"))
    let second = try canteen("check-in import \(mended)")

    #expect(first.output.contains(/新增\s+1\n/) && first.complaints.contains("各行记在助餐点 XFS-01"))
    #expect(again.output.contains(/此前已导入\s+1\n/), "\(again.complaints)")
    #expect(refused.status == 2 && refused.complaints.contains("请用 --canteen 指定"))
    #expect(second.status == 0 && second.output.contains(/新增\s+1\n/), "\(second.complaints)")
  }
}
