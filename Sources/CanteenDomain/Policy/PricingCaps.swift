/// What holds a benefit down: the price itself, the least own payment, caps by count and amount.
extension PricingRun {
  /// Lowers an offer to what is payable, leaves the least own payment, and keeps the amount caps.
  func clip(
    _ offer: inout Offer, _ group: GroupPlan, _ stage: StagePlan, _ plan: PolicyPlan
  ) {
    offer.fen = max(0, min(offer.fen, min(payable, offer.ceiling)))
    if stage.minCopay > 0, offer.fen > max(0, payable - stage.minCopay) {
      offer.fen = max(0, payable - stage.minCopay)
      offer.clips = [
        PricingReason(
          .minCopay, policyID: plan.id, layer: stage.code, rule: group.code, limit: stage.minCopay)
      ]
    }
    keep(group.amountCaps, &offer, stage, plan, rule: group.code, layer: stage.code)
    keep(stage.amountCaps, &offer, stage, plan, rule: nil, layer: stage.code)
    if stage.kind != .discount {
      keep(plan.amountCaps, &offer, stage, plan, rule: nil, layer: nil)
    }
  }

  func keep(
    _ caps: [Cap], _ offer: inout Offer, _ stage: StagePlan, _ plan: PolicyPlan, rule: String?,
    layer: String?
  ) {
    for cap in caps {
      guard let amount = cap.amount, applies(cap) else { continue }
      let used = usedAmount(cap, plan, layer: layer, rule: rule)
      let room = max(0, amount - used)
      if offer.fen > room {
        offer.fen = room
        offer.clips = [
          PricingReason(
            .amountCap, policyID: plan.id, layer: stage.code, rule: rule, detail: cap.per.rawValue,
            fen: room, limit: amount)
        ]
      }
    }
  }

  func usedAmount(_ cap: Cap, _ plan: PolicyPlan, layer: String?, rule: String?) -> Fen {
    var used = Fen.zero
    for share in line.shares
    where share.policyID == plan.id
      && (layer == nil ? share.kind != .discount : share.layer == layer)
      && (rule == nil || share.rule == rule)
    {
      used += share.fen
    }
    if cap.per == .meal { return used }
    for meal in facts.accepted where isInWindow(meal, of: cap) {
      for grant in meal.grants where counts(grant, plan, layer: layer, rule: rule) {
        used += grant.fen
      }
    }
    return used
  }

  func applies(_ cap: Cap) -> Bool {
    (cap.periods.isEmpty || cap.periods.contains(facts.meal.period))
      && (cap.modes.isEmpty || cap.modes.contains(facts.meal.mode))
  }

  /// A meal of a later day counts as well, where it was accepted before this one came in: or who brings
  /// Monday's on Sunday would have one more than the week's.
  func isInWindow(_ meal: AcceptedMeal, of cap: Cap) -> Bool {
    guard cap.per.start(of: meal.day) == cap.per.start(of: facts.meal.day) else { return false }
    if cap.per == .period, meal.period != facts.meal.period { return false }
    return (cap.periods.isEmpty || cap.periods.contains(meal.period))
      && (cap.modes.isEmpty || cap.modes.contains(meal.mode))
  }

  func counts(
    _ grant: AcceptedMeal.Grant, _ plan: PolicyPlan, layer: String?, rule: String?
  ) -> Bool {
    guard grant.fen > 0, grant.policyID == plan.id else { return false }
    if layer == nil { return grant.kind == .subsidy || grant.kind == .charity }
    return grant.layer == layer && (rule == nil || grant.rule == rule)
  }

  func spentCountCap(_ stage: StagePlan, of plan: PolicyPlan) -> Cap? {
    for cap in stage.countCaps where isSpent(cap, stage, plan, rule: nil) { return cap }
    guard stage.kind != .discount else { return nil }
    for cap in plan.countCaps where isSpent(cap, nil, plan, rule: nil) { return cap }
    return nil
  }

  func isSpent(_ cap: Cap, _ stage: StagePlan?, _ plan: PolicyPlan, rule: String?) -> Bool {
    guard let count = cap.count, applies(cap) else { return false }
    if cap.per == .meal { return count == 0 }
    var used = 0
    for meal in facts.accepted where isInWindow(meal, of: cap) {
      if meal.grants.contains(where: { counts($0, plan, layer: stage?.code, rule: rule) }) {
        used += 1
      }
    }
    return used >= count
  }

  /// Makes the diner's payment round; where a cap or the price then holds the benefit down, the
  /// payment is rounded up, so that it stays round and the cap stays kept.
  func roundDiner(_ offer: inout Offer, _ rounding: Rounding, clip: (inout Offer) -> Void) {
    guard rounding.side == .diner, rounding.unit > 1, offer.fen > 0 else {
      clip(&offer)
      return
    }
    let open = min(offer.fen, payable)
    offer.fen = max(0, payable - rounding.round(exact: (payable - open).count * 1_000_000))
    let rounded = offer.fen
    clip(&offer)
    guard offer.fen != rounded else { return }
    let up = Rounding(unit: rounding.unit, mode: .up)
    offer.fen = max(0, payable - up.round(exact: (payable - offer.fen).count * 1_000_000))
  }
}
