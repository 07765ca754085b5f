/// 食谱: what a canteen serves for one meal of one day.
public struct Menu: Sendable, Hashable, Codable {
  public var canteen: Canteen.Code
  public var day: Day
  public var period: MealPeriod
  public var dishes: [Dish]

  public init(canteen: Canteen.Code, day: Day, period: MealPeriod, dishes: [Dish]) {
    self.canteen = canteen
    self.day = day
    self.period = period
    self.dishes = dishes
  }

  /// The menu in one line of text per dish: two menus with the same text are the same menu.
  public var canonicalText: String {
    dishes.map { dish in
      [
        dish.name, dish.category.rawValue, dish.price.map { "\($0.count)" } ?? "",
        dish.allergens.joined(separator: "、"),
      ].joined(separator: "\u{1F}")
    }.joined(separator: "\u{1E}")
  }
}

/// One dish of a menu.
public struct Dish: Sendable, Hashable, Codable {
  /// 荤、素、汤、主食, or the whole set.
  public enum Category: String, Sendable, Hashable, Codable, CaseIterable {
    case meat
    case vegetable
    case soup
    case staple
    case set

    public var name: Sentence {
      switch self {
      case .meat: Sentence(zh: "荤菜", en: "meat")
      case .vegetable: Sentence(zh: "素菜", en: "vegetable")
      case .soup: Sentence(zh: "汤", en: "soup")
      case .staple: Sentence(zh: "主食", en: "staple")
      case .set: Sentence(zh: "套餐", en: "set")
      }
    }
  }

  public var name: String
  public var category: Category
  /// Nil for a dish that is part of the set.
  public var price: Fen?
  public var allergens: [String]

  public init(name: String, category: Category, price: Fen?, allergens: [String]) {
    self.name = name
    self.category = category
    self.price = price
    self.allergens = allergens
  }
}

/// Why a menu is not published.
public enum MenuRefusal: Refusal, Hashable {
  case noDishes(Day, MealPeriod)
  case noMainDish(Day, MealPeriod)
  case dishTwice(String, Day, MealPeriod)

  public var kind: RefusalKind { .invalid }

  public var sentence: Sentence {
    switch self {
    case .noDishes(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)没有菜品", en: "\(day) \(period.name.en): there is no dish on it")
    case .noMainDish(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)缺少主菜（荤菜、素菜或套餐）",
        en: "\(day) \(period.name.en): it needs a main dish (meat, vegetable or set)")
    case .dishTwice(let dish, let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)的“\(dish)”重复",
        en: "\(day) \(period.name.en): \(dish) stands on it twice")
    }
  }
}

extension Menu {
  /// What has to hold before a menu may be published.
  /// - Throws: `MenuRefusal`.
  public func checkPublishable() throws(MenuRefusal) {
    guard !dishes.isEmpty else { throw .noDishes(day, period) }
    guard dishes.contains(where: { [.meat, .vegetable, .set].contains($0.category) }) else {
      throw .noMainDish(day, period)
    }
    var seen: Set<String> = []
    for dish in dishes where !seen.insert(dish.name).inserted {
      throw .dishTwice(dish.name, day, period)
    }
  }
}
