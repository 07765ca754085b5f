/// 独立清点: something that others than the counter counted on a canteen-day, to compare check-ins with.
public struct IndependentCount: Sendable, Hashable {
  /// Where the count comes from.
  public enum Source: String, Sendable, Hashable, CaseIterable {
    /// 收银: what the till took, in fen.
    case till
    /// 闸机、餐盘: persons or trays.
    case gate
    /// 送餐回执.
    case delivered
    /// 制作份数.
    case produced
    /// 上餐结转.
    case carriedIn = "carried_in"
    /// 结转下餐.
    case carriedOver = "carried_over"
    /// 废弃份数.
    case wasted
  }

  public var canteen: Canteen.Code
  public var day: Day
  public var source: Source
  /// The means of payment for the till, the meal for the others.
  public var key: String
  /// Fen for the till, portions or persons for the others.
  public var amount: Int

  public init(canteen: Canteen.Code, day: Day, source: Source, key: String, amount: Int) {
    self.canteen = canteen
    self.day = day
    self.source = source
    self.key = key
    self.amount = amount
  }
}
