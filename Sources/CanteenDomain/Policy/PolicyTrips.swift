/// A delivery subsidy that is paid by the trip, when it is known which meals shared one.
public struct DeliveryTripLine: Sendable, Hashable, Codable {
  public var policyID: String
  public var version: String
  public var code: String
  public var day: Day
  public var tripID: String
  public var payee: String
  /// How many meals the trip carried that the rule covers.
  public var mealCount: Int
  public var fen: Fen
  public var shares: [FundedShare]
}

extension PolicySet {
  /// The delivery subsidies that are paid by the trip; those by the meal and by the day stand in the
  /// lines already. A meal without a trip of its own is a trip of one.
  ///
  /// `diners` gives the facts of the people whose care level or home a rule asks about.
  public func trips(meals: [PricedMeal], diners: [Int64: DinerFacts]) -> [DeliveryTripLine] {
    struct Key: Hashable { var day: Day, trip: String }
    let ordered = meals.filter { $0.meal.mode == .homeDelivery }.sorted(by: PricedMeal.isBefore)
    var lines: [DeliveryTripLine] = []
    for plan in plans {
      for delivery in plan.delivery where delivery.rule.per == .trip {
        var indexes: [Key: Int] = [:]
        for priced in ordered {
          let diner =
            diners[priced.dinerID]?.asOf(priced.meal.day)
            ?? DinerFacts(dinerID: priced.dinerID)
          var facts = PricingFacts(
            meal: priced.meal, diner: diner, accepted: [], calendar: calendar)
          guard plan.isCandidate(priced.meal, diner), delivery.when.holds(in: &facts) else {
            continue
          }
          let trip = priced.meal.tripID ?? "meal \(priced.meal.id)"
          let key = Key(day: priced.meal.day, trip: trip)
          if let index = indexes[key] {
            lines[index].mealCount += 1
          } else {
            indexes[key] = lines.count
            lines.append(delivery.line(of: plan, trip: trip, in: &facts))
          }
        }
      }
    }
    return lines
  }
}

extension DeliveryPlan {
  func line(of plan: PolicyPlan, trip: String, in facts: inout PricingFacts) -> DeliveryTripLine {
    let parts = split.divide(rule.amount, in: &facts) { _, _ in true }.parts
    let shares = parts.map {
      FundedShare(
        source: $0.source, fen: $0.fen, policyID: plan.id, version: plan.version, kind: .delivery,
        layer: PricingRun.deliveryLayer, rule: rule.code)
    }
    return DeliveryTripLine(
      policyID: plan.id, version: plan.version, code: rule.code, day: facts.meal.day, tripID: trip,
      payee: rule.payee, mealCount: 1, fen: shares.map(\.fen).sum(), shares: shares)
  }
}
