import CanteenDomain
import CanteenVault
import Postgres

/// Statements looked at again: line by line against the books, then their totals, their hash and what
/// they moved beside the meals.
enum AuditStatements {
  /// The first thing about a statement that does not hold; nil if all does.
  static func broken(
    _ statement: Statement, sha256: Seal, _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let lines = try StatementStore.lines(statement.number, transaction)
    if let missing = try missing(statement, lines, transaction) { return missing }
    if let line = try brokenLine(of: statement, lines, transaction) { return line }
    guard try StatementService.hash(statement, lines) == sha256 else {
      return StatementFault.changed(statement.number).sentence
    }
    guard hasTotals(statement, of: lines) else {
      return sentence(statement, "的合计与明细不符", "does not add up its lines")
    }
    do {
      try StatementService.checkJournal(statement, transaction)
      _ = try StatementFindingStore.closed(statement, transaction)
    } catch let fault as StatementFault {
      return fault.sentence
    }
    guard try StatementTransferStore.agrees(with: statement, transaction) else {
      return sentence(
        statement, "的补贴、核减或拨付与分录不符",
        "has subsidies, disallowances or payments that are not in the books")
    }
    return nil
  }

  private static func sentence(_ statement: Statement, _ zh: String, _ en: String) -> Sentence {
    Sentence(zh: "结算单 \(statement.number) \(zh)", en: "the statement \(statement.number) \(en)")
  }

  /// Lines are numbered from 1 without a gap up to the count that was written down at closing.
  private static func missing(
    _ statement: Statement, _ lines: [StatementLine], _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let (count, list, diner) = try StatementStore.columns(statement.number, transaction)
    let numbers = Set(lines.map(\.number))
    if let gap = (1...max(1, count)).first(where: { !numbers.contains($0) }), count > 0 {
      return sentence(statement, "缺少第 \(gap) 行", "lacks line \(gap)")
    }
    if let extra = lines.map(\.number).first(where: { $0 > count || $0 < 1 }) {
      return sentence(statement, "多出第 \(extra) 行", "has a line \(extra) too many")
    }
    guard lines.count == count, statement.list == list, statement.diner == diner else {
      return sentence(statement, "的合计与封存时不同", "has other totals than it was closed with")
    }
    return nil
  }

  /// Each line against what the books hold for the period.
  private static func brokenLine(
    of statement: Statement, _ lines: [StatementLine], _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let sources =
      try StatementStore.sources(
        statement.canteen, from: statement.from, to: statement.to, transaction)
      + StatementStore.adjustments(
        statement.canteen, from: statement.from, to: statement.to, in: statement.number,
        transaction)
    for (line, source) in zip(lines, sources) {
      let checkIn = source.checkIn
      let parts = source.line.shares
        .map { Statement.SourceTotal(source: $0.source, fen: $0.fen * source.sign) }
        .summed.filter { $0.fen != 0 }
      guard line.checkIn == checkIn.id, line.sign == source.sign,
        line.adjustment?.number == source.adjustment?.number
      else {
        return sentence(
          statement, "第 \(line.number) 行（签到 \(line.checkIn)）与账上的签到 \(checkIn.id) 对不上",
          "line \(line.number) (check-in \(line.checkIn)) is not the books' check-in \(checkIn.id)")
      }
      guard line.sources == parts,
        source.adjustment != nil
          || (line.list == checkIn.list * source.sign
            && line.dinerPays == checkIn.dinerPays * source.sign)
      else {
        return sentence(
          statement, "第 \(line.number) 行（签到 \(line.checkIn)）的金额与账上不符",
          "line \(line.number) (check-in \(line.checkIn)) has other money than the books")
      }
    }
    guard lines.count == sources.count else {
      return sentence(
        statement, "有 \(lines.count) 行，账上有 \(sources.count) 笔",
        "has \(lines.count) lines, the books \(sources.count)")
    }
    return nil
  }

  /// Money and meals by tier and over adjustments; persons are not counted again, because records
  /// may have been merged since.
  private static func hasTotals(_ statement: Statement, of lines: [StatementLine]) -> Bool {
    let meals = Dictionary(grouping: lines.filter { $0.adjustment == nil }, by: \.tier)
    let adjusted = lines.filter { $0.adjustment != nil }
    return Set(meals.keys) == Set(statement.tiers.map(\.code))
      && statement.tiers.allSatisfy { tier in
        let these = meals[tier.code] ?? []
        return tier.meals == these.reduce(0) { $0 + $1.sign }
          && tier.list == these.map(\.list).sum() && tier.diner == these.map(\.dinerPays).sum()
          && tier.sources == these.flatMap(\.sources).summed
      }
      && (statement.adjustments?.lines ?? 0) == adjusted.count
      && (statement.adjustments?.sources ?? []) == adjusted.flatMap(\.sources).summed
  }
}
