/// The pricing of one meal in progress, in the order of steps that the documentation states:
/// exclusions, calendar and period, caps by count, then stage by stage benefit, clips and split.
///
/// It cannot be copied: copying what it holds would cost as much as pricing.
struct PricingRun: ~Copyable {
  var line: PricedLine
  var facts: PricingFacts
  let budget: BudgetUse
  /// What the diner would still pay, extras left out.
  var payable: Fen
  var discounted: Fen = 0
  /// The weight of the grant that gives the line its tier so far.
  var tierWeight: Fen = -1

  /// The policies to use, with the reasons why others are not.
  struct Choice {
    var plans: [PolicyPlan]
    var reasons: [PricingReason]
  }

  init(_ facts: consuming PricingFacts, _ budget: BudgetUse) {
    let list = facts.meal.listFen
    payable = max(0, list - facts.meal.extrasFen)
    self.facts = facts
    self.budget = budget
    line = PricedLine(listFen: list, dinerFen: list)
    line.shares.reserveCapacity(2)
    line.reasons.reserveCapacity(2)
  }

  /// Ends the run and gives what it has come to.
  consuming func finished() -> PricedLine { line }

  mutating func price(with choice: Choice) {
    line.reasons += choice.reasons
    price(with: choice.plans)
  }

  /// The way of nearly every meal: one policy applies, or none.
  mutating func price(with candidate: PolicyPlan?) {
    guard let plan = candidate, admits(plan) else {
      if candidate == nil { line.reasons.append(PricingReason(.noPolicy)) }
      return conclude([])
    }
    for stage in plan.stages { apply(stage, of: plan) }
    if line.age != nil, facts.meal.mode != .homeDelivery {
      line.dinerFen = line.listFen - line.sharesFen
    } else {
      conclude([plan])
    }
  }

  mutating func price(with candidates: [PolicyPlan]) {
    guard candidates.count > 1 else { return price(with: candidates.first) }
    var plans: [PolicyPlan] = []
    for plan in candidates where admits(plan) { plans.append(plan) }
    applyInterleaved(plans)
    conclude(plans)
  }

  /// What the diner pays, and the delivery.
  private mutating func conclude(_ plans: [PolicyPlan]) {
    line.dinerFen = line.listFen - line.sharesFen
    if line.age == nil { line.age = facts.age(by: plans.first?.attain ?? .birthday) }
    if facts.meal.mode == .homeDelivery { priceDelivery(plans) }
  }

  /// Stages of several policies: by kind, within a kind by the order of the policies.
  mutating func applyInterleaved(_ plans: [PolicyPlan]) {
    for rank in 0...StageKind.delivery.rank {
      for plan in plans {
        for stage in plan.stages where stage.rank == rank { apply(stage, of: plan) }
      }
    }
  }

  mutating func apply(_ stage: StagePlan, of plan: PolicyPlan) {
    guard isInOrder(stage, of: plan) else { return }
    if let failure = stage.when.firstFailure(in: &facts) {
      line.reasons.append(
        PricingReason(
          .notMet, policyID: plan.id, layer: stage.code, test: failure.test, value: failure.value))
      return
    }
    if let cap = spentCountCap(stage, of: plan) {
      line.reasons.append(
        PricingReason(
          .countCap, policyID: plan.id, layer: stage.code, detail: cap.per.rawValue,
          value: cap.count))
      return
    }
    if let minSpend = stage.minSpend, !isMet(minSpend, stage, plan, rule: nil) { return }
    let before = line.shares.count
    switch stage.stacking {
    case .bestOf: applyBest(stage, of: plan)
    case .exclusive: applyFirst(stage, of: plan)
    case .additive:
      for index in stage.groups.indices {
        guard let (group, offer) = offer(ofGroup: index, stage, plan) else { continue }
        grant(offer, group, stage, plan)
      }
    }
    if line.shares.count == before { explainNothing(of: stage, plan) }
  }

  mutating func applyFirst(_ stage: StagePlan, of plan: PolicyPlan) {
    for index in stage.groups.indices {
      guard let (group, offer) = offer(ofGroup: index, stage, plan) else { continue }
      grant(offer, group, stage, plan)
      return
    }
  }

  /// Says of each group why it did not apply; only looked up when the stage gave nothing, because
  /// most meals match one band and nobody asks about the others.
  mutating func explainNothing(of stage: StagePlan, _ plan: PolicyPlan) {
    for group in stage.groups {
      guard let failure = group.when.firstFailure(in: &facts) else { continue }
      line.reasons.append(
        PricingReason(
          .notMet, policyID: plan.id, layer: stage.code, rule: group.code, test: failure.test,
          value: failure.value))
    }
  }

  mutating func applyBest(_ stage: StagePlan, of plan: PolicyPlan) {
    var winner: (group: GroupPlan, offer: Offer)?
    for index in stage.groups.indices {
      guard let (group, offer) = offer(ofGroup: index, stage, plan) else { continue }
      guard let current = winner else {
        winner = (group, offer)
        continue
      }
      let isBetter = offer.fen > current.offer.fen
      line.reasons.append(
        PricingReason(
          .notBest, policyID: plan.id, layer: stage.code,
          rule: isBetter ? current.group.code : group.code,
          fen: isBetter ? current.offer.fen : offer.fen))
      if isBetter { winner = (group, offer) }
    }
    if let winner { grant(winner.offer, winner.group, stage, plan) }
  }

  /// Whether the stages that this one waits for, or yields to, let it act.
  mutating func isInOrder(_ stage: StagePlan, of plan: PolicyPlan) -> Bool {
    if stage.unlessGranted.isEmpty, stage.onlyIfGranted.isEmpty { return true }
    let given = line.shares.filter { $0.policyID == plan.id }.map(\.layer)
    if let other = stage.unlessGranted.first(where: given.contains) {
      line.reasons.append(
        PricingReason(.stageOrder, policyID: plan.id, layer: stage.code, detail: other))
      return false
    }
    if !stage.onlyIfGranted.isEmpty, !stage.onlyIfGranted.contains(where: given.contains) {
      line.reasons.append(
        PricingReason(
          .stageOrder, policyID: plan.id, layer: stage.code, detail: stage.onlyIfGranted[0]))
      return false
    }
    return true
  }
}
