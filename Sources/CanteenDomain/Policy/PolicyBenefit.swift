/// A rate in millionths, so that 25 %, 12.5 % and 33.3333 % are all exact: 25 % is 250,000.
public struct Rate: Sendable, Hashable, Comparable, Codable {
  public let millionths: Int

  public init(millionths: Int) { self.millionths = millionths }
  public init(percent: Int) { millionths = percent * 10_000 }

  public static let whole = Rate(percent: 100)
  public static let zero = Rate(millionths: 0)

  /// The amount in millionths of a fen.
  func exact(of amount: Fen) -> Int { amount.count * millionths }

  /// `25%`, `12.5%`.
  public var percent: String {
    let whole = millionths / 10_000
    var rest = String(1_000_000 + millionths % 10_000 * 100).dropFirst()
    while rest.last == "0" { rest.removeLast() }
    return rest.isEmpty ? "\(whole)%" : "\(whole).\(rest)%"
  }

  public static func < (left: Rate, right: Rate) -> Bool { left.millionths < right.millionths }

  public init(from decoder: any Decoder) throws {
    millionths = try decoder.singleValueContainer().decode(Int.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(millionths)
  }
}

/// 补贴方式: what a rule gives.
public struct Benefit: Sendable, Hashable, Codable {
  /// The forms of a benefit.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// An amount a meal; never more than what is still to be paid.
    case fixed
    /// A rate of the basis, with an optional ceiling.
    case percent
    /// Whatever the meal costs, up to an amount.
    case upToActual = "up_to"
    /// The diner pays this amount (0 is a free meal); the rule gives the rest.
    case targetPrice = "target_price"
    /// A price reduction by a rate: 15 % off.
    case discount
    /// The first, second, third meal of the day each have a benefit of their own.
    case nthMeal = "nth_meal"
  }

  public var form: Form
  /// For fixed, up-to and target price.
  public var amount: Fen?
  /// For percent and discount.
  public var rate: Rate?
  /// The most that percent, discount and target price may give.
  public var cap: Fen?
  /// Amounts that replace `amount` in these periods; a period that is missing keeps `amount`, and
  /// without an `amount` gives nothing.
  public var amountByPeriod: [String: Fen]?
  /// For nth meal: what the first, the second … meal of the day gives; nothing after the last.
  public var schedule: [Benefit]?
  /// For nth meal: whether meals without this rule's benefit count as well.
  public var countsEveryMeal: Bool?

  public init(
    form: Form, amount: Fen? = nil, rate: Rate? = nil, cap: Fen? = nil,
    amountByPeriod: [String: Fen]? = nil, schedule: [Benefit]? = nil,
    countsEveryMeal: Bool? = nil
  ) {
    self.form = form
    self.amount = amount
    self.rate = rate
    self.cap = cap
    self.amountByPeriod = amountByPeriod
    self.schedule = schedule
    self.countsEveryMeal = countsEveryMeal
  }

  public static func fixed(_ amount: Fen) -> Benefit { Benefit(form: .fixed, amount: amount) }
  public static func percent(_ rate: Rate, cap: Fen? = nil) -> Benefit {
    Benefit(form: .percent, rate: rate, cap: cap)
  }
  public static func upToActual(_ amount: Fen) -> Benefit {
    Benefit(form: .upToActual, amount: amount)
  }
  public static func targetPrice(_ amount: Fen) -> Benefit {
    Benefit(form: .targetPrice, amount: amount)
  }
  public static func discount(_ rate: Rate) -> Benefit { Benefit(form: .discount, rate: rate) }
  public static func nthMeal(_ schedule: [Benefit]) -> Benefit {
    Benefit(form: .nthMeal, schedule: schedule)
  }
}
