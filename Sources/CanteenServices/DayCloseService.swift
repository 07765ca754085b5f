import CanteenDomain
import CanteenVault
import Foundation
import Postgres

/// 日结: closes canteen-days in order and seals each over the one before it.
public struct DayCloseService: Sendable {
  let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// Closes every open day of a canteen up to `day`, each in a transaction of its own: what was
  /// interrupted goes on where it stopped, and closing again changes nothing.
  /// - Parameters:
  ///   - till: what the till counted on `day`, in fen by means of payment; it is kept with the day's
  ///     close alone, and a day that is closed keeps what was counted then.
  ///   - reason: why the till counted other than the books on the first of these days that differs; any
  ///     further one is not closed, since nobody has seen by how much it differs.
  /// - Returns: the days that this call closed.
  /// - Throws: `DayCloseRefusal`, `CanteenRefusal.unknown`.
  public func close(
    _ canteen: Canteen.Code, through day: Day, till: [MeansOfPayment: Fen] = [:],
    reason: String = "", by: Attribution, report: Progress.Report = { _ in }
  ) async throws -> [DayClose] {
    let reason = reason.trimmedSpaces()
    guard day <= calendar.day(of: by.at) else { throw DayCloseRefusal.notOver(day) }
    _ = try await CanteenService(database).canteen(canteen)
    let known: Day? = try await database.transaction(readOnly: true) { transaction in
      try DayCloseStore.head(canteen, transaction).map { $0.day + 1 }
        ?? DayCloseStore.firstPostedDay(canteen, transaction)
    }
    guard var first = known else { throw DayCloseRefusal.nothingToClose(canteen) }
    guard till.isEmpty || first <= day else { throw DayCloseRefusal.closedAlready(day) }
    let counts = till.sorted { $0.key.rawValue < $1.key.rawValue }.map { means, fen in
      IndependentCount(
        canteen: canteen, day: day, source: .till, key: means.rawValue, amount: fen.count)
    }
    var closed: [DayClose] = []
    var unused = reason
    var next = first
    while next <= day {
      let (today, reason, before) = (next, unused, closed.count)
      let days = today == first ? first...day : nil
      let outcome = try await database.transaction { transaction in
        try Self.closeOne(
          canteen, today, firstOf: days, counts: today == day ? counts : [], reason: reason,
          closedBefore: before, by: by, transaction)
      }
      switch outcome {
      case .closed(let close, let differs):
        closed.append(close)
        if differs { unused = "" }
      case .closedMeanwhile: break
      case .beginsEarlier(let earlier):
        (first, next) = (earlier, earlier)
        continue
      }
      next = today + 1
      report(Progress(done: today - first + 1, total: day - first + 1))
    }
    return closed
  }

  /// What became of one day.
  private enum Outcome {
    /// With whether its till differed.
    case closed(DayClose, differs: Bool)
    /// By somebody else.
    case closedMeanwhile
    /// The canteen never closed a day, and meals of earlier days came in meanwhile.
    case beginsEarlier(Day)
  }

  /// - Parameter days: all that are closed together, where it is the first of them.
  private static func closeOne(
    _ canteen: Canteen.Code, _ day: Day, firstOf days: ClosedRange<Day>?,
    counts: [IndependentCount], reason: String,
    closedBefore: Int, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Outcome {
    try DayCloseStore.lock(canteen, transaction)
    if let days { try LateCheckInStore.addMissing(canteen, days, transaction) }
    let head = try DayCloseStore.head(canteen, transaction)
    if let head, head.day >= day {
      guard counts.isEmpty else { throw DayCloseRefusal.closedAlready(day) }
      return .closedMeanwhile
    }
    if head == nil, let first = try DayCloseStore.firstPostedDay(canteen, transaction), first < day
    {
      return .beginsEarlier(first)
    }
    _ = try IndependentCountStore.add(counts, by: by, transaction)
    let books = try DayCloseStore.Books(canteen, day, transaction)
    let differing = try DayReportStore.till(books, transaction).filter { $0.difference ?? 0 != 0 }
    if !differing.isEmpty {
      guard !reason.isEmpty else {
        throw DayCloseRefusal.tillDiffers(day, differing, closedBefore: closedBefore)
      }
      try DayReportStore.insert(differing, canteen, day, reason: reason, by: by, transaction)
    }
    let totals = try DayCloseStore.totals(books, transaction)
    let totalsText = try CanonicalJSON.text(totals)
    let lines = try DayCloseStore.sealedLines(books, transaction)
    let linesSeal = DaySeal.hash(lines)
    let seal = DaySeal.seal(
      canteen: canteen, day: day, totals: totals, lines: linesSeal, previous: head?.seal)
    let close = DayClose(canteen: canteen, day: day, totals: totals, seal: seal.hex)
    try DayCloseStore.insert(
      close, lines: linesSeal, seal: seal, totals: totalsText, by: by, transaction)
    return .closed(close, differs: !differing.isEmpty)
  }

  /// The closed days of a canteen between two days, both included.
  public func closed(_ canteen: Canteen.Code, from: Day, to: Day) async throws -> [DayClose] {
    try await database.transaction(readOnly: true) { transaction in
      try DayCloseStore.closed(canteen, from: from, to: to, transaction).map {
        DayClose(
          canteen: canteen, day: $0.day,
          totals: try CanonicalJSON.value(DayTotals.self, from: $0.totals), seal: $0.seal.hex)
      }
    }
  }
}

/// How a day's seal is made; the same for closing and for verifying.
enum DaySeal {
  static func hash(_ lines: [String]) -> Seal { .of(lines.map { $0 + "\n" }.joined().utf8) }

  static func seal(
    canteen: Canteen.Code, day: Day, totals: DayTotals, lines: Seal, previous: Seal?
  ) -> Seal {
    let content = [
      canteen, day.description, "\(totals.meals)", "\(totals.reversals)", "\(totals.list.count)",
      lines.hex,
    ].joined(separator: "|")
    return .next(previous: previous ?? .start, content: content.utf8)
  }
}

/// JSON whose bytes depend on the value alone.
enum CanonicalJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
