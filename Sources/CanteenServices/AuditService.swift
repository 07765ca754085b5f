import CanteenDomain
import CanteenVault
import Postgres

/// 审计: computes lines, totals and seals again from what is stored, and names the first that breaks.
public struct AuditService: Sendable {
  let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// What was verified.
  public struct Report: Sendable, Hashable {
    public var days = 0
    public var lines = 0
    public var statements = 0
    /// The first thing that does not hold; nil if all is as it was sealed.
    public var broken: Sentence?
  }

  /// Verifies the texts of the policies, a canteen's chain of closed days from its beginning with
  /// every line priced again, then its statements.
  public func verify(
    _ canteen: Canteen.Code, report: Progress.Report = { _ in }
  ) async throws -> Report {
    var result = Report()
    result.broken = try await database.transaction(readOnly: true) {
      try PolicyStore.changed($0)
    }
    if result.broken != nil { return result }
    let (closes, pricing) = try await database.transaction(readOnly: true) {
      (
        try DayCloseStore.closed(
          canteen, from: Day(number: 0), to: Day(number: 1_000_000), $0),
        try AuditPricing($0)
      )
    }
    var previous: (day: Day, seal: Seal)?
    for close in closes {
      try Task.checkCancellation()
      if let previous, close.day != previous.day + 1 {
        result.broken = Sentence(
          zh: "\(canteen) 缺少 \(previous.day + 1) 的日结",
          en: "\(canteen): the close of \(previous.day + 1) is missing")
        return result
      }
      let before = previous?.seal
      let checked = try await database.transaction(isolation: .repeatableRead, readOnly: true) {
        try Self.verify(close, canteen, previous: before, pricing, $0)
      }
      result.days += 1
      result.lines += checked.lines
      if let broken = checked.broken {
        result.broken = broken
        return result
      }
      previous = (close.day, close.seal)
      report(Progress(done: result.days, total: closes.count))
    }
    return try await verifyStatements(of: canteen, pricing, result)
  }

  private static func verify(
    _ close: DayCloseStore.StoredClose, _ canteen: Canteen.Code, previous: Seal?,
    _ pricing: AuditPricing, _ transaction: borrowing Transaction
  ) throws -> (lines: Int, broken: Sentence?) {
    let books = DayCloseStore.Books(whole: canteen, close.day)
    let lines = try DayCloseStore.sealedLines(books, transaction)
    let totals = try DayCloseStore.totals(books, transaction)
    let stored = try CanonicalJSON.value(DayTotals.self, from: close.totals)
    let hash = DaySeal.hash(lines)
    let seal = DaySeal.seal(
      canteen: canteen, day: close.day, totals: totals, lines: hash, previous: previous)
    func broken(_ zh: String, _ en: String, _ detail: Sentence?) -> (Int, Sentence?) {
      (
        lines.count,
        Sentence(
          zh: "\(canteen) \(close.day) \(zh)\(detail.map { "：\($0.zh)" } ?? "")",
          en: "\(canteen) \(close.day): \(en)\(detail.map { "; \($0.en)" } ?? "")")
      )
    }
    if hash != close.lines {
      return broken(
        "的明细与封存时不同", "the lines are not those that were sealed",
        try AuditSuspect.find(canteen, close.day, pricing, transaction))
    }
    if totals != stored {
      return broken("的合计与明细不符", "the totals do not match the lines", nil)
    }
    if seal != close.seal {
      return broken("的封条与前一天不衔接", "the seal does not follow the day before", nil)
    }
    if let line = try pricing.broken(canteen, close.day, transaction) {
      return broken("的明细重算不符", "a line is not what it is made from", line)
    }
    return (lines.count, nil)
  }

  private func verifyStatements(
    of canteen: Canteen.Code, _ pricing: AuditPricing, _ report: Report
  ) async throws -> Report {
    var result = report
    let (statements, uncovered) = try await database.transaction(readOnly: true) { transaction in
      let all = try StatementStore.all(of: canteen, transaction)
      // A chain of days does not tell that its newest ones are gone; a statement over them does.
      let head = try DayCloseStore.head(canteen, transaction)?.day
      return (all, all.first { $0.to > head ?? Day(number: 0) })
    }
    if let uncovered {
      result.broken = Sentence(
        zh: "\(canteen) 的日结不到 \(uncovered.to)，结算单 \(uncovered.number) 却结到了那天：之后的日结不见了",
        en: "\(canteen): the closes of days up to \(uncovered.to) are gone, on which the statement "
          + "\(uncovered.number) ends")
      return result
    }
    guard !statements.isEmpty else { return result }
    let calendar = calendar
    let periods = try await database.transaction(readOnly: true) {
      try AuditPeriods(canteen, statements, pricing, calendar, $0)
    }
    // As they were closed: what one pays for periods rests on those before it.
    for number in statements.sorted(by: { $0.closedAt < $1.closedAt }).map(\.number) {
      try Task.checkCancellation()
      result.statements += 1
      result.broken = try await database.transaction(isolation: .repeatableRead, readOnly: true) {
        guard let (statement, sha256) = try StatementStore.statement(number, $0) else {
          return StatementRefusal.unknown(number).sentence
        }
        guard statement.number == number, statement.canteen == canteen else {
          return StatementFault.changed(number).sentence
        }
        return try AuditStatements.broken(statement, sha256: sha256, periods, $0)
      }
      if result.broken != nil { return result }
    }
    return result
  }
}
