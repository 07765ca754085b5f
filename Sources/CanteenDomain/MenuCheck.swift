/// What the check of a week's menus says of one meal.
public struct MenuFinding: Sendable, Hashable {
  /// Whether it stands in the way of publishing.
  public enum Weight: String, Word, Sendable, Hashable {
    case mend
    case look

    public var name: Sentence {
      switch self {
      case .mend: Sentence(zh: "须更正", en: "mend")
      case .look: Sentence(zh: "提醒", en: "look")
      }
    }
  }

  public var weight: Weight
  public var day: Day
  public var period: MealPeriod
  public var sentence: Sentence
}

/// 排餐检查: whether a week's menus may be published, and what a cook should look at.
public struct MenuCheck: Sendable {
  /// Guide prices of policies in force, by day.
  public var guides: [Day: [GuidePrice]]
  /// Days on which the canteen does not serve, with the reason.
  public var closed: [Day: String]
  /// How often a main dish may come back within a week.
  public var varietyMax: Int

  public init(
    guides: [Day: [GuidePrice]] = [:], closed: [Day: String] = [:], varietyMax: Int = 2
  ) {
    self.guides = guides
    self.closed = closed
    self.varietyMax = varietyMax
  }

  /// Everything there is to say, by day and period.
  public func findings(_ menus: [Menu]) -> [MenuFinding] {
    var findings: [MenuFinding] = []
    for menu in menus {
      func say(_ weight: MenuFinding.Weight, _ sentence: Sentence) {
        findings.append(
          MenuFinding(weight: weight, day: menu.day, period: menu.period, sentence: sentence))
      }
      if let name = closed[menu.day] {
        say(.mend, MenuRefusal.closed(menu.day, name: name).sentence)
      }
      do throws(MenuRefusal) { try menu.checkPublishable() } catch { say(.mend, error.sentence) }
      for dish in menu.dishes {
        for (allergen, ingredient) in Allergen.undeclared(in: dish) {
          say(.mend, Self.undeclared(allergen, ingredient, dish, menu))
        }
        if let sentence = outOfGuide(dish, menu) { say(.mend, sentence) }
        if dish.category == .set, dish.price == nil {
          say(
            .look,
            Sentence(
              zh: "\(menu.day) \(menu.period.name.zh)的“\(dish.name)”没有价格",
              en: "\(menu.day) \(menu.period.name.en): \(dish.name) has no price"))
        }
      }
    }
    return (findings + repeated(in: menus)).sorted {
      ($0.day, $0.period, $0.sentence.zh) < ($1.day, $1.period, $1.sentence.zh)
    }
  }

  private func outOfGuide(_ dish: Dish, _ menu: Menu) -> Sentence? {
    guard let price = dish.price,
      let guide = (guides[menu.day] ?? []).first(where: {
        ($0.standardSetOnly ? dish.category == .set : dish.category.isMain)
          && !$0.range.contains(price)
      })
    else { return nil }
    let (low, high) = (guide.range.lowerBound.yuan, guide.range.upperBound.yuan)
    return Sentence(
      zh:
        "\(menu.day) \(menu.period.name.zh)的“\(dish.name)”\(price.yuan) 元，不在指导价 \(low) 至 \(high) 元之内",
      en: "\(menu.day) \(menu.period.name.en): \(dish.name) costs \(price.yuan), "
        + "outside of the guide's \(low) to \(high)")
  }

  private static func undeclared(
    _ allergen: Allergen, _ ingredient: String, _ dish: Dish, _ menu: Menu
  ) -> Sentence {
    Sentence(
      zh:
        "\(menu.day) \(menu.period.name.zh)的“\(dish.name)”含\(ingredient)，未标明过敏原“\(allergen.name.zh)”",
      en: "\(menu.day) \(menu.period.name.en): \(dish.name) has \(ingredient) in it "
        + "and does not declare \(allergen.name.en)")
  }

  /// 花样: main dishes that come too often in one natural week, said at the first time too many.
  private func repeated(in menus: [Menu]) -> [MenuFinding] {
    var times: [String: Int] = [:]
    var findings: [MenuFinding] = []
    for menu in menus.sorted(by: { ($0.day, $0.period) < ($1.day, $1.period) }) {
      for dish in menu.dishes where dish.category == .meat || dish.category == .vegetable {
        let key = "\(menu.canteen)|\(menu.day.monday)|\(dish.name)"
        times[key, default: 0] += 1
        guard times[key] == varietyMax + 1 else { continue }
        findings.append(
          MenuFinding(
            weight: .look, day: menu.day, period: menu.period,
            sentence: Sentence(
              zh: "“\(dish.name)”本周第 \(varietyMax + 1) 次出现",
              en: "\(dish.name) comes more than \(varietyMax) times this week")))
      }
    }
    return findings
  }
}

extension Policy {
  /// The guide price that the policy sets for a canteen; nil where it sets none or speaks of others.
  public func guidePrice(for canteen: CanteenFacts) -> GuidePrice? {
    if !scope.canteens.isEmpty, !scope.canteens.contains(canteen.code) { return nil }
    if scope.by == .canteen, !scope.regions.isEmpty,
      !ConditionPlan.isWithin(canteen.regions, scope.regions)
    {
      return nil
    }
    return guidePrice
  }
}
