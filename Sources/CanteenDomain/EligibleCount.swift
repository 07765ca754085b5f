/// 可申报人数: for how many persons a canteen may claim from a day on, by tier, as the street office
/// approved it.
public struct EligibleCount: Sendable, Hashable {
  public var canteen: Canteen.Code
  /// 补贴类别, the code of a tier; empty for all who are enrolled.
  public var tier: String
  public var from: Day
  public var persons: Int

  public init(canteen: Canteen.Code, tier: String, from: Day, persons: Int) {
    self.canteen = canteen
    self.tier = tier
    self.from = from
    self.persons = persons
  }
}
