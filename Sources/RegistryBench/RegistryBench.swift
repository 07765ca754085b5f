import CanteenDomain
import CanteenFiles
import CanteenPinyin
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres

/// Measures the register at a million diners: an import against psql's `\copy` of the same rows into a
/// plain text table, and look-ups by each key against a look-up by primary key. Writes one JSON object
/// a line.
///
///     RegistryBench --database-url URL [--diners N]
///
/// It migrates the database that it is given, which must be empty.
@main
struct RegistryBench {
  static let rowsAtOnce = 100_000

  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    var url = ""
    var diners = 1_000_000
    while let option = arguments.popFirst() {
      switch option {
      case "--database-url": url = arguments.popFirst() ?? ""
      case "--diners": diners = arguments.popFirst().flatMap(Int.init) ?? diners
      default: throw Unusable(description: "unknown option \(option)")
      }
    }
    guard !url.isEmpty else { throw Unusable(description: "--database-url is missing") }
    let database = Database(
      try ConnectionConfiguration(url: url), size: 4, logger: Logger(label: "registry.bench"))
    let bench = RegistryBench(database: database, url: url, diners: diners)
    try await bench.prepare()
    try await bench.importAgainstCopy()
    try await bench.lookUps()
    await database.shutdown()
  }

  struct Unusable: Error, CustomStringConvertible { let description: String }

  let database: Database
  let url: String
  let diners: Int
  private let vault = Vault(key: .random())
  private let by = Attribution(by: "bench", at: Instant(seconds: 1_790_000_000))
  private let today = Day(number: 20_717)

  private func prepare() async throws {
    _ = try await Migrator(database).migrate(at: by.at)
    let county = Region(
      code: Region.Code("511323"), name: "蓬安县", level: .county, parent: nil)
    let community = Region(
      code: Region.Code("511323001001"), name: "东风路社区", level: .community, parent: county.code)
    let groups = (1...6).map {
      Region(
        code: Region.Code("511323001001-0\($0)"), name: "\($0)组", level: .group,
        parent: community.code)
    }
    _ = try await RegionService(database).add(
      [county, community] + groups, validFrom: Day(number: 0))
    let columns = BenchRoster.header.indices.map { "c\($0) text" }.joined(separator: ", ")
    try await database.execute("create table bench_plain (\(unescaped: columns))")
  }

  /// Files of 100,000 clean rows: the first three give the ratio, the others fill the register.
  private func importAgainstCopy() async throws {
    var ours: [Double] = []
    var theirs: [Double] = []
    for start in stride(from: 0, to: diners, by: Self.rowsAtOnce) {
      let path = NSTemporaryDirectory() + "registry-bench-\(UUID().uuidString).csv"
      try BenchRoster.csv(start..<min(start + Self.rowsAtOnce, diners))
        .write(toFile: path, atomically: false, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      if ours.count < 3 { theirs.append(try await copy(path)) }
      let taken = try await seconds {
        let readings = try RosterRow.read(contentsOf: path, asOf: today)
        let outcome = try await RosterImport(database, vault: vault)
          .run(readings, fileName: "bench.csv", by: by)
        guard outcome.added == readings.count else {
          throw Unusable(description: "\(outcome.refused.first?.sentence.en ?? "rows are missing")")
        }
      }
      if ours.count < 3 { ours.append(taken) }
      FileHandle.standardError.write(Data("registered \(start + Self.rowsAtOnce)\n".utf8))
    }
    let (mine, other) = (ours.sorted()[ours.count / 2], theirs.sorted()[theirs.count / 2])
    try report("registry/import-vs-copy", ratio: other / mine, mine, other, "s", runs: ours.count)
    try await database.execute("analyze")
  }

  private func copy(_ path: String) async throws -> Double {
    try await database.execute("truncate bench_plain")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c",
      "\\copy bench_plain from '\(path)' with (format csv, header)", url,
    ]
    return try await seconds {
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw Unusable(description: "psql failed") }
    }
  }

  /// Each kind of key, two hundred times; the figure is the slowest but two, against 10 ms.
  private func lookUps() async throws {
    let service = DinerService(database, vault: vault)
    let picks = (0..<200).map { ($0 * 7_919 + 13) % diners }
    let codes = try await codes(for: picks, service)
    let kinds: [(String, (Int) -> String, String?)] = [
      ("card", BenchRoster.card, nil), ("id", BenchRoster.number, nil),
      ("id-tail", { String(BenchRoster.number($0).suffix(4)) }, nil),
      ("phone", BenchRoster.phone, nil),
      ("phone-tail", { String(BenchRoster.phone($0).suffix(4)) }, nil),
      ("name", BenchRoster.name, nil), ("surname", { String(BenchRoster.name($0).prefix(1)) }, nil),
      ("initials", { Pinyin.initials(BenchRoster.name($0)) }, nil),
      ("name-in-group", BenchRoster.name, "3组"),
      ("qr", { codes[$0] ?? "" }, nil),
    ]
    let plain = try await slowest(picks) { pick in
      let rows = try await database.query(
        "select created_at from diners where diner_id = \(pick + 1)")
      guard rows.count == 1 else { throw Unusable(description: "a diner is missing") }
    }
    for (name, key, group) in kinds {
      let taken = try await slowest(picks) { pick in
        let found = try await service.find(key(pick), in: group, on: today, limit: 20)
        guard group != nil || !found.isEmpty else {
          throw Unusable(description: "\(name) finds nobody")
        }
      }
      try report("registry/find-\(name)", ratio: 10 / taken, taken, plain, "ms", runs: picks.count)
    }
  }

  /// The QR codes of some persons, by their places.
  private func codes(for picks: [Int], _ service: DinerService) async throws -> [Int: String] {
    var codes: [Int: String] = [:]
    let credentials = CredentialService(database, vault: vault)
    for pick in picks {
      let diner = try await service.person(BenchRoster.card(pick))
      let made = try await credentials.codes(for: [diner], by: by) {
        "BENCHQR\(10_000_000 + pick)XYZ"
      }
      codes[pick] = made[diner]
    }
    return codes
  }

  private func slowest(_ picks: [Int], _ body: (Int) async throws -> Void) async throws -> Double {
    for pick in picks.prefix(10) { try await body(pick) }
    var times: [Double] = []
    for pick in picks { times.append(try await seconds { try await body(pick) } * 1000) }
    return times.sorted()[picks.count - 3]
  }

  private func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let (whole, rest) = (ContinuousClock.now - start).components
    return Double(whole) + Double(rest) / 1e18
  }

  private func report(
    _ name: String, ratio: Double, _ ours: Double, _ theirs: Double, _ unit: String, runs: Int
  ) throws {
    let row: [String: Any] = [
      "name": name, "ratio": (ratio * 1000).rounded() / 1000, "ours": ours, "theirs": theirs,
      "unit": unit, "runs": runs,
    ]
    let bytes = try JSONSerialization.data(
      withJSONObject: row, options: [.sortedKeys, .withoutEscapingSlashes])
    print(String(decoding: bytes, as: UTF8.self))
  }
}
