import CanteenTestSupport
import Foundation
import Testing

/// What leaves the house by command, and how an auditor checks it.
@Suite("statements by command", .database)
struct StatementCommandTests {
  private static let number = ClosedBooks.number

  private func canteen(_ line: String, at now: String = "2026-11-23T12:04:00") throws
    -> CommandLineRun
  {
    try SampleBooks.canteen(line, at: now)
  }

  @Test
  func `each process writes the same bytes, before and after later facts and on a restored dump`()
    async throws
  {
    let books = try ClosedBooks()
    let folder = books.bench.folder.path
    let export = "statement export \(Self.number) --format all --out \(folder)"
    let first = try canteen("\(export)/first")
    let late = try canteen(
      "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00")
    let submitted = try canteen("statement submit \(Self.number)")
    let again = try canteen("\(export)/again", at: "2026-12-01T08:00:00")
    let (one, two) = (try books.files("first"), try books.files("again"))
    let restored = try await TestDatabase.current.withRestoredDump { _, url in
      var environment = SampleBooks.environment
      environment["CANTEEN_DATABASE_URL"] = url
      return try CommandLineRun.canteen(
        "\(export)/restored".split(separator: " ").map(String.init), environment: environment)
    }

    #expect(first.status == 0 && first.output.split(separator: "\n").count == 7)
    #expect(late.status == 0 && submitted.status == 0 && again.status == 0)
    #expect(restored.status == 0, "\(restored.complaints)")
    #expect(one.count == 7 && one == two)
    #expect(try books.files("restored") == one)
  }

  @Test
  func `an auditor checks the files without a database, and a changed cell is named`() throws {
    let books = try ClosedBooks()
    let out = books.path("out")
    _ = try canteen("statement export \(Self.number) --format all --out \(out)")
    let head = try canteen("audit head")
    let saved = try books.bench.file("head.txt", head.output)
    let files = try books.files("out").keys.filter { !$0.hasSuffix(".sha256") }.sorted()
    let named = files.flatMap { ["--file", "\(out)/\($0)"] }
    func offline(_ arguments: [String]) throws -> CommandLineRun {
      // Nothing in the environment names a database, and none is made.
      try CommandLineRun.canteen(
        ["audit", "verify"] + arguments, environment: ["CANTEEN_HOME": books.path("nowhere")])
    }
    let details = "\(out)/\(Self.number)-明细表.csv"
    let text = try String(contentsOfFile: details, encoding: .utf8)
    let spoilt = try books.bench.file(
      "spoilt.csv", text.replacing("12.00", with: "21.00", maxReplacements: 1))

    let whole = try offline(named + ["--head", saved, "--format", "json"])
    let changed = try offline(["--file", spoilt])
    let inBooks = try canteen("audit verify --file \(spoilt) --books")
    let unsealed = try offline(["--file", saved])

    #expect(files.count == 6 && whole.status == 0, "\(whole.complaints)")
    #expect(whole.output.contains("明细表") && !whole.output.contains("changed"))
    #expect(whole.output.contains("\"result\" : \"as_sealed\""))
    #expect(changed.status == 3 && changed.output.contains("文件有改动"), "\(changed.output)")
    #expect(changed.complaints.contains("spoilt.csv 明细表第 "))
    #expect(changed.complaints.contains("与校验码不符") && changed.complaints.contains("各行合计"))
    #expect(inBooks.status == 3 && inBooks.complaints.contains("文件 21.00，账上 12.00"))
    #expect(unsealed.status == 2 && unsealed.complaints.contains("没有结算单的封行"))
    #expect(!FileManager.default.fileExists(atPath: books.path("nowhere")))
  }

  @Test
  func `full numbers take a right and a reason`() throws {
    let books = try ClosedBooks()
    let export =
      "statement export \(Self.number) --format csv --masking full --out \(books.path("full"))"

    let without = try canteen(export)
    let notAllowed = try canteen(export + " --reason 审计")
    _ = try canteen("right grant 王主任 export_full_numbers")
    let allowed = try canteen(export + " --reason 审计")

    #expect(without.status == 2 && notAllowed.status == 2)
    #expect(allowed.status == 0, "\(allowed.complaints)")
  }

  @Test
  func `an office's own form is checked, added and used`() throws {
    let books = try ClosedBooks()
    let shown = try canteen("statement form show standard 1")
    let own = try books.bench.file(
      "own.yaml",
      shown.output.replacing("form: standard", with: "form: own")
        .replacing("title: 助餐补贴申报表", with: "title: 某街道申报表"))
    let wrong = try books.bench.file(
      "wrong.yaml", shown.output.replacing("field: tier,", with: "field: teir,"))

    let refused = try canteen("statement form add \(wrong)")
    let checked = try canteen("statement form check \(own)")
    let added = try canteen("statement form add \(own)")
    let listed = try canteen("statement form list --format json")
    let export = try canteen(
      "statement export \(Self.number) --format html --out \(books.path("own.html")) --form own")
    let unknown = try canteen("statement export \(Self.number) --form other")

    #expect(refused.status == 2 && refused.complaints.contains("wrong.yaml 第 "))
    #expect(refused.complaints.contains("没有栏目 teir"))
    #expect(checked.status == 0 && added.output.contains("已启用表样 own 1"))
    #expect(listed.output.contains("\"form\" : \"own 1\""))
    #expect(export.status == 0, "\(export.complaints)")
    #expect(
      try String(contentsOfFile: books.path("own.html"), encoding: .utf8).contains("某街道申报表"))
    #expect(unknown.status == 2 && unknown.complaints.contains("没有表样 other"))
  }

  @Test
  func `a line is taken apart down to the facts of that day`() throws {
    _ = try ClosedBooks()
    let text = try canteen("statement explain \(Self.number) --line 1")
    let json = try canteen("statement explain \(Self.number) --line 1 --format json")
    let missing = try canteen("statement explain \(Self.number) --line 999999")

    #expect(text.status == 0, "\(text.complaints)")
    for part in ["结算单 \(Self.number)", "类别 ", "明细第 1 行", "签到 ", "当时的依据：", "政策 "] {
      #expect(text.output.contains(part), "\(part)")
    }
    let object =
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any] ?? [:]
    #expect(
      object.keys.sorted() == [
        "check_in", "disallowed", "findings", "line", "policies", "statement", "tier",
      ])
    let inputs = (object["check_in"] as? [String: Any])?["inputs"] as? [String: Any]
    #expect(inputs?["age"] is Int && !json.output.contains("birth_date"))
    #expect(missing.status == 2 && missing.complaints.contains("没有第 999999 行"))
  }
}
