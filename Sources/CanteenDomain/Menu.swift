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
      var parts = [
        dish.name, dish.category.rawValue, dish.price.map { "\($0.count)" } ?? "",
        dish.allergens.joined(separator: "、"),
      ]
      if !dish.ingredients.isEmpty { parts.append("of:" + dish.ingredients.joined(separator: "、")) }
      if !dish.textures.isEmpty {
        parts.append("as:" + dish.textures.map(\.rawValue).joined(separator: "、"))
      }
      if let energy = dish.energyKcal { parts.append("kcal:\(energy)") }
      if dish.isSingle { parts.append("single") }
      return parts.joined(separator: "\u{1F}")
    }.joined(separator: "\u{1E}")
  }

  /// The price of its first set, if it has one.
  public var setPrice: Fen? { dishes.first { $0.category == .set && $0.price != nil }?.price }

  /// What somebody gets who takes the set: every dish that is not sold by itself.
  public var ofTheSet: [Dish] { dishes.filter { $0.category != .set && !$0.isSingle } }
}

/// Why a menu is not published.
public enum MenuRefusal: Refusal, Hashable {
  case noDishes(Day, MealPeriod)
  case noMainDish(Day, MealPeriod)
  case dishTwice(String, Day, MealPeriod)
  case unknownDish(String, Day, MealPeriod)
  case closed(Day, name: String)
  case notPlanned(Day, Day)
  /// What the check of a week says has to be mended.
  case mend([Sentence])

  public var kind: RefusalKind {
    switch self {
    case .closed: .conflict
    case .notPlanned: .notFound
    default: .invalid
    }
  }

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
    case .unknownDish(let dish, let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)的“\(dish)”不在菜品档案中，整份食谱未发布",
        en:
          "\(day) \(period.name.en): \(dish) is not among the canteen's dishes; nothing was stored")
    case .closed(let day, let name):
      Sentence(
        zh: "\(day) 停餐\(name.isEmpty ? "" : "（\(name)）")，不能发布食谱",
        en: "the canteen is closed on \(day)\(name.isEmpty ? "" : " (\(name))")")
    case .notPlanned(let from, let to):
      Sentence(
        zh: "\(from) 至 \(to) 没有排餐，可用 canteen menu plan 排餐",
        en: "nothing is planned from \(from) to \(to); see canteen menu plan")
    case .mend(let sentences):
      Sentence(
        zh: sentences.map(\.zh).joined(separator: "；"),
        en: sentences.map(\.en).joined(separator: "; "))
    }
  }
}

extension Menu {
  /// What has to hold before a menu may be published.
  /// - Throws: `MenuRefusal`.
  public func checkPublishable() throws(MenuRefusal) {
    guard !dishes.isEmpty else { throw .noDishes(day, period) }
    guard dishes.contains(where: \.category.isMain) else {
      throw .noMainDish(day, period)
    }
    var seen: Set<String> = []
    for dish in dishes where !seen.insert(dish.name).inserted {
      throw .dishTwice(dish.name, day, period)
    }
  }
}
