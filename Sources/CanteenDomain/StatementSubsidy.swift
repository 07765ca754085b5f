/// 运营补贴 or 送餐补贴 of one rule for the period of a statement: computed from the same meals as its
/// lines, paid to a payee of its own, and no part of any meal's price.
public struct StatementSubsidy: Sendable, Hashable, Codable {
  /// What it is paid for.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case operating
    case delivery
    /// What rounding on the lines dropped, where a policy rounds once on the statement.
    case rounding

    public var name: Sentence {
      switch self {
      case .operating: Sentence(zh: "运营补贴", en: "operating subsidy")
      case .delivery: Sentence(zh: "送餐补贴", en: "delivery subsidy")
      case .rounding: Sentence(zh: "取整差额", en: "rounding difference")
      }
    }
  }

  /// The payees that every policy knows; others are named by the policy.
  public static let canteen = "canteen"
  public static let `operator` = "operator"

  public var kind: Kind
  /// Who receives it: `operator`, `courier`, `canteen`, or a name that the policy gives.
  public var payee: String
  public var policyID: String
  public var version: String
  /// The rule of the policy.
  public var code: String
  /// How many meals, person-days or trips it is paid for.
  public var count: Int
  /// Below zero only where it corrects what an earlier statement gave too much.
  public var sources: [Statement.SourceTotal]
  /// How it was computed.
  public var sentence: Sentence
  /// The number of the earlier statement whose period it corrects; nil for this period's own.
  public var corrects: String?
  /// Whether it takes of the budgets beside the meals though it is for delivery: it is paid by the
  /// trip. Delivery that is paid by the meal stands in the meals' own shares.
  public var isByTrip: Bool?

  public init(
    kind: Kind, payee: String, policyID: String, version: String, code: String, count: Int,
    sources: [Statement.SourceTotal], sentence: Sentence, corrects: String? = nil,
    isByTrip: Bool? = nil
  ) {
    self.kind = kind
    self.payee = payee
    self.policyID = policyID
    self.version = version
    self.code = code
    self.count = count
    self.sources = sources
    self.sentence = sentence
    self.corrects = corrects
    self.isByTrip = isByTrip
  }

  /// Whether it takes of the yearly budgets beside what the meals take.
  public var takesBudget: Bool { kind != .delivery || isByTrip == true }

  public var fen: Fen { sources.map(\.fen).sum() }
  public var payeeName: Sentence { Self.name(ofPayee: payee) }

  /// The name of a payee for people; an unknown one is its own name.
  public static func name(ofPayee payee: String) -> Sentence {
    switch payee {
    case canteen: Sentence(zh: "助餐点", en: "canteen")
    case `operator`: Sentence(zh: "运营单位", en: "operator")
    case "courier": Sentence(zh: "送餐方", en: "courier")
    case "diner": Sentence(zh: "个人", en: "diner")
    default: Sentence(zh: payee, en: payee)
    }
  }

  /// What it moves: the sources owe it, the payee's account is credited.
  public var transfers: [Transfer] {
    let credit = Account.credited(kind, payee: payee)
    return sources.filter { $0.fen != 0 }.map { part in
      let given = Transfer(
        debit: .owed(by: part.source), credit: credit, fen: Fen(abs(part.fen.count)))
      return part.fen > 0 ? given : given.reversed
    }
  }
}

/// A disallowance that ends because the meal itself is taken back now: without it, the sources would
/// be given the same money twice.
public struct StatementRelease: Sendable, Hashable, Codable {
  /// The statement and the line that were disallowed.
  public var original: String
  public var line: Int
  public var checkIn: CheckIn.ID
  public var sources: [Statement.SourceTotal]

  public init(
    original: String, line: Int, checkIn: CheckIn.ID, sources: [Statement.SourceTotal]
  ) {
    self.original = original
    self.line = line
    self.checkIn = checkIn
    self.sources = sources
  }

  /// What is released of a disallowance: as much as the meal's lines now take back, and never more
  /// than is still disallowed.
  /// - Parameters:
  ///   - taken: what the new statement's lines of the meal give each source, below zero if they take.
  ///   - disallowed: what is still disallowed of the line, by source.
  public static func released(
    taken: [FundingSource: Fen], disallowed: [FundingSource: Fen]
  ) -> [Statement.SourceTotal] {
    disallowed.sorted { $0.key < $1.key }.compactMap { source, fen in
      let back = min(fen, -taken[source, default: 0])
      return back > 0 ? Statement.SourceTotal(source: source, fen: back) : nil
    }
  }
}

/// 预算上限 of one policy, source and year, as a statement finds it.
public struct StatementCeiling: Sendable, Hashable, Codable {
  public var policyID: String
  public var source: FundingSource
  public var year: Int
  public var budget: Fen
  /// What the year has taken with this statement, over all canteens.
  public var spent: Fen
  public var whenExhausted: Budget.Exhaustion
  /// What this statement claims of the source by the policy for the year; nil in statements of before
  /// that was kept, and then it is all that the source owes.
  public var claimed: Fen?

  public init(
    policyID: String, source: FundingSource, year: Int, budget: Fen, spent: Fen,
    whenExhausted: Budget.Exhaustion, claimed: Fen?
  ) {
    self.policyID = policyID
    self.source = source
    self.year = year
    self.budget = budget
    self.spent = spent
    self.whenExhausted = whenExhausted
    self.claimed = claimed
  }

  /// What of a statement's payments by the source went to the policy's money of the year.
  /// - Parameter disallowed: 核减 of the source on the statement.
  public func paid(of statement: Statement, disallowed: Fen, paid: Fen) -> Fen {
    let most = max(0, claimed ?? statement.owed(by: source))
    return min(most, max(0, paid - paidFirst(of: statement, disallowed: disallowed)))
  }

  /// What the source pays by the statement before anything goes to the policy's money of the year: other
  /// policies, because nothing of theirs waits, and later years, because they have money the soonest.
  /// Below zero where what the others give back pays of it.
  public func paidFirst(of statement: Statement, disallowed: Fen) -> Fen {
    let owed = statement.owed(by: source)
    let earlier = Dictionary(
      (statement.ceilings ?? []).filter {
        $0.policyID == policyID && $0.source == source && $0.year < year
          && $0.whenExhausted == .queue
      }.map { ($0.year, max(0, $0.claimed ?? 0)) },
      uniquingKeysWith: { first, _ in first }
    ).values.sum()
    let others = owed - (claimed ?? owed) - earlier
    return others > 0 ? max(0, others - disallowed) : others
  }

  /// By how much the year is above its budget.
  public var excess: Fen { max(0, spent - budget) }

  public var sentence: Sentence {
    let (zh, en) =
      switch whenExhausted {
      case .stop: ("放不下的不再承担", "what does not fit is not borne")
      case .warn: ("照付并提醒", "paid all the same")
      case .queue: ("超出部分挂账，待追加预算后拨付", "what is above it waits for money")
      }
    let state =
      excess > 0
      ? (zh: "超出\(excess.yuan)元，\(zh)", en: "\(excess.yuan) above it: \(en)")
      : (zh: "未超出", en: "within it")
    return Sentence(
      zh: "\(source.name.zh)\(year)年预算\(budget.yuan)元，累计\(spent.yuan)元，\(state.zh)",
      en: "\(source.name.en) has \(budget.yuan) for \(year) and owes \(spent.yuan), \(state.en)")
  }
}

extension PolicySet {
  /// The operating and delivery subsidies of a canteen for a period, from the meals that stand.
  /// - Parameters:
  ///   - diners: the facts of people whose meals were brought, where rules by the trip ask for them.
  ///   - budget: what sources have spent of their years, these subsidies left out; they are added.
  public func subsidies(
    for period: OperatingPeriod, meals: [PricedMeal], diners: [Int64: DinerFacts] = [:],
    budget: inout BudgetUse
  ) -> [StatementSubsidy] {
    var lines = operatingSubsidies(for: period, of: meals, budget: &budget)
    lines += deliveries(of: meals)
    let trips = trips(of: meals, diners: diners, budget)
    for trip in trips { budget.add(trip, year: period.to.year) }
    lines += trips
    lines += roundings(of: meals, year: period.to.year, budget: &budget)
    return lines.filter { $0.fen != 0 }
  }

  /// What rounding once on the statement adds to the lines; a part that a budget stops is left out.
  private func roundings(
    of meals: [PricedMeal], year: Int, budget: inout BudgetUse
  ) -> [StatementSubsidy] {
    guard roundsOnStatements else { return [] }
    return statementRounding(of: meals).map { rounding in
      let policy = plans.first { $0.id == rounding.policyID && $0.version == rounding.version }
      let left = budget
      let sources = rounding.sources.filter { part in
        policy.map { left.mayPay(part.fen, by: $0.policy, source: part.source, year: year) } ?? true
      }
      let fen = sources.map(\.fen).sum()
      let subsidy = StatementSubsidy(
        kind: .rounding, payee: StatementSubsidy.canteen, policyID: rounding.policyID,
        version: rounding.version, code: rounding.rule, count: rounding.count, sources: sources,
        sentence: Sentence(
          zh: "【\(rounding.rule)】\(rounding.count)餐不足一分的部分在结算单上统一取整，计\(fen.yuan)元",
          en: "[\(rounding.rule)] the fractions of a fen of \(rounding.count) meals, rounded once: "
            + "\(fen.yuan)"))
      budget.add(subsidy, year: year)
      return subsidy
    }
  }

  /// Policies that are settled monthly are computed month by month, also within a quarter.
  private func operatingSubsidies(
    for period: OperatingPeriod, of meals: [PricedMeal], budget: inout BudgetUse
  ) -> [StatementSubsidy] {
    var parts: [(OperatingPeriod, SettlementTerms.Period)] = [(period, .quarter)]
    var first = period.from
    while first <= period.to {
      var month = period
      (month.from, month.to) = (first, min(first.lastOfMonth, period.to))
      parts.append((month, .month))
      first = first.firstOfNextMonth
    }
    var found: [StatementSubsidy] = []
    for (part, settlement) in parts {
      let these = meals.filter { (part.from...part.to).contains($0.meal.day) }
      var part = part
      part.openDays = Set(these.map(\.meal.day)).count
      for line in operating(for: part, meals: these, settledBy: settlement, budget: budget) {
        budget.add(line.shares, year: part.to.year)
        found.append(
          StatementSubsidy(
            kind: .operating, payee: StatementSubsidy.operator, policyID: line.policyID,
            version: line.version, code: line.code, count: line.count, sources: line.shares.totals,
            sentence: line.sentence))
      }
    }
    return found
  }

  /// What the lines gave couriers beside the price, by rule and payee.
  private func deliveries(of meals: [PricedMeal]) -> [StatementSubsidy] {
    struct Key: Hashable { var policyID: String, version: String, code: String, payee: String }
    var shares: [Key: [[FundedShare]]] = [:]
    for meal in meals {
      guard let delivery = meal.line.delivery else { continue }
      let byRule = Dictionary(grouping: meal.line.deliveryShares) {
        Key(policyID: $0.policyID, version: $0.version, code: $0.rule, payee: delivery.payee)
      }
      for (key, part) in byRule { shares[key, default: []].append(part) }
    }
    return shares.map { key, parts in
      .delivery(
        key.policyID, key.version, key.code, payee: key.payee, count: parts.count,
        parts.flatMap(\.self), unit: Sentence(zh: "餐", en: "meals"))
    }.sorted { ($0.policyID, $0.version, $0.code) < ($1.policyID, $1.version, $1.code) }
  }

  private func trips(
    of meals: [PricedMeal], diners: [Int64: DinerFacts], _ budget: BudgetUse
  ) -> [StatementSubsidy] {
    let trips = trips(meals: meals, diners: diners, budget: budget).filter { $0.fen > 0 }
    let byRule = Dictionary(grouping: trips) { [$0.policyID, $0.version, $0.code, $0.payee] }
    return byRule.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, lines in
      guard let first = lines.first else { return nil }
      return .delivery(
        first.policyID, first.version, first.code, payee: first.payee, count: lines.count,
        lines.flatMap(\.shares), unit: Sentence(zh: "趟", en: "trips"), isByTrip: true)
    }
  }

  /// Whether any policy pays for delivery or operating at all, or rounds on statements, so that meals
  /// need not be read for it.
  public var paysForPeriods: Bool {
    policies.contains { !$0.operating.isEmpty || !$0.delivery.isEmpty } || roundsOnStatements
  }

  /// Whether what is paid for a period can take of a budget beside the meals.
  public var paysPeriodsFromBudgets: Bool {
    plans.contains(where: \.hasBudgets)
      && (policies.contains { !$0.operating.isEmpty } || paysForTrips || roundsOnStatements)
  }

  /// Whether a rule pays by the trip, and asks about the people.
  public var paysForTrips: Bool {
    policies.contains { $0.delivery.contains { $0.per == .trip } }
  }
}

extension StatementSubsidy {
  fileprivate static func delivery(
    _ policyID: String, _ version: String, _ code: String, payee: String, count: Int,
    _ shares: [FundedShare], unit: Sentence, isByTrip: Bool? = nil
  ) -> StatementSubsidy {
    let sources = shares.totals
    let fen = sources.map(\.fen).sum()
    return StatementSubsidy(
      kind: .delivery, payee: payee, policyID: policyID, version: version, code: code,
      count: count, sources: sources,
      sentence: Sentence(
        zh: "【\(code)】送餐补贴：\(count)\(unit.zh)，共\(fen.yuan)元",
        en: "[\(code)] delivery subsidy: \(count) \(unit.en), \(fen.yuan) in all"),
      isByTrip: isByTrip)
  }

  /// What is to be paid more or less for a period than was stated for it before, rule by rule.
  /// - Parameters:
  ///   - now: what the period's meals give now.
  ///   - stated: what earlier statements gave for it, their corrections included.
  public static func corrections(
    of number: String, now: [StatementSubsidy], stated: [StatementSubsidy]
  ) -> [StatementSubsidy] {
    struct Key: Hashable {
      var kind: Kind, payee: String, policyID: String, version: String, code: String
    }
    let byTrip = Set((now + stated).filter { $0.isByTrip == true }.map(key))
    func key(_ subsidy: StatementSubsidy) -> Key {
      Key(
        kind: subsidy.kind, payee: subsidy.payee, policyID: subsidy.policyID,
        version: subsidy.version, code: subsidy.code)
    }
    let (new, old) = (
      Dictionary(grouping: now, by: key), Dictionary(grouping: stated, by: key)
    )
    return Set(new.keys).union(old.keys).compactMap { key -> StatementSubsidy? in
      let due = (new[key] ?? []).flatMap(\.sources)
      let before = (old[key] ?? []).flatMap(\.sources)
        .map { Statement.SourceTotal(source: $0.source, fen: -$0.fen) }
      let sources = (due + before).summed.filter { $0.fen != 0 }
      guard !sources.isEmpty else { return nil }
      let fen = sources.map(\.fen).sum()
      return StatementSubsidy(
        kind: key.kind, payee: key.payee, policyID: key.policyID, version: key.version,
        code: key.code,
        count: (new[key] ?? []).map(\.count).reduce(0, +)
          - (old[key] ?? []).map(\.count).reduce(0, +),
        sources: sources,
        sentence: Sentence(
          zh: "【\(key.code)】更正\(number)的\(key.kind.name.zh)：\(fen.yuan)元",
          en: "[\(key.code)] corrects the \(key.kind.name.en) of \(number) by \(fen.yuan)"),
        corrects: number, isByTrip: byTrip.contains(key) ? true : nil)
    }.sorted {
      ($0.kind.rawValue, $0.policyID, $0.version, $0.code)
        < ($1.kind.rawValue, $1.policyID, $1.version, $1.code)
    }
  }
}

extension [FundedShare] {
  /// One total a source.
  public var totals: [Statement.SourceTotal] {
    map { Statement.SourceTotal(source: $0.source, fen: $0.fen) }.summed
  }
}
