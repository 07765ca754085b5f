import CanteenDomain
import CanteenVault
import Postgres

/// Statements looked at again: line by line against the books, then their totals, their hash, what they
/// moved beside the meals, and whether that was due. Lines are read page by page, so that any statement
/// can be verified.
struct AuditStatements {
  /// What does not hold; ends the reading of a statement.
  private struct Broken: Error {
    var sentence: Sentence
  }

  private let statement: Statement
  /// How many lines were written down at closing.
  private let count: Int
  private var pages: StatementHash.Pages
  private var tally = StatementTally()
  /// How many lines the books have had so far.
  private var expected = 0
  /// The lines that change something about earlier periods, as the books have them.
  private var notable: [StatementStore.Source] = []

  /// The first thing about a statement that does not hold; nil if all does.
  static func broken(
    _ statement: Statement, sha256: Seal, _ periods: AuditPeriods,
    _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let (count, list, diner) = try StatementStore.columns(statement.number, transaction)
    do {
      var audit = AuditStatements(
        statement: statement, count: count, pages: try StatementHash.Pages(statement))
      try audit.compareLines(transaction)
      guard statement.list == list, statement.diner == diner else {
        throw audit.broken("的合计与封存时不同", "has other totals than it was closed with")
      }
      guard audit.pages.seal == sha256 else {
        return StatementFault.changed(statement.number).sentence
      }
      guard audit.hasTotals() else { throw audit.broken("的合计与明细不符", "does not add up its lines") }
      try StatementService.checkJournal(statement, transaction)
      _ = try StatementFindingStore.closed(statement, transaction)
      guard try StatementTransferStore.agrees(with: statement, transaction) else {
        throw audit.broken(
          "的补贴、核减或拨付与分录不符",
          "has subsidies, disallowances or payments that are not in the books")
      }
      return try periods.broken(statement, notable: audit.notable, transaction)
    } catch let broken as Broken {
      return broken.sentence
    } catch let fault as StatementFault {
      return fault.sentence
    }
  }

  private init(statement: Statement, count: Int, pages: StatementHash.Pages) {
    self.statement = statement
    self.count = count
    self.pages = pages
  }

  private func broken(_ zh: String, _ en: String) -> Broken {
    Broken(
      sentence: Sentence(
        zh: "结算单 \(statement.number) \(zh)", en: "the statement \(statement.number) \(en)"))
  }

  /// Each line against what the books hold for the period.
  private mutating func compareLines(_ transaction: borrowing Transaction) throws {
    let aliases = try DinerAliases.known(at: statement.closedAt, transaction)
    try StatementStore.eachDay(
      statement.canteen, from: statement.from, to: statement.to, in: statement.number, transaction
    ) { sources in
      for source in sources {
        expected += 1
        if source.isNotable(from: statement.from) { notable.append(source) }
        guard let line = try next(transaction) else { continue }
        try compare(line, source)
        tally.add(line, person: aliases.person(of: line.diner))
      }
    }
    if expected < count, let line = try pages.next(transaction) {
      try checkNumber(line, expected + 1)
    }
    guard expected == count else {
      throw broken(
        "有 \(count) 行，账上有 \(expected) 笔", "has \(count) lines, the books \(expected)")
    }
    if let extra = try pages.next(transaction) {
      throw broken("多出第 \(extra.number) 行", "has a line \(extra.number) too many")
    }
  }

  /// The next line; nil if the books have more than were written down.
  private mutating func next(_ transaction: borrowing Transaction) throws -> StatementLine? {
    guard expected <= count else { return nil }
    guard let line = try pages.next(transaction) else {
      throw broken("缺少第 \(expected) 行", "lacks line \(expected)")
    }
    try checkNumber(line, expected)
    return line
  }

  /// Lines are numbered from 1 without a gap up to the count that was written down at closing.
  private func checkNumber(_ line: StatementLine, _ number: Int) throws {
    guard line.number != number else { return }
    throw line.number > number && line.number <= count
      ? broken("缺少第 \(number) 行", "lacks line \(number)")
      : broken("多出第 \(line.number) 行", "has a line \(line.number) too many")
  }

  private func compare(_ line: StatementLine, _ source: StatementStore.Source) throws {
    let checkIn = source.checkIn
    guard line.checkIn == checkIn.id, line.sign == source.sign,
      line.adjustment?.number == source.adjustment?.number
    else {
      throw broken(
        "第 \(line.number) 行（签到 \(line.checkIn)）与账上的签到 \(checkIn.id) 对不上",
        "line \(line.number) (check-in \(line.checkIn)) is not the books' check-in \(checkIn.id)")
    }
    guard line.sources == source.totals,
      source.adjustment != nil
        || (line.list == checkIn.list * source.sign
          && line.dinerPays == checkIn.dinerPays * source.sign)
    else {
      throw broken(
        "第 \(line.number) 行（签到 \(line.checkIn)）的金额与账上不符",
        "line \(line.number) (check-in \(line.checkIn)) has other money than the books")
    }
  }

  /// Everything that lines add up to, persons and days included.
  private func hasTotals() -> Bool {
    statement.tiers == tally.tiers && statement.adjustments == tally.adjustments
      && statement.persons == tally.persons && statement.servingDays == tally.servingDays
      && statement.policies == tally.policies
  }
}
