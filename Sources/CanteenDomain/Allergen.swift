/// 致敏物质: what the labels of food have to name, and in which ingredients it is.
///
/// The kinds are those that GB 7718 lists.
public enum Allergen: String, Word, Sendable, Hashable, CaseIterable {
  case gluten
  case crustacean
  case fish
  case egg
  case peanut
  case soy
  case milk
  case nut

  public var name: Sentence {
    switch self {
    case .gluten: Sentence(zh: "麸质", en: "gluten")
    case .crustacean: Sentence(zh: "甲壳类", en: "crustaceans")
    case .fish: Sentence(zh: "鱼类", en: "fish")
    case .egg: Sentence(zh: "蛋类", en: "eggs")
    case .peanut: Sentence(zh: "花生", en: "peanuts")
    case .soy: Sentence(zh: "大豆", en: "soy")
    case .milk: Sentence(zh: "乳", en: "milk")
    case .nut: Sentence(zh: "坚果", en: "nuts")
    }
  }

  /// What an ingredient is called that has it in itself.
  private var sources: [String] {
    switch self {
    case .gluten: ["小麦", "面粉", "面条", "面筋", "馒头", "大麦", "燕麦", "麸"]
    case .crustacean: ["虾", "蟹", "甲壳"]
    case .fish: ["鱼", "鳝", "鳕"]
    case .egg: ["蛋"]
    case .peanut: ["花生"]
    case .soy: ["大豆", "黄豆", "豆腐", "豆干", "豆浆", "腐竹", "豆豉", "豆瓣", "豆皮", "腐乳", "豆奶"]
    case .milk: ["牛奶", "羊奶", "奶粉", "奶油", "奶酪", "黄油", "芝士", "酸奶", "乳清"]
    case .nut: ["坚果", "核桃", "腰果", "杏仁", "榛子", "开心果"]
    }
  }

  /// The words by which a menu declares it.
  private var declarations: [String] {
    switch self {
    case .gluten: ["麸质", "小麦", "面"]
    case .crustacean: ["甲壳", "虾", "蟹", "海鲜"]
    case .fish: ["鱼", "海鲜"]
    case .egg: ["蛋"]
    case .peanut: ["花生"]
    case .soy: ["大豆", "豆"]
    case .milk: ["乳", "奶"]
    case .nut: ["坚果", "核桃", "腰果", "杏仁", "榛"]
    }
  }

  /// What a dish has in itself, by its ingredients, and does not declare.
  public static func undeclared(in dish: Dish) -> [(allergen: Allergen, ingredient: String)] {
    allCases.compactMap { allergen in
      let isDeclared = dish.allergens.contains { text in
        allergen.declarations.contains { text.contains($0) }
      }
      guard !isDeclared,
        let ingredient = dish.ingredients.first(where: { text in
          allergen.sources.contains { text.contains($0) }
        })
      else { return nil }
      return (allergen, ingredient)
    }
  }
}
