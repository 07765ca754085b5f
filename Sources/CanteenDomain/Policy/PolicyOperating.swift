/// The period, the canteen and its rating for which operating subsidies are computed.
public struct OperatingPeriod: Sendable, Hashable, Codable {
  public var from: Day
  public var to: Day
  public var canteen: CanteenFacts
  /// Days on which the canteen was open.
  public var openDays: Int
  /// 考核等次, such as 优秀; nil if there is none.
  public var rating: String?

  public init(from: Day, to: Day, canteen: CanteenFacts, openDays: Int, rating: String? = nil) {
    self.from = from
    self.to = to
    self.canteen = canteen
    self.openDays = openDays
    self.rating = rating
  }
}

/// How much there was: what rates and tiers are applied to.
public struct OperatingVolume: Sendable, Hashable, Codable {
  public var served: Int
  public var subsidised: Int
  public var personDays: Int
  public var servedPersonDays: Int
  public var daysWithMeals: Int

  public init(
    served: Int = 0, subsidised: Int = 0, personDays: Int = 0, servedPersonDays: Int = 0,
    daysWithMeals: Int = 0
  ) {
    self.served = served
    self.subsidised = subsidised
    self.personDays = personDays
    self.servedPersonDays = servedPersonDays
    self.daysWithMeals = daysWithMeals
  }

  /// Counts the meals of a period by the policy whose subsidies are asked for.
  init(of meals: [PricedMeal], policyID: String) {
    struct PersonDay: Hashable { var diner: Int64, day: Day }
    self.init()
    var paid: Set<PersonDay> = []
    var ate: Set<PersonDay> = []
    for priced in meals {
      let personDay = PersonDay(diner: priced.dinerID, day: priced.meal.day)
      ate.insert(personDay)
      if priced.isSubsidised(by: policyID) {
        subsidised += 1
        paid.insert(personDay)
      }
    }
    served = meals.count
    personDays = paid.count
    servedPersonDays = ate.count
    daysWithMeals = Set(meals.map(\.meal.day)).count
  }

  func count(_ per: OperatingRule.Per) -> Int {
    switch per {
    case .served: served
    case .subsidised: subsidised
    case .personDay: personDays
    case .servedPersonDay: servedPersonDays
    case .settlement: 1
    }
  }
}

/// One operating subsidy of one canteen and period: how it was computed and who pays it.
public struct OperatingLine: Sendable, Hashable, Codable {
  public var policyID: String
  public var version: String
  public var code: String
  /// How many were paid for.
  public var count: Int
  public var fen: Fen
  public var shares: [FundedShare]
  public var sentence: Sentence
}

extension PolicySet {
  /// The operating subsidies of a canteen for a period, from the accepted lines that still stand.
  ///
  /// Flat amounts are paid by the version in force on each meal's day. Tiers need one average for
  /// the whole period and are taken from the version in force on its last day.
  /// - Parameters:
  ///   - settlement: only the policies that are settled in periods of this length; nil for all.
  ///   - budget: what sources have spent; a share that a budget stops is not paid, and what one rule
  ///     takes is gone for the next.
  public func operating(
    for period: OperatingPeriod, meals: [PricedMeal],
    settledBy settlement: SettlementTerms.Period? = nil, budget: BudgetUse = BudgetUse()
  ) -> [OperatingLine] {
    var budget = budget
    return plans.flatMap { plan -> [OperatingLine] in
      let (first, last) = (max(plan.validFrom, period.from), min(plan.validTo, period.to))
      guard first <= last, admits(period.canteen, plan) else { return [] }
      guard settlement == nil || settlement == plan.policy.settlement.period else { return [] }
      return plan.policy.operating.compactMap { rule in
        let isWhole = rule.tiers != nil || rule.per == .settlement
        if isWhole, last != period.to { return nil }
        let span = (isWhole ? period.from : first)...last
        let when = ConditionPlan(rule.when, in: plan.policy)
        let counted = meals.filter { priced in
          guard span.contains(priced.meal.day),
            priced.meal.canteen.code == period.canteen.code
          else { return false }
          var facts = PricingFacts(
            meal: priced.meal, diner: DinerFacts(dinerID: priced.dinerID), accepted: [],
            calendar: calendar)
          return when.holds(in: &facts)
        }
        let volume = OperatingVolume(of: counted, policyID: plan.id)
        let line = rule.line(volume, period, plan.policy, calendar, budget)
        budget.add(line?.shares ?? [], year: period.to.year)
        return line
      }
    }
  }

  /// The same from counts that are known already, by the versions in force on the last day.
  public func operating(for period: OperatingPeriod, volume: OperatingVolume) -> [OperatingLine] {
    plans.filter { period.to >= $0.validFrom && period.to <= $0.validTo }
      .filter { admits(period.canteen, $0) }
      .flatMap { plan in
        plan.policy.operating.compactMap { $0.line(volume, period, plan.policy, calendar) }
      }
  }

  /// How long the settlement period of a canteen is: that of the policies of its region that are in
  /// force on some day between two. Where they differ it is the longest, because tiers by average
  /// need the whole of it; policies of the shorter one are still computed month by month.
  public func settlementPeriod(
    at canteen: CanteenFacts, from: Day, to: Day
  ) -> SettlementTerms.Period {
    let isQuarterly = plans.contains { plan in
      plan.validFrom <= to && plan.validTo >= from && admits(canteen, plan)
        && (plan.policy.scope.regions.isEmpty
          || ConditionPlan.isWithin(canteen.regions, plan.policy.scope.regions))
        && plan.policy.settlement.period == .quarter
    }
    return isQuarterly ? .quarter : .month
  }

  private func admits(_ canteen: CanteenFacts, _ plan: PolicyPlan) -> Bool {
    let scope = plan.policy.scope
    if !scope.canteens.isEmpty, !scope.canteens.contains(canteen.code) { return false }
    guard scope.by == .canteen, !scope.regions.isEmpty else { return true }
    return ConditionPlan.isWithin(canteen.regions, scope.regions)
  }
}

extension OperatingRule {
  /// Nil if nothing is due.
  func line(
    _ volume: OperatingVolume, _ period: OperatingPeriod, _ policy: Policy,
    _ calendar: ServiceCalendar, _ budget: BudgetUse = BudgetUse()
  ) -> OperatingLine? {
    let count = volume.count(per)
    let days = tiers.map { denominator($0.denominator, period, volume, calendar) } ?? 0
    var fen = Fen.zero
    if let tiers {
      fen = tiers.amount(
        for: count, average: volume.count(tiers.average), over: days, isLump: per == .settlement)
    } else {
      fen = (amount ?? .zero) * count
    }
    let multiplier = period.rating.flatMap { multipliers[$0] } ?? .whole
    fen = Fen(multiplier.exact(of: fen) / 1_000_000)
    if let maximum { fen = min(fen, maximum) }
    guard fen > 0 else { return nil }
    let shares = shares(of: fen, period, policy, calendar, budget)
    var sentence = sentence(count, fen, volume, days, multiplier)
    let paid = shares.map(\.fen).sum()
    if paid < fen {
      sentence.zh += "；预算已用完，实付\(paid.yuan)元"
      sentence.en += "; the budget is used up, \(paid.yuan) is paid"
    }
    return OperatingLine(
      policyID: policy.id, version: policy.version, code: code, count: count, fen: paid,
      shares: shares, sentence: sentence)
  }

  /// The sources, by conditions that only the canteen and the last day of the period can meet.
  private func shares(
    of fen: Fen, _ period: OperatingPeriod, _ policy: Policy, _ calendar: ServiceCalendar,
    _ budget: BudgetUse
  ) -> [FundedShare] {
    guard let noon = TimeOfDay("12:00") else { return [] }
    let meal = Meal(
      id: "", day: period.to, time: noon, period: .lunch, canteen: period.canteen, listFen: 0)
    var facts = PricingFacts(
      meal: meal, diner: DinerFacts(dinerID: 0), accepted: [], calendar: calendar)
    return SplitPlan(split, in: policy).divide(fen, in: &facts) { source, fen in
      budget.mayPay(fen, by: policy, source: source, year: period.to.year)
    }.parts.filter { $0.source != .diner }.map {
      FundedShare(
        source: $0.source, fen: $0.fen, policyID: policy.id, version: policy.version,
        kind: .subsidy, layer: "operating", rule: code)
    }
  }

  private func denominator(
    _ kind: Denominator, _ period: OperatingPeriod, _ volume: OperatingVolume,
    _ calendar: ServiceCalendar
  ) -> Int {
    switch kind {
    case .openDays: period.openDays
    case .calendarDays: period.to - period.from + 1
    case .workdays:
      (0...max(0, period.to - period.from)).count { calendar.isWorkday(period.from + $0) }
    case .daysWithMeals: volume.daysWithMeals
    }
  }

  private func sentence(
    _ count: Int, _ fen: Fen, _ volume: OperatingVolume, _ days: Int, _ multiplier: Rate
  ) -> Sentence {
    let average = tiers.map { tiers in
      let total = volume.count(tiers.average)
      return days > 0 ? Fen(total * 100 / days).yuan : "0.00"
    }
    let rated = multiplier == .whole ? "" : "，考核系数\(multiplier.percent)"
    let ratedEn = multiplier == .whole ? "" : ", rated \(multiplier.percent)"
    return Sentence(
      zh: "【\(code)】运营补贴：\(per.name.zh)\(count)" + (average.map { "，日均\($0)" } ?? "") + rated
        + "，共\(fen.yuan)元",
      en: "[\(code)] operating subsidy: \(per.name.en) \(count)"
        + (average.map { ", daily average \($0)" } ?? "") + ratedEn + ", \(fen.yuan) in all")
  }
}

extension OperatingRule.Per {
  public var name: Sentence {
    switch self {
    case .served: Sentence(zh: "服务人次", en: "meals served")
    case .subsidised: Sentence(zh: "补贴人次", en: "meals subsidised")
    case .personDay: Sentence(zh: "补贴人日", en: "subsidised person-days")
    case .servedPersonDay: Sentence(zh: "就餐人日", en: "person-days")
    case .settlement: Sentence(zh: "结算期", en: "settlement periods")
    }
  }
}

extension OperatingRule.Tiers {
  /// What the tiers give; thresholds are compared as whole meals, so no average is ever rounded.
  func amount(for count: Int, average total: Int, over days: Int, isLump: Bool) -> Fen {
    guard days > 0 else { return .zero }
    let steps = steps.sorted { $0.from < $1.from }
    if mode == .whole || isLump {
      guard let step = steps.last(where: { total >= $0.from * days }) else { return .zero }
      return step.amount * (isLump ? 1 : count)
    }
    var sum = Fen.zero
    for (index, step) in steps.enumerated() {
      let start = step.from * days
      let end = index + 1 < steps.count ? steps[index + 1].from * days : Int.max
      sum += step.amount * max(0, min(count, end) - start)
    }
    return sum
  }
}
