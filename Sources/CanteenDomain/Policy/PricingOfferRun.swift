/// What the groups of a stage would give for the meal.
extension PricingRun {
  /// A benefit on offer: after clips, and what the rule says before them.
  struct Offer {
    var fen = Fen.zero
    var nominal = Fen.zero
    var base = Fen.zero
    /// Millionths of a fen that rounding to the fen dropped.
    var dropped = 0
    /// The last limit that held it down, if any did. In a list because a reason is large and seldom
    /// there: an offer stays cheap to copy.
    var clips: [PricingReason] = []
    /// The most that the benefit may give by its own words, rounding of the diner's payment included.
    var ceiling = Fen(Int.max)
  }

  /// What a group of the stage offers; nil if it does not apply to this person and meal.
  mutating func offer(
    ofGroup index: Int, _ stage: StagePlan, _ plan: PolicyPlan
  ) -> (group: GroupPlan, offer: Offer)? {
    if let band = stage.ageBands[index] {
      guard let age = facts.age(by: stage.attain), band.contains(age) else { return nil }
    }
    let group = stage.groups[index]
    return offer(of: group, stage, plan).map { (group, $0) }
  }

  /// Nil if the group does not apply to this person and meal; an empty offer if it applies and a cap
  /// leaves nothing of it, because such a group still stands in the way of later exclusive ones.
  private mutating func offer(
    of group: GroupPlan, _ stage: StagePlan, _ plan: PolicyPlan
  ) -> Offer? {
    guard group.when.holds(in: &facts) else { return nil }
    if let minSpend = group.minSpend, !isMet(minSpend, stage, plan, rule: group.code) { return nil }
    for cap in group.countCaps where isSpent(cap, stage, plan, rule: group.code) {
      line.reasons.append(
        PricingReason(
          .countCap, policyID: plan.id, layer: stage.code, rule: group.code,
          detail: cap.per.rawValue, value: cap.count))
      return Offer()
    }
    var offer: Offer
    if group.benefit.form == .nthMeal {
      guard let benefit = due(group.benefit, stage, plan) else { return Offer() }
      offer = self.offer(of: benefit, stage)
    } else {
      offer = self.offer(of: group.benefit, stage)
    }
    roundDiner(&offer, stage.rounding) { clip(&$0, group, stage, plan) }
    return offer
  }

  /// What a benefit gives for this meal by itself.
  private func offer(of benefit: borrowing Benefit, _ stage: StagePlan) -> Offer {
    let base = basis(stage.basis(for: benefit.form), stage)
    return benefit.offer(on: base, period: facts.meal.period, rounding: stage.rounding)
  }

  /// The benefit of this meal's place in a schedule; nil after its last place.
  func due(_ benefit: Benefit, _ stage: StagePlan, _ plan: PolicyPlan) -> Benefit? {
    guard let schedule = benefit.schedule else { return benefit }
    let day = facts.meal.day
    let earlier = facts.accepted.count { meal in
      meal.day == day
        && (benefit.countsEveryMeal == true
          || meal.grants.contains { $0.policyID == plan.id && $0.layer == stage.code && $0.fen > 0 })
    }
    return earlier < schedule.count ? schedule[earlier] : nil
  }

  func basis(_ basis: Basis, _ stage: StagePlan?) -> Fen {
    let list = max(0, facts.meal.listFen - facts.meal.extrasFen)
    let amount =
      switch basis {
      case .list: list
      case .afterDiscount: list - discounted
      case .remaining: payable
      }
    return min(amount, stage?.basisMax ?? amount)
  }

  mutating func isMet(
    _ minSpend: MinSpend, _ stage: StagePlan, _ plan: PolicyPlan, rule: String?
  ) -> Bool {
    let spend = basis(minSpend.basis, nil)
    if minSpend.isMet(by: spend) { return true }
    line.reasons.append(
      PricingReason(
        .belowMinSpend, policyID: plan.id, layer: stage.code, rule: rule,
        detail: minSpend.isStrict ? "more_than" : "at_least", base: spend, limit: minSpend.amount))
    return false
  }
}
