import CanteenDomain
import CanteenVault
import Postgres

/// 审计: computes lines, totals and seals again from what is stored, and names the first that breaks.
public struct AuditService: Sendable {
  let database: Database

  public init(_ database: Database) { self.database = database }

  /// What was verified.
  public struct Report: Sendable, Hashable {
    public var days = 0
    public var lines = 0
    public var statements = 0
    /// The first thing that does not hold; nil if all is as it was sealed.
    public var broken: Sentence?
  }

  /// Verifies a canteen's chain of closed days from its beginning, then its statements.
  public func verify(
    _ canteen: Canteen.Code, report: Progress.Report = { _ in }
  ) async throws -> Report {
    var result = Report()
    let closes = try await database.transaction(readOnly: true) {
      try DayCloseStore.closed(canteen, from: Day(number: 0), to: Day(number: 1_000_000), $0)
    }
    var previous: (day: Day, seal: Seal)?
    for close in closes {
      if let previous, close.day != previous.day + 1 {
        result.broken = Sentence(
          zh: "\(canteen) 缺少 \(previous.day + 1) 的日结",
          en: "\(canteen): the close of \(previous.day + 1) is missing")
        return result
      }
      let before = previous?.seal
      let checked = try await database.transaction(isolation: .repeatableRead, readOnly: true) {
        try Self.verify(close, canteen, previous: before, $0)
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
    return try await verifyStatements(of: canteen, result)
  }

  private static func verify(
    _ close: DayCloseStore.StoredClose, _ canteen: Canteen.Code, previous: Seal?,
    _ transaction: borrowing Transaction
  ) throws -> (lines: Int, broken: Sentence?) {
    let lines = try DayCloseStore.sealedLines(canteen, close.day, transaction)
    let totals = try DayCloseStore.totals(canteen, close.day, transaction)
    let stored = try CanonicalJSON.value(DayTotals.self, from: close.totals)
    let hash = DaySeal.hash(lines)
    let seal = DaySeal.seal(
      canteen: canteen, day: close.day, totals: totals, lines: hash, previous: previous)
    if hash != close.lines {
      return (
        lines.count,
        Sentence(
          zh: "\(canteen) \(close.day) 的明细与封存时不同",
          en: "\(canteen) \(close.day): the lines are not those that were sealed")
      )
    }
    if totals != stored {
      return (
        lines.count,
        Sentence(
          zh: "\(canteen) \(close.day) 的合计与明细不符",
          en: "\(canteen) \(close.day): the totals do not match the lines")
      )
    }
    if seal != close.seal {
      return (
        lines.count,
        Sentence(
          zh: "\(canteen) \(close.day) 的封条与前一天不衔接",
          en: "\(canteen) \(close.day): the seal does not follow the day before")
      )
    }
    return (lines.count, nil)
  }

  private func verifyStatements(of canteen: Canteen.Code, _ report: Report) async throws -> Report {
    var result = report
    let statements = try await database.transaction(readOnly: true) { transaction in
      try StatementStore.all(transaction).filter { $0.canteen == canteen }.map { statement in
        (
          statement, try StatementStore.statement(statement.number, transaction)?.sha256,
          try StatementStore.lines(statement.number, transaction)
        )
      }
    }
    for (statement, sha256, lines) in statements {
      result.statements += 1
      guard try StatementService.hash(statement, lines) == sha256 else {
        result.broken = StatementFault.changed(statement.number).sentence
        return result
      }
    }
    return result
  }
}
