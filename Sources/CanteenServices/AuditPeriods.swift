import CanteenDomain
import Postgres

/// What statements pay beside their lines, computed again from the meals, disallowances, policies and
/// budgets as they stood when each was closed.
struct AuditPeriods: Sendable {
  /// Something that a statement pays, and how much of it.
  private struct Item: Hashable {
    /// Names the rule or the line, and tells it from all others.
    var name: Sentence
    var count: Int
    var sources: [Statement.SourceTotal]
    var takesBudget = false
  }

  private let canteen: CanteenFacts
  private let statements: [Statement]
  private let pricing: AuditPricing
  private let calendar: CanteenCalendar

  /// - Parameter statements: every statement of the canteen, oldest first.
  /// - Throws: `CanteenRefusal.unknown`.
  init(
    _ code: Canteen.Code, _ statements: [Statement], _ pricing: AuditPricing,
    _ calendar: CanteenCalendar, _ transaction: borrowing Transaction
  ) throws {
    guard let place = try CanteenStore.all(transaction).first(where: { $0.code == code }) else {
      throw CanteenRefusal.unknown(code)
    }
    canteen = CanteenFacts(place, in: RegionTree(try RegionStore.all(transaction)))
    self.statements = statements
    self.pricing = pricing
    self.calendar = calendar
  }

  /// By how much the clocks of two desks may differ, in microseconds: a day.
  private static let skew: Int64 = 86_400_000_000

  /// The first release or subsidy of a statement that is not what is due; nil if all are. What others
  /// entered about the time of the closing the closing may or may not have known, whatever their clocks
  /// say: it is right if it is right by either.
  /// - Parameter notable: its lines that change something about earlier periods.
  func broken(
    _ statement: Statement, notable: [StatementStore.Source],
    _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let closed = statement.closedAt
    guard let broken = try broken(statement, knowing: closed, notable: notable, transaction) else {
      return nil
    }
    for skew in [Self.skew, -Self.skew] {
      let moment = Instant(microseconds: closed.microseconds + skew)
      if try self.broken(statement, knowing: moment, notable: notable, transaction) == nil {
        return nil
      }
    }
    return broken
  }

  /// - Parameter moment: until when policies, holidays, rounds and merges were known. Disallowances have
  ///   moments in turn with closings, and need no such patience.
  private func broken(
    _ statement: Statement, knowing moment: Instant, notable: [StatementStore.Source],
    _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let policies = try PolicySet(
      pricing.policies(of: statement, at: moment).policies,
      calendar: CalendarStore.calendar(knownAt: moment, transaction))
    let periods = StatementPeriods(
      canteen: canteen, from: statement.from, to: statement.to, rating: statement.rating,
      policies: policies, calendar: calendar,
      earlier: statements.filter { $0.closedAt < statement.closedAt },
      closedAt: statement.closedAt, knownAt: moment)
    let releases = try periods.releases(notable, transaction)
    if let broken = Self.difference(
      in: statement, (statement.releases ?? []).map(Self.item), due: releases.map(Self.item))
    {
      return broken
    }
    let meals = try periods.meals(notable, transaction)
    let taken = periods.taken(by: statement.subsidies ?? [])
    var budget = try Self.budget(
      before: statement, taken, of: BudgetStore.keys(policies, years: meals.years), transaction)
    let subsidies = periods.subsidies(of: meals, budget: &budget)
    if let broken = Self.difference(
      in: statement, (statement.subsidies ?? []).map(Self.item), due: subsidies.map(Self.item))
    {
      return broken
    }
    guard try BudgetStore.agrees(taken, with: statement, transaction) else {
      return Sentence(
        zh: "结算单 \(statement.number) 的预算占用与预算账不符",
        en: "the statement \(statement.number) takes of a budget otherwise than was counted")
    }
    return nil
  }

  /// What was spent before a statement took its part: what it says of the budgets of its own year and
  /// of those of which it claims, less what it took. Of others that corrections ask, and in statements
  /// of before that was kept, it says nothing; the uses do, but where it took nothing of one, only the
  /// clock tells which use was the last before it.
  private static func budget(
    before statement: Statement, _ taken: BudgetUse, of keys: [BudgetUse.Key],
    _ transaction: borrowing Transaction
  ) throws -> BudgetUse {
    let stated = Dictionary(
      (statement.ceilings ?? []).map { ($0.key, $0.spent - taken.spent[$0.key, default: 0]) },
      uniquingKeysWith: { first, _ in first })
    var use = try BudgetStore.before(
      taken, of: keys.filter { stated[$0] == nil }, at: statement.closedAt, transaction)
    use.spent.merge(stated) { _, stated in stated }
    return use
  }

  private static func item(_ subsidy: StatementSubsidy) -> Item {
    let rule = "\(subsidy.policyID) \(subsidy.version) \(subsidy.code)"
    let (kind, payee) = (subsidy.kind.name, subsidy.payeeName)
    let (zh, en) =
      subsidy.corrects.map { (zh: "更正 \($0) 的", en: "correction of \($0): ") } ?? (zh: "", en: "")
    return Item(
      name: Sentence(
        zh: "\(zh)\(kind.zh) \(rule)（付给\(payee.zh)）",
        en: "\(en)\(kind.en) \(rule) to \(payee.en)"),
      count: subsidy.count, sources: subsidy.sources, takesBudget: subsidy.takesBudget)
  }

  private static func item(_ release: StatementRelease) -> Item {
    Item(
      name: Sentence(
        zh: "核减冲回 \(release.original) 第 \(release.line) 行（签到 \(release.checkIn)）",
        en: "released disallowance of line \(release.line) of \(release.original) "
          + "(check-in \(release.checkIn))"),
      count: 1, sources: release.sources)
  }

  /// The first thing of which another amount is stated than is due.
  private static func difference(
    in statement: Statement, _ stated: [Item], due: [Item]
  ) -> Sentence? {
    let byName = (
      stated: Dictionary(grouping: stated, by: \.name), due: Dictionary(grouping: due, by: \.name)
    )
    for name in (stated + due).map(\.name) {
      let (old, new) = (byName.stated[name] ?? [], byName.due[name] ?? [])
      guard counts(old) != counts(new) else { continue }
      // Where the sums are the same, what they are made of differs.
      let isSameSum = sum(old) == sum(new)
      let (said, found) = (text(old, inFull: isSameSum), text(new, inFull: isSameSum))
      return Sentence(
        zh: "结算单 \(statement.number) 的\(name.zh)记为 \(said.zh)，重算为 \(found.zh)",
        en: "the statement \(statement.number) states \(said.en) as \(name.en); "
          + "computed again it is \(found.en)")
    }
    return nil
  }

  /// A rule that is paid month by month comes several times within a quarter.
  private static func counts(_ items: [Item]) -> [Item: Int] {
    Dictionary(items.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private static func sum(_ items: [Item]) -> Fen { items.flatMap(\.sources).map(\.fen).sum() }

  private static func text(_ items: [Item], inFull: Bool) -> Sentence {
    let fen = sum(items)
    guard inFull else { return Sentence(zh: "\(fen.yuan) 元", en: "\(fen.yuan) yuan") }
    let count = items.reduce(0) { $0 + $1.count }
    let sources = items.flatMap(\.sources)
    return Sentence(
      zh: "\(fen.yuan) 元（计 \(count)；"
        + sources.map { "\($0.source.name.zh) \($0.fen.yuan)" }.joined(separator: "、") + "）",
      en: "\(fen.yuan) yuan (for \(count); "
        + sources.map { "\($0.source.name.en) \($0.fen.yuan)" }.joined(separator: ", ") + ")")
  }
}
