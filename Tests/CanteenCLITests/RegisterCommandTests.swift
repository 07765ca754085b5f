import CanteenDomain
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// The register by its commands: an office's messy file, and what may never leave it.
@Suite("the register by its commands", .database)
struct RegisterCommandTests {
  private func canteen(
    _ line: String, input: String? = nil, killedAt: String? = nil
  ) throws -> CommandLineRun {
    try CommandLineRun.canteen(
      line.split(separator: " ").map(String.init) + ["--now", "2026-11-24T09:00:00"],
      environment: [
        "CANTEEN_DATABASE_URL": TestDatabase.current.ownerURL, "CANTEEN_BY": "王主任",
        "CANTEEN_KEY_FILE": FileManager.default.temporaryDirectory
          .appendingPathComponent("canteen-keys-\(TestDatabase.current.name)/key").path,
      ], input: input, killedAt: killedAt)
  }

  private static let shared = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data").path

  /// The sample community's places and roster.
  private func setUp(_ folder: String) throws {
    for line in [
      "sample write \(folder)", "region import \(folder)/regions.csv",
      "canteen import \(folder)/canteens.csv",
    ] {
      let run = try canteen(line)
      try #require(run.status == 0, "\(line): \(run.complaints)")
    }
  }

  private func count(_ query: SQL) async throws -> Int {
    try await TestDatabase.current.database.query(query, as: Int.self).first ?? -1
  }

  /// Every ID number and phone number in a text.
  private func numbers(in text: String) -> Set<String> {
    var found: Set<String> = []
    for cell in text.split(whereSeparator: { ",\t\r\n\"'".contains($0) }) {
      let isNumber = cell.dropLast().allSatisfy(\.isASCIIDigit)
      if isNumber, cell.count == 18 || (cell.count == 11 && cell.hasPrefix("1")) {
        found.insert(String(cell))
      }
    }
    return found
  }

  @Test(
    "an office's messy workbook is taken with the fates of its key",
    .enabled(if: FileManager.default.fileExists(atPath: "\(shared)/xingfu-roster.xlsx")))
  func xingfu() async throws {
    let bench = try Workbench()
    let regions = """
      编码,名称,级别,上级编码
      511323,蓬安县,区县,
      511323002,锦屏镇,街道,511323
      511323002001,幸福社区,社区,511323002

      """
    #expect(try canteen("region import \(bench.file("regions.csv", regions))").status == 0)
    let key = try String(contentsOfFile: "\(Self.shared)/xingfu-roster.key.csv", encoding: .utf8)
    let fates = key.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").map(String.init)
    }
    let rejected = bench.folder.appendingPathComponent("rejected.csv").path
    let file = "\(Self.shared)/xingfu-roster.xlsx"

    let preview = try canteen("roster import \(file) --dry-run --format json")
    let before = try await count("select count(*) from diners")
    let first = try canteen("roster import \(file) --rejected \(rejected) --format json")
    let second = try canteen("roster import \(file)")

    let accepted = fates.count { $0[2].hasPrefix("accept") }
    #expect(before == 0 && preview.output.components(separatedBy: "\"line\"").count - 1 >= accepted)
    #expect(try await count("select count(*) from diners") == accepted)
    #expect(first.output.contains("\"added\" : \(accepted)"), "\(first.complaints.suffix(400))")
    #expect(first.output.contains("\"duplicates\" : \(fates.count { $0[2] == "duplicate" })"))
    let serials = try String(contentsOfFile: rejected, encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst().map { line in
        line.prefix { $0 != "," }.filter { $0 != "\t" }
      }
    #expect(serials == fates.filter { $0[2] == "reject" }.map { $0[0] })
    #expect(first.status == 2 && second.status == 2)
    #expect(try await count("select count(*) from diner_records") == accepted)
  }

  @Test("no number of a person is in the database, in what was printed, or takes part in arguments")
  func discreet() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    let roster = try String(contentsOfFile: "\(folder)/roster.csv", encoding: .utf8)
    let secrets = numbers(in: roster)
    let number = try #require(secrets.first { $0.count == 18 })

    let runs = [
      try canteen("roster import \(folder)/roster.csv --dry-run"),
      try canteen("roster import \(folder)/roster.csv"),
      try canteen("diner list --format json"), try canteen("diner find -", input: number + "\n"),
      try canteen("diner show #1 --format json"), try canteen("diner twins"),
      try canteen("roster changes --from 2026-11-01"),
      try canteen("roster export \(folder)/out.csv"), try canteen("diner find \(number)"),
    ]
    let dump = try run("pg_dump", [TestDatabase.current.ownerURL])

    #expect(runs.map(\.status) == [0, 0, 0, 0, 0, 0, 0, 0, 2])
    let said = runs.map { $0.output + $0.complaints }.joined()
    let exported = try String(contentsOfFile: "\(folder)/out.csv", encoding: .utf8)
    #expect(secrets.count > 100 && dump.contains("diner_records"))
    #expect(secrets.filter { dump.contains($0) } == [])
    #expect(secrets.filter { said.contains($0) } == [])
    #expect(secrets.filter { exported.contains($0) } == [])
  }

  @Test("a masked roster leaves thousands of numbers to choose from for each person")
  func masked() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    _ = try canteen("roster import \(folder)/roster.csv")
    _ = try canteen("roster export \(folder)/out.csv")
    let lines = try String(contentsOfFile: "\(folder)/out.csv", encoding: .utf8)
      .split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    let (age, number) = try (
      #require(header.firstIndex(of: "周岁")), #require(header.firstIndex(of: "证件号"))
    )
    #expect(!lines[0].contains("出生"))

    for line in lines.dropFirst().prefix(2) {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let shown = cells[number].filter { $0 != "\t" && $0 != "'" }
      let years = try #require(Int(cells[age]))
      // The attacker knows the region, the age and what is shown, and tries every sequence number.
      var candidates = 0
      for offset in 0..<366 {
        let birth = day("2026-11-24").addingMonths(-12 * years) - offset
        let digits = "511323\(birth)".filter(\.isASCIIDigit)
        for sequence in 0..<1000 {
          let stem = digits + String(1000 + sequence).suffix(3)
          let check = ResidentID.checkCharacter(for: stem.compactMap(\.wholeNumberValue))
          if "\(stem.suffix(1))\(check)" == shown.suffix(2) { candidates += 1 }
        }
      }
      #expect(shown.prefix(16) == "****************" && candidates > 1000)
    }
  }

  @Test("full numbers need the right and a reason, and the export is recorded")
  func full() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    _ = try canteen("roster import \(folder)/roster.csv")
    let line = "roster export \(folder)/full.csv --full-numbers"

    let without = try canteen("\(line) --reason 审计")
    let granted = try canteen("right grant 王主任 export_full_numbers")
    let noReason = try canteen(line)
    let done = try canteen("\(line) --reason 审计")

    #expect([without.status, noReason.status] == [2, 2])
    #expect(without.complaints.contains("没有导出完整号码的权限"))
    #expect(granted.status == 0 && done.status == 0, "\(done.complaints)")
    let file = try String(contentsOfFile: "\(folder)/full.csv", encoding: .utf8)
    #expect(numbers(in: file).contains { $0.count == 18 })
    #expect(
      try await count("select count(*) from register_exports where has_full_numbers") == 1)
  }

  @Test("a roster import that is killed and run again registers everybody once")
  func killed() async throws {
    let bench = try Workbench()
    let roster = "\(Self.shared)/dongfeng-roster.csv"
    try setUp(bench.folder.path)
    let regions = """
      编码,名称,级别,上级编码
      511323,蓬安县,区县,
      511323001,周口街道,街道,511323
      511323001001,东风路社区,社区,511323001

      """
    _ = try canteen("region import \(bench.file("more.csv", regions))")

    let killed = try canteen("roster import \(roster)", killedAt: "登记 ")
    let half = try await count("select count(*) from diners")
    let again = try canteen("roster import \(roster) --format json")
    let whole = try await count("select count(*) from diners")

    #expect(killed.status == 9 && half > 0 && half < whole && whole == 2600)
    #expect(again.output.contains("\"added\" : \(whole - half)"), "\(again.complaints.suffix(300))")
    #expect(try await count("select count(*) from diner_records") == whole)
  }

  private func run(_ name: String, _ arguments: [String]) throws -> String {
    let out = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-dump-\(UUID().uuidString)")
    try Data().write(to: out)
    defer { try? FileManager.default.removeItem(at: out) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardOutput = try FileHandle(forWritingTo: out)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try String(contentsOf: out, encoding: .utf8)
  }
}
