/// 排餐: what is meant to be served for one meal, before it is published.
public struct MenuPlan: Sendable, Hashable {
  /// One dish of the plan, by its name in the canteen's list of dishes.
  public struct Entry: Sendable, Hashable {
    public var dish: String
    /// Nil for the dish's own price of the day, and for a part of the set.
    public var price: Fen?
    /// 单点: sold by itself beside the set.
    public var isSingle: Bool

    public init(_ dish: String, price: Fen? = nil, isSingle: Bool = false) {
      self.dish = dish
      self.price = price
      self.isSingle = isSingle
    }
  }

  public var canteen: Canteen.Code
  public var day: Day
  public var period: MealPeriod
  public var entries: [Entry]

  public init(canteen: Canteen.Code, day: Day, period: MealPeriod, entries: [Entry]) {
    self.canteen = canteen
    self.day = day
    self.period = period
    self.entries = entries
  }
}

/// 停餐日、特殊日: how a day of a canteen differs from others.
public struct CanteenDay: Sendable, Hashable {
  /// What sort of day it is.
  public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
    case closed
    case special
    /// Takes back what was entered before.
    case ordinary

    public var name: Sentence {
      switch self {
      case .closed: Sentence(zh: "停餐", en: "closed")
      case .special: Sentence(zh: "特殊", en: "special")
      case .ordinary: Sentence(zh: "平常", en: "ordinary")
      }
    }
  }

  public var canteen: Canteen.Code
  public var day: Day
  public var kind: Kind
  /// Such as 重阳节 or 厨房检修; may be empty.
  public var name: String

  public init(canteen: Canteen.Code, day: Day, kind: Kind, name: String = "") {
    self.canteen = canteen
    self.day = day
    self.kind = kind
    self.name = name
  }
}

/// 一单的菜: what somebody chose, and what it costs.
///
/// Sides that come with a main cost nothing: with one a main, ten mains and seven sides charge for no
/// side, ten mains and twelve sides for two.
public struct MealBasket: Sendable, Hashable {
  /// So many of one dish.
  public struct Item: Sendable, Hashable {
    public var dish: Dish
    public var count: Int

    public init(_ dish: Dish, _ count: Int = 1) {
      self.dish = dish
      self.count = count
    }
  }

  public var items: [Item]
  /// How many sides a main brings with it.
  public var sidesPerMain: Int

  public init(_ items: [Item], sidesPerMain: Int = 1) {
    self.items = items
    self.sidesPerMain = sidesPerMain
  }

  public var mains: Int { count { $0.category.isMain } }
  public var sides: Int { count { !$0.category.isMain } }
  /// Sides beyond those that the mains bring.
  public var chargedSides: Int { max(0, sides - mains * sidesPerMain) }

  /// What it costs. Of the sides the dearest come free; a dish without a price costs nothing.
  public var list: Fen {
    let ofMains = items.filter { $0.dish.category.isMain }
      .map { ($0.dish.price ?? .zero) * $0.count }.sum()
    let ofSides = items.filter { !$0.dish.category.isMain }
      .flatMap { Array(repeating: $0.dish.price ?? .zero, count: $0.count) }.sorted()
    return ofMains + ofSides.prefix(chargedSides).sum()
  }

  private func count(_ isCounted: (Dish) -> Bool) -> Int {
    items.filter { isCounted($0.dish) }.reduce(0) { $0 + $1.count }
  }
}
