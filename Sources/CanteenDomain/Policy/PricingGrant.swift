/// What a stage gives, divided among its sources and written down.
extension PricingRun {
  mutating func grant(
    _ offer: Offer, _ group: GroupPlan, _ stage: StagePlan, _ plan: PolicyPlan
  ) {
    line.reasons += offer.clips
    guard offer.fen > 0 else { return }
    let funded = fund(
      offer.fen, group.split ?? stage.split, plan, kind: stage.kind, layer: stage.code,
      rule: group.code)
    payable -= funded
    if stage.kind == .discount { discounted += funded }
    guard funded > 0 else { return }
    if stage.rounding.moment == .statement, offer.dropped > 0 {
      line.reasons.append(
        PricingReason(
          .rounded, policyID: plan.id, layer: stage.code, rule: group.code, value: offer.dropped))
    }
    line.reasons.append(
      PricingReason(
        .granted, policyID: plan.id, layer: stage.code, rule: group.code, fen: funded,
        base: offer.base, limit: offer.nominal == funded ? nil : offer.nominal))
    label(offer, funded, group, stage, plan)
  }

  /// The tier of a line is the group of its largest subsidy; without one, of its largest grant.
  mutating func label(
    _ offer: Offer, _ fen: Fen, _ group: GroupPlan, _ stage: StagePlan, _ plan: PolicyPlan
  ) {
    let weight = stage.kind == .subsidy ? fen + 1_000_000_000 : fen
    guard weight > tierWeight else { return }
    tierWeight = weight
    line.tier = group.code
    line.tierTitle = group.title
    line.standardFen = offer.nominal
    line.age = facts.age(by: group.when.attain)
  }

  /// Divides an amount among its sources, adds their shares to the line, and writes down what nobody
  /// funded; gives what was funded.
  mutating func fund(
    _ amount: Fen, _ split: SplitPlan, _ plan: PolicyPlan, kind: StageKind, layer: String,
    rule: String
  ) -> Fen {
    func add(_ source: FundingSource, _ fen: Fen) {
      guard fen > 0 else { return }
      line.shares.append(
        FundedShare(
          source: source, fen: fen, policyID: plan.id, version: plan.version, kind: kind,
          layer: layer, rule: rule))
    }
    // Most policies have one source or two without conditions, which need no lists.
    if !plan.hasBudgets, let pair = split.divideInTwo(amount) {
      add(pair.first.source, pair.first.fen)
      add(pair.second.source, pair.second.fen)
      return pair.first.fen + pair.second.fen
    }
    let division =
      plan.hasBudgets
      ? divideWithinBudgets(amount, split, plan, layer: layer, rule: rule)
      : split.divide(amount, in: &facts) { _, _ in true }
    for (source, fen) in division.dropped {
      line.reasons.append(
        PricingReason(
          .unfunded, policyID: plan.id, layer: layer, rule: rule, detail: source?.rawValue, fen: fen
        ))
    }
    for part in division.parts { add(part.source, part.fen) }
    return division.funded
  }

  /// Divides where budgets may stop a source, and writes down which of them were used up.
  private mutating func divideWithinBudgets(
    _ amount: Fen, _ split: SplitPlan, _ plan: PolicyPlan, layer: String, rule: String
  ) -> SplitPlan.Division {
    var exhausted: [Budget] = []
    let budgets = plan.policy.budgets
    let (used, year) = (budget, facts.meal.day.year)
    let spentOnLine = line.shares + line.deliveryShares
    func spentBefore(_ source: FundingSource) -> Fen {
      used.spent[.init(policyID: plan.id, source: source, year: year)] ?? .zero
    }
    // What this division has promised so far: a source may be asked twice in it.
    var promised: [FundingSource: Fen] = [:]
    let division = split.divide(amount, in: &facts) { source, fen in
      guard let limit = budgets.first(where: { $0.source == source && $0.year == year }) else {
        return true
      }
      let here = spentOnLine.reduce(Fen.zero) {
        $0 + ($1.policyID == plan.id && $1.source == source ? $1.fen : 0)
      }
      let asked = here + promised[source, default: 0] + fen
      let fits = spentBefore(source) + asked <= limit.amount
      if !fits { exhausted.append(limit) }
      guard fits || limit.whenExhausted != .stop else { return false }
      promised[source, default: 0] += fen
      return true
    }
    for limit in exhausted {
      line.reasons.append(
        PricingReason(
          .budget, policyID: plan.id, layer: layer, rule: rule,
          detail: "\(limit.source.rawValue) \(limit.whenExhausted.rawValue)",
          base: spentBefore(limit.source), limit: limit.amount))
    }
    return division
  }
}
