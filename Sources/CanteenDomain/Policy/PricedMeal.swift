/// A meal with its priced line and its diner: what a settlement, a repricing or a simulation reads.
public struct PricedMeal: Sendable, Hashable, Codable {
  public var dinerID: Int64
  public var meal: Meal
  public var line: PricedLine

  public init(dinerID: Int64, meal: Meal, line: PricedLine) {
    self.dinerID = dinerID
    self.meal = meal
    self.line = line
  }

  /// Service time, then id: the order in which meals were eaten, whenever each was accepted.
  public static func isBefore(_ left: PricedMeal, _ right: PricedMeal) -> Bool {
    (left.meal.day, left.meal.time, left.meal.id) < (right.meal.day, right.meal.time, right.meal.id)
  }

  /// Whether a policy gave a subsidy (not only a discount) for the meal.
  func isSubsidised(by policyID: String) -> Bool {
    line.shares.contains { $0.policyID == policyID && $0.kind != .discount && $0.fen > 0 }
  }
}
