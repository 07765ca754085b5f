/// The delivery fee of the meal: what policies pay toward it or beside it. Rules that pay by the
/// trip wait for the settlement, because only then is it known which meals shared a trip.
extension PricingRun {
  /// The layer under which delivery subsidies are written down.
  static let deliveryLayer = "delivery"

  /// The delivery fee of a meal to which no policy applies; nil without a fee.
  static func unsubsidisedDelivery(of meal: Meal) -> PricedDelivery? {
    guard meal.mode == .homeDelivery, meal.deliveryFeeFen > 0 else { return nil }
    return PricedDelivery(feeFen: meal.deliveryFeeFen, dinerFen: meal.deliveryFeeFen)
  }

  mutating func priceDelivery(_ plans: [PolicyPlan]) {
    let fee = facts.meal.deliveryFeeFen
    var priced = PricedDelivery(feeFen: fee, dinerFen: fee)
    for plan in plans {
      for delivery in plan.delivery where delivery.rule.per != .trip {
        pay(delivery, of: plan, into: &priced)
        // So that the next rule sees what this one took of a budget.
        line.delivery = priced
      }
    }
    line.delivery = fee > 0 || !priced.courierShares.isEmpty ? priced : nil
  }

  private mutating func pay(
    _ delivery: DeliveryPlan, of plan: PolicyPlan, into priced: inout PricedDelivery
  ) {
    let rule = delivery.rule
    if let failure = delivery.when.firstFailure(in: &facts) {
      line.reasons.append(
        PricingReason(
          .notMet, policyID: plan.id, layer: Self.deliveryLayer, rule: rule.code,
          test: failure.test, value: failure.value))
      return
    }
    let onceADay = rule.per == .day ? [Cap(per: .day, count: 1)] : []
    var amount = rule.toward == .fee ? min(rule.amount, priced.dinerFen) : rule.amount
    for cap in onceADay + rule.caps where applies(cap) {
      if let count = cap.count, usedDeliveries(cap, rule, plan).count >= count {
        line.reasons.append(
          PricingReason(
            .countCap, policyID: plan.id, layer: Self.deliveryLayer, rule: rule.code,
            detail: cap.per.rawValue, value: count))
        return
      }
      if let most = cap.amount {
        amount = min(amount, max(0, most - usedDeliveries(cap, rule, plan).sum()))
      }
    }
    guard amount > 0 else { return }
    let mealShares = line.shares.count
    let funded = fund(
      amount, delivery.split, plan, kind: .delivery, layer: Self.deliveryLayer, rule: rule.code)
    // Funding adds to the meal's shares; those of the delivery stand apart.
    let shares = line.shares[mealShares...]
    line.shares.removeSubrange(mealShares...)
    guard funded > 0 else { return }
    line.reasons.append(
      PricingReason(
        .granted, policyID: plan.id, layer: Self.deliveryLayer, rule: rule.code, fen: funded,
        base: facts.meal.deliveryFeeFen))
    priced.payee = rule.payee
    if rule.toward == .fee {
      priced.shares += shares
      priced.dinerFen -= funded
    } else {
      priced.courierShares += shares
    }
  }

  /// What this rule paid for earlier meals of the window.
  private func usedDeliveries(_ cap: Cap, _ rule: DeliveryRule, _ plan: PolicyPlan) -> [Fen] {
    guard cap.per != .meal else { return [] }
    return facts.accepted.filter { isInWindow($0, of: cap) }.flatMap { meal in
      meal.grants.filter {
        $0.policyID == plan.id && $0.kind == .delivery && $0.rule == rule.code
      }.map(\.fen)
    }
  }
}
