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
      let counts = try #require(object["counts"] as? [String: Any])
      let rows = try #require(object["rows"] as? [[String: Any]])
      #expect(run.status == 2)
      #expect(counts["added"] as? Int == 1 && counts["refused"] as? Int == 1, "\(run.complaints)")
      let refused = rows.filter { $0["fate"] as? String == "refused" }
      #expect(refused.map { $0["line"] as? Int } == [3])
      #expect(refused.map { $0["code"] as? String } == ["cell_invalid"])
      #expect((refused[0]["sentence"] as? String)?.hasPrefix("「身份证号」") == true)
      let again = rows.filter { $0["fate"] as? String == "duplicate" }
      #expect(again.map { $0["line"] as? Int } == [4])
      #expect(object["changes"] is [Any])
    }
  }
}
