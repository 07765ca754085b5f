import CanteenDomain
import CanteenSQL
import CanteenVault
import Postgres

/// The nightly job: runs the checks over every canteen-day that they have not seen, and keeps what they
/// find.
public struct ReconciliationService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// What one run did.
  public struct Report: Sendable, Hashable {
    /// Canteen-days that this run looked at.
    public var days: Int
    /// Findings that were not there before.
    public var new: Int
    /// All findings of those canteens that nobody has explained.
    public var open: [Finding]
  }

  /// How many days one transaction looks at: few enough to lose little when it is interrupted.
  private static let daysAtOnce = 31

  /// Looks at every day up to `day` that this edition of the checks has not seen, in order. Safe to
  /// interrupt, to run again and to run twice at once: a day is covered once.
  public func run(
    _ canteens: [Canteen.Code], through day: Day, by: Attribution,
    report: Progress.Report = { _ in }
  ) async throws -> Report {
    let checks = try ReconciliationCheck.all.get()
    var result = Report(days: 0, new: 0, open: [])
    var work: [(canteen: Canteen.Code, days: [ReconciliationStore.OpenDay])] = []
    for canteen in canteens {
      let days = try await database.transaction(readOnly: true) {
        try ReconciliationStore.uncovered(canteen, through: day, edition: Self.edition, $0)
      }
      for start in stride(from: 0, to: days.count, by: Self.daysAtOnce) {
        work.append((canteen, Array(days[start..<min(start + Self.daysAtOnce, days.count)])))
      }
    }
    let total = work.reduce(0) { $0 + $1.days.count }
    for piece in work {
      let days = piece.days
      result.new += try await database.transaction {
        try Self.cover(days, piece.canteen, checks, at: by.at, $0)
      }
      result.days += days.count
      report(Progress(done: result.days, total: total))
    }
    for canteen in canteens {
      result.open += try await findings(canteen, from: Day(number: 0), to: day)
        .filter { $0.explanation == nil }
    }
    return result
  }

  private static func cover(
    _ days: [ReconciliationStore.OpenDay], _ canteen: Canteen.Code, _ checks: [ReconciliationCheck],
    at: Instant,
    _ transaction: borrowing Transaction
  ) throws -> Int {
    guard let first = days.first?.day, let last = days.last?.day else { return 0 }
    let asked = Set(days.map(\.day))
    let found = try checks.flatMap {
      try ReconciliationStore.run($0, canteen, from: first, to: last, transaction)
    }.filter { asked.contains($0.day) }
    let new = try ReconciliationStore.insert(found, at: at, transaction)
    let byDay = Dictionary(grouping: found, by: \.day).mapValues(\.count)
    try ReconciliationStore.markCovered(
      days.map { ($0, byDay[$0.day] ?? 0) }, canteen, edition: edition, at: at, transaction)
    return new
  }

  /// A hash of all checks: when one changes, every day is looked at again.
  static let edition = Seal.of(CanteenSQL.checks.map { $0.name + "\n" + $0.text }.joined().utf8)

  /// What was found in a canteen between two days, the gravest first.
  public func findings(_ canteen: Canteen.Code, from: Day, to: Day) async throws -> [Finding] {
    let titles = Dictionary(
      try ReconciliationCheck.all.get().map { ($0.id, $0.title) },
      uniquingKeysWith: { first, _ in first })
    return try await database.transaction(readOnly: true) {
      try ReconciliationStore.findings(canteen, from: from, to: to, titles: titles, $0)
    }
  }

  /// Writes down what a person says about a finding.
  /// - Throws: `FindingRefusal`.
  public func explain(
    check: String, canteen: Canteen.Code, day: Day, subject: String, explanation: String,
    by: Attribution
  ) async throws {
    let text = explanation.trimmedSpaces()
    guard !text.isEmpty else { throw FindingRefusal.explanationMissing }
    let known = try await database.transaction {
      try ReconciliationStore.explain(
        check: check, canteen: canteen, day: day, subject: subject, explanation: text, by: by, $0)
    }
    guard known else { throw FindingRefusal.unknown(check: check, subject: subject) }
  }
}
