import CanteenDomain

/// 核对报告: what is open at some canteens, what of it is new since yesterday, and what returns.
public struct FindingReport: Sendable, Hashable {
  /// One open finding with what a list of irregularities (异常清单) shows of it.
  public struct Line: Sendable, Hashable {
    public var finding: Finding
    public var foundAt: Instant
    /// Found in the last 24 hours.
    public var isNew: Bool
    /// The check-in that it is about; nil where it is about a person, a day or a month.
    public var checkIn: CheckInFacts?
    /// Who checked in, or the member of staff whom it is about; nil where it is about neither.
    public var recordedBy: String?
    /// The person; nil where it is about none.
    public var person: PersonFacts?
  }

  /// What the list shows of a check-in.
  public struct CheckInFacts: Sendable, Hashable {
    public var id: String
    /// 流水号 of the list that it came from.
    public var sourceNo: String?
    public var servedAt: Instant
    public var period: MealPeriod
    public var auth: AuthMethod
  }

  /// What the list shows of a person; never a number, never a birth date.
  public struct PersonFacts: Sendable, Hashable {
    public var diner: Diner.ID
    /// Masked (张*梅); empty for a guest.
    public var name: String
    /// Full years on the day of the finding; nil if no birth date is known.
    public var age: Int?
    public var community: String
  }

  /// How often a check found something, week by week.
  public struct Trend: Sendable, Hashable {
    public var check: String
    public var title: Sentence
    /// Findings of each week from Monday to Sunday, the oldest first; the last is the week of the report.
    public var weeks: [Int]

    /// How many weeks running it has found something, up to the last whole week or this one.
    public var weeksRunning: Int {
      let whole = (weeks.last ?? 0) > 0 ? weeks[...] : weeks.dropLast()
      return whole.reversed().prefix { $0 > 0 }.count
    }

    /// It is no single event: it found something in three weeks running.
    public var returns: Bool { weeksRunning >= 3 }
  }

  /// One canteen's part.
  public struct Place: Sendable, Hashable {
    public var code: Canteen.Code
    public var name: String
    /// The last day that was reconciled; nil if none.
    public var coveredThrough: Day?
    /// Days up to the report's that were not.
    public var missed: Int
    /// What is new first, then the gravest, then the oldest.
    public var lines: [Line]
    public var trends: [Trend]

    public func open(_ severity: Finding.Severity) -> Int {
      lines.count { $0.finding.severity == severity }
    }

    public var new: [Line] { lines.filter(\.isNew) }
  }

  /// The last day that it covers.
  public var day: Day
  /// When it was made.
  public var madeAt: Instant
  public var places: [Place]

  /// Weeks that trends look back, the report's own among them.
  static let weeks = 8

  public var lines: [Line] { places.flatMap(\.lines) }
}

extension ReconciliationService {
  /// What is open at some canteens up to a day.
  /// - Throws: `CanteenRefusal.unknown`.
  public func report(
    _ canteens: [Canteen.Code], through day: Day, at now: Instant
  ) async throws -> FindingReport {
    let titles = try titles()
    let coverage = try await coverage(through: day)
    let calendar = calendar
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      let lines = try FindingReportStore.lines(
        canteens, through: day, now: now, titles: titles, calendar: calendar, transaction)
      let trends = try FindingReportStore.trends(
        canteens, through: day, titles: titles, transaction)
      let names = try Dictionary(
        CanteenStore.all(transaction).map { ($0.code, $0.name) },
        uniquingKeysWith: { first, _ in first })
      let places = try canteens.map { code in
        guard let name = names[code] else { throw CanteenRefusal.unknown(code) }
        let covered = coverage.first { $0.canteen == code }
        return FindingReport.Place(
          code: code, name: name, coveredThrough: covered?.last, missed: covered?.missed ?? 0,
          lines: lines[code] ?? [], trends: trends[code] ?? [])
      }
      return FindingReport(day: day, madeAt: now, places: places)
    }
  }
}
