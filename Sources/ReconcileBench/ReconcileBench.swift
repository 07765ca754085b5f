import CanteenDomain
import CanteenServices
import Foundation

/// Measures one night's reconciliation of a street against a psql scan of the same rows, with one month
/// behind it and with two years, and how long it takes to catch up a year. Writes one JSON object a line.
///
///     ReconcileBench --database-url URL [--canteens N] [--months N]
///
/// It migrates the database that it is given, which must be empty, and one beside it, which it makes and
/// drops; it needs `psql`.
@main
struct ReconcileBench {
  private static let runs = 5

  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    var (url, canteens, months) = ("", 20, 24)
    while let option = arguments.popFirst() {
      let value = arguments.popFirst() ?? ""
      switch option {
      case "--database-url": url = value
      case "--canteens": canteens = Int(value) ?? canteens
      case "--months": months = Int(value) ?? months
      default: throw Unusable(description: "unknown option \(option)")
      }
    }
    guard !url.isEmpty else { throw Unusable(description: "--database-url is missing") }
    guard months > 12 else { throw Unusable(description: "a year is caught up: --months from 13") }
    // A Wednesday in the middle of a month: no month ends, as on most nights.
    guard let night = Day(2026, 10, 14) else { throw Unusable(description: "no such day") }
    let books = try await BenchBooks(url: url, canteens: canteens, night: night, months: months)
    let caughtUp = [books.canteens[0]]
    let year = (night - 364)...night
    let short = try await books.beside("reconcile_bench_one_month")
    try await short.copy(to: (night - 30)...night, priced: caughtUp)
    try await short.cover()
    try await books.copy(
      to: (night.firstOfMonth.addingMonths(-months))...(year.lowerBound - 1), priced: [])
    try await books.copy(to: year.lowerBound...night, priced: caughtUp)
    try await books.cover()
    let (early, late) = try await nights(short, books)
    try await books.drop(short)
    let scan = try scan(url, night)
    report("reconcile/night-vs-scan", ratio: late / scan, late, scan, "s")
    report("reconcile/night-\(months)-months-vs-1", ratio: late / early, late, early, "s")
    try await catchUp(books, caughtUp, from: year.lowerBound)
    await books.database.shutdown()
  }

  /// The medians of some runs over the same night with a short history and with a long one, in turn, so
  /// that the machine's moods meet both.
  private static func nights(
    _ short: BenchBooks, _ long: BenchBooks
  ) async throws -> (short: Double, long: Double) {
    var times: (short: [Double], long: [Double]) = ([], [])
    for _ in 0...runs {
      times.short.append(try await oneNight(short))
      times.long.append(try await oneNight(long))
    }
    return (median(times.short), median(times.long))
  }

  private static func oneNight(_ books: BenchBooks) async throws -> Double {
    try await books.forget(books.canteens, from: books.night)
    let start = ContinuousClock.now
    let report = try await ReconciliationService(books.database)
      .run(books.canteens, through: books.night, by: books.by)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard report.days == books.canteens.count else {
      throw Unusable(description: "\(report.days) canteen-days were covered")
    }
    let found = Dictionary(grouping: report.open, by: \.check).mapValues(\.count)
    say("a night: \(seconds) s, found \(found)")
    return seconds
  }

  /// The median without the first, which warms connections and caches.
  private static func median(_ times: [Double]) -> Double {
    times.dropFirst().sorted()[(times.count - 1) / 2]
  }

  /// The day's rows whole, and one pass over the longest window that a check declares (R17: 180 days).
  private static func scan(_ url: String, _ night: Day) throws -> Double {
    let script = """
      \\copy (select * from check_ins where service_date = '\(night)') to '/dev/null'
      \\copy (select canteen_code, service_date, period, count(*), sum(list_fen), sum(diner_fen) \
      from check_ins where service_date between '\(night - 180)' and '\(night - 1)' \
      group by 1, 2, 3) to '/dev/null'
      """
    let path = NSTemporaryDirectory() + "reconcile-bench.sql"
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var times: [Double] = []
    for _ in 0...runs {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, url]
      let start = ContinuousClock.now
      try process.run()
      process.waitUntilExit()
      times.append((ContinuousClock.now - start) / .seconds(1))
      guard process.terminationStatus == 0 else { throw Unusable(description: "psql failed") }
    }
    return median(times)
  }

  /// A year of nights of one canteen; the figure is the time of one canteen's night.
  private static func catchUp(
    _ books: BenchBooks, _ canteens: [Canteen.Code], from first: Day
  ) async throws {
    try await books.forget(canteens, from: first)
    let start = ContinuousClock.now
    let report = try await ReconciliationService(books.database)
      .run(canteens, from: first, through: books.night, by: books.by) { progress in
        say("caught up \(progress.done) of \(progress.total) nights")
      }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard report.days == 365 else {
      throw Unusable(description: "\(report.days) nights were caught up")
    }
    let perNight = seconds / 365 * 1000
    self.report("reconcile/catch-up-365-per-canteen-night", ratio: 1, perNight, nil, "ms")
  }

  private static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  private static func report(
    _ name: String, ratio: Double, _ ours: Double, _ theirs: Double?, _ unit: String
  ) {
    let text =
      #"{"name":"\#(name)","ratio":\#(rounded(ratio)),"ours":\#(rounded(ours)),"#
      + #""theirs":\#(theirs.map { "\(rounded($0))" } ?? "null"),"unit":"\#(unit)","runs":\#(runs)}"#
      + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
