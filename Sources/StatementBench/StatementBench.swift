import CanteenDomain
import CanteenServices
import CanteenVault
import Foundation
import Postgres

/// Measures the closing of days and months: a month of 300,000 meals against one `insert … select` of
/// the same rows inside the server, and a day with 24 months behind it against the same canteen's day
/// with one; and the files of that month. Writes one JSON object a line.
///
///     StatementBench --database-url URL [--persons N]
///
/// It migrates the database that it is given, which must be empty, and one beside it, which it makes and
/// drops. `--persons` (10,000) is how many eat at the large canteen each day of the month; 33,000 make a
/// statement of a million lines.
@main
struct StatementBench {
  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    var (url, persons) = ("", 10_000)
    var (format, number, folder) = ("", "", NSTemporaryDirectory())
    while let option = arguments.popFirst() {
      let value = arguments.popFirst() ?? ""
      switch option {
      case "--database-url": url = value
      case "--persons": persons = Int(value) ?? persons
      case "--export": format = value
      case "--number": number = value
      case "--to": folder = value
      default: throw Unusable(description: "unknown option \(option)")
      }
    }
    guard !url.isEmpty else { throw Unusable(description: "--database-url is missing") }
    guard format.isEmpty else {
      return try await ExportBench.export(format, url: url, number: number, to: folder)
    }
    guard BenchBooks.many.contains(persons) else {
      throw Unusable(description: "--persons is 1 to \(BenchBooks.many.upperBound)")
    }
    let books = try await BenchBooks(url: url)
    try await compareHistories(books)
    let closed = try await closeMonth(books, persons: persons)
    // Else one core is the server's, which looks through what was just written, and no longer the export's.
    try await books.settle()
    await books.database.shutdown()
    let place = NSTemporaryDirectory() + "statement-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try ExportBench(url: url, number: closed, folder: place).run()
  }

  /// A canteen of 300 meals a day: twenty closes with twenty-four months behind them and twenty of the
  /// same days with one, in a database of their own. In turn, so that the machine's moods meet both;
  /// each on a connection of its own as on as many nights.
  private static func compareHistories(_ books: BenchBooks) async throws {
    let (first, last) = (BenchBooks.month, BenchBooks.month.lastOfMonth)
    let canteen = BenchBooks.small
    func close(_ these: BenchBooks, through day: Day) async throws -> Double {
      let database = try await these.fresh()
      let time = try await seconds {
        _ = try await DayCloseService(database).close(canteen, through: day, by: these.by)
      }
      await database.shutdown()
      return time
    }
    let short = try await books.beside("statement_bench_one_month")
    for these in [short, books] {
      try await these.meals(at: canteen, from: first, to: last, persons: BenchBooks.few)
      _ = try await close(these, through: last - 20)
    }
    let long = first.addingMonths(-23)
    try await books.meals(at: canteen, from: long, to: first - 1, persons: BenchBooks.few)
    try await books.closedDays(at: canteen, from: long, to: first - 1)
    try await short.settle()
    var (old, young): ([Double], [Double]) = ([], [])
    for left in (0...19).reversed() {
      young.append(try await close(short, through: last - left))
      old.append(try await close(books, through: last - left))
    }
    try await books.drop(short)
    let (ours, theirs) = (old.median * 1000, young.median * 1000)
    report(
      "statement/day-close-24-months-vs-1", ratio: ours / theirs, ours, theirs, "ms",
      runs: old.count)
  }

  /// - Returns: the number of the statement.
  private static func closeMonth(_ books: BenchBooks, persons: Int) async throws -> String {
    let (first, last) = (BenchBooks.month, BenchBooks.month.lastOfMonth)
    let canteen = BenchBooks.busy
    try await books.meals(at: canteen, from: first, to: last, persons: 1...persons)
    try await books.reconciled(canteen)
    let meals = persons * (last - first + 1)
    let days = try await seconds {
      _ = try await DayCloseService(books.database).close(canteen, through: last, by: books.by)
    }
    let theirs = try await seconds { try await insertSelect(canteen, first, last, books.database) }
    let month = try await seconds {
      let closed = try await StatementService(books.database, vault: Vault(key: .random()))
        .close(canteen, month: first, by: books.by)
      guard closed.lines == meals else {
        throw Unusable(description: "\(closed.lines) lines of \(meals) meals")
      }
    }
    report("statement/close-days-\(meals)-meals", ratio: theirs / days, days, theirs, "s", runs: 1)
    report(
      "statement/close-month-\(meals)-meals", ratio: theirs / month, month, theirs, "s", runs: 1)
    return Statement.number(canteen: canteen, from: first, to: last)
  }

  /// What a friend of SQL would write: the lines with their prices and persons into a table, in one
  /// statement; without masking, without a hash, without a check against the journal.
  private static func insertSelect(
    _ canteen: String, _ first: Day, _ last: Day, _ database: Database
  ) async throws {
    try await database.execute(
      """
      create table bench_lines as
      select
          row_number() over (order by c.service_date, c.served_at, c.check_in_id) as line_no,
          c.diner_id, c.service_date, c.check_in_id,
          jsonb_build_object(
              'name', d.name, 'sex', d.sex, 'period', c.period, 'mode', c.mode, 'list', c.list_fen,
              'diner', c.diner_fen, 'tier', c.category, 'sources', c.pricing #> '{line,shares}',
              'means', c.means_of_payment, 'auth', c.auth_method
          ) as content
      from check_ins as c
      join current_diner_records as d on d.diner_id = c.diner_id
      where c.canteen_code = \(canteen)
          and c.posted_on between \(first)::date and \(last)::date
      """)
  }

  private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  static func report(
    _ name: String, ratio: Double, _ ours: Double, _ theirs: Double, _ unit: String, runs: Int
  ) {
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    let text =
      #"{"name":"\#(name)","ratio":\#(rounded(ratio)),"ours":\#(rounded(ours)),"#
      + #""theirs":\#(rounded(theirs)),"unit":"\#(unit)","runs":\#(runs)}"# + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}

extension [Double] {
  /// The middle one; 0 of none.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
