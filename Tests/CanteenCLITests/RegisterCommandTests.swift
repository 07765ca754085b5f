import CanteenDomain
import CanteenFiles
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

  /// Every stretch of a text that is as long as an ID number or a phone number and could be one,
  /// also within longer ones.
  private func everyNumber(in text: String) -> Set<String> {
    var found: Set<String> = []
    let isPart: (UInt8) -> Bool = { (48...57).contains($0) || $0 == 88 || $0 == 120 }
    for run in Array(text.utf8).split(whereSeparator: { !isPart($0) }) {
      // A keyed hash is a number of nearly always 16 to 19 digits; a telephone's 11 stand in some by chance.
      for length in [run.count < 16 ? 11 : 18] where run.count >= length {
        for start in run.startIndex...(run.endIndex - length) {
          found.insert(String(decoding: run[start..<(start + length)], as: UTF8.self).uppercased())
        }
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
      .split(whereSeparator: \.isNewline).dropFirst(2).map { line in
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
    for text in [dump, said, exported] {
      #expect(secrets.intersection(everyNumber(in: text)) == [])
    }
    #expect(!secrets.isDisjoint(with: everyNumber(in: "x1\(number)x")))
  }

  @Test("a server that searches, checks in and keeps an exception writes no number anywhere")
  func numbersAtTheCounter() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let roster = "\(folder)/roster.csv"
    let secrets = numbers(in: try String(contentsOfFile: roster, encoding: .utf8))
    let rows = try RosterRow.read(contentsOf: roster, asOf: day("2026-11-23")).compactMap(\.value)
    let number = try #require(rows.compactMap(\.idNumber?.number).first)
    let phone = try #require(rows.compactMap(\.phone).first)
    let server = try await CounterServer()
    let window = try await LoadWindow(server.address)

    let found = [try await window.matches(number), try await window.matches(phone)]
    let nobody = try await window.matches("511323190001010000")
    let meal = LoadWindow.Meal(eater: .diner(1), daysAgo: 1)
    let first = try await window.checkIn(meal, UUID().uuidString.lowercased(), tries: 3)
    let second = try await window.checkIn(meal, UUID().uuidString.lowercased(), tries: 3)
    let kept = try await count("select count(*) from check_in_exceptions")
    server.cut()
    let dump = try run("pg_dump", [TestDatabase.current.ownerURL])

    #expect(found == [1, 1] && nobody == 0)
    #expect(first != nil && second == nil && kept == 1)
    #expect(server.log.contains("http://"))
    #expect(secrets.count > 100 && dump.contains("check_in_exceptions"))
    #expect(secrets.intersection(everyNumber(in: "\(dump) \(server.log)")) == [])
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

    try await rotateKilled(roster)
  }

  @Test("without the keys that sealed the register nothing is made, read or written")
  func keysAreMissing() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-lost-\(TestDatabase.current.name)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try setUp(folder)
    try #require(canteen("roster import \(folder)/roster.csv").status == 0)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-keys-\(TestDatabase.current.name)/key").path
    let keys = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.removeItem(atPath: file)

    let missing = try canteen("key status")
    let isMade = FileManager.default.fileExists(atPath: file)
    let other = String(repeating: "ab", count: 32)
    try Data("1 \(other)\n".utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let foreign = try canteen("roster import \(folder)/roster.csv")
    try keys.write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let again = try canteen("roster import \(folder)/roster.csv")
    let nobody = try CommandLineRun.canteen(
      ["diner", "list", "--by", "　"],
      environment: ["CANTEEN_DATABASE_URL": TestDatabase.current.ownerURL])

    #expect(missing.status == 2 && missing.complaints.contains("找不到密钥文件"))
    #expect(!isMade)
    #expect(foreign.status == 2 && foreign.complaints.contains("打不开登记册中的号码"))
    #expect(again.status == 0 && again.complaints.contains("全部行此前已导入") == false)
    #expect(nobody.status == 64 && nobody.complaints.contains("--by 不能为空"))
  }

  /// Changes the key, is killed among the persons, and goes on.
  private func rotateKilled(_ roster: String) async throws {
    let someone = try #require(
      numbers(in: try String(contentsOfFile: roster, encoding: .utf8)).sorted()
        .first { $0.count == 18 })
    func finds() throws -> Bool {
      try canteen("diner find - --format json", input: someone + "\n").output.contains("\"id\"")
    }
    /// How many texts are under which key, and whether that key is at hand.
    func keys() throws -> [[String]] {
      try canteen("key status --format csv").output.split(whereSeparator: \.isNewline).dropFirst()
        .map { $0.split(separator: ",").map(String.init) }
    }
    let before = try keys()

    let killed = try canteen("key rotate", killedAt: "换钥 ")
    let half = try keys()
    let foundByHalf = try finds()
    let done = try canteen("key rotate")
    let after = try keys()

    #expect(killed.status == 9 && before.count == 1)
    #expect(half.count == 2 && half.allSatisfy { $0[2] == "是" }, "\(half)")
    #expect(half.allSatisfy { Int($0[1]) ?? 0 > 0 }, "\(half)")
    #expect(done.status == 0, "\(done.complaints)")
    #expect(after.count == 1 && after[0][0] == half[1][0] && after[0][1] == before[0][1])
    #expect(try foundByHalf && finds())
  }

  @Test("a roster, its changes and the rows that were not taken are handed out as workbooks too")
  func workbooks() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    let wrong = """
      姓名,身份证号,联系电话
      王秀英,5.11323E+17,028-87654321
      李桂芳,511323194308150023,13800000001

      """
    _ = try canteen("roster import \(folder)/roster.csv")
    let refused = try canteen(
      "roster import \(bench.file("wrong.csv", wrong)) --rejected \(folder)/wrong.xlsx")
    let exported = [
      try canteen("roster export \(folder)/out.xlsx"),
      try canteen("roster export \(folder)/out.csv"),
      try canteen("roster changes --from 2026-11-01 --file \(folder)/changes.xlsx"),
    ]

    #expect(refused.status == 2 && exported.map(\.status) == [0, 0, 0])
    let columns = [Column(names: ["姓名"], required: true)]
    let rows = try ["out.xlsx", "out.csv"].map { name in
      try Table(contentsOf: "\(folder)/\(name)", columns: columns).rows.map { row in
        // The marks by which CSV keeps a spreadsheet's hands off.
        row.texts.map { $0.hasPrefix("\t") || $0.hasPrefix("'") ? String($0.dropFirst()) : $0 }
      }
    }
    #expect(zip(rows[0], rows[1]).filter { $0 != $1 }.map { [$0, $1] } == [])
    #expect(rows[0].count == rows[1].count && rows[0].count > 100)
    let changes = try Table(contentsOf: "\(folder)/changes.xlsx", columns: columns)
    #expect(changes.rows.count >= rows[0].count)
    let back = try Table(contentsOf: "\(folder)/wrong.xlsx", columns: columns).rows.map(\.texts)
    #expect(
      back.map { Array($0.prefix(3)) } == [
        ["王秀英", "5.11323E+17", "028-87654321"], ["李桂芳", "511323194308150023", "13800000001"],
      ])
    #expect(back.allSatisfy { !$0[3].isEmpty })
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/out.xlsx")[
      .posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test("a printed card is read by a scanner, finds its person, and shows no more than it must")
  func cards() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try setUp(folder)
    _ = try canteen("roster import \(folder)/roster.csv")
    let sheet = try canteen(
      "diner card #1 #2 --to \(folder)/cards.svg --title 东风路社区长者食堂 --hint 挂失请找王主任")
    try #require(sheet.status == 0, "\(sheet.complaints)")

    _ = try run(
      "rsvg-convert", ["--zoom", "1.5", "-o", "\(folder)/cards.png", "\(folder)/cards.svg"])
    let codes = try run("zbarimg", ["-q", "--raw", "\(folder)/cards.png"])
      .split(whereSeparator: \.isNewline).map(String.init)

    #expect(Set(codes).count == 2 && codes.allSatisfy { $0.hasPrefix("CQ") && $0.count == 22 })
    let names = try codes.map { code in
      let found = try canteen("diner find - --format json", input: code + "\n")
      return try #require(
        found.output.components(separatedBy: "\"name\" : \"").dropFirst().first?
          .prefix { $0 != "\"" })
    }
    let svg = try String(contentsOfFile: "\(folder)/cards.svg", encoding: .utf8)
    #expect(
      Set(names).count == 2
        && names.allSatisfy { !svg.contains($0) && svg.contains($0.prefix(1) + "*") })
    #expect(numbers(in: svg) == [])
    let again = try canteen("diner card #1 --to \(folder)/again.html")
    #expect(again.status == 0)
    let html = try String(contentsOfFile: "\(folder)/again.html", encoding: .utf8)
    #expect(html.contains("@page{size:A4"))
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
