/// 饮食冲突: a dish that somebody should not eat, and why.
public struct DietClash: Sendable, Hashable {
  public var dish: String
  /// 因为: what the person may not eat, in the register's own words.
  public var because: String

  public init(dish: String, because: String) {
    self.dish = dish
    self.because = because
  }

  /// An entry in Chinese: rosters keep common ones by a code.
  public static func words(_ diet: String) -> String { codes[diet] ?? diet }

  private static let codes = [
    "low_salt": "低盐", "diabetic": "糖尿病", "soft": "软食", "liquid": "流食", "halal": "清真",
    "vegetarian": "素食", "low_fat": "低脂", "not_spicy": "忌辣", "peanut_allergy": "花生过敏",
    "seafood_allergy": "海鲜过敏", "milk_allergy": "牛奶过敏", "egg_allergy": "鸡蛋过敏",
    "gluten_allergy": "麸质过敏",
  ]

  /// Dishes that clash with what a register says of a person: 花生过敏, 忌海鲜, 清真, 素食.
  ///
  /// A clerk judges; so a word that merely stands in the dish's name is told too.
  public static func clashes(_ diets: [String], _ dishes: [Dish]) -> [DietClash] {
    diets.map(words).flatMap { diet in
      dishes.filter { Self.clash(diet, $0) }.map { DietClash(dish: $0.name, because: diet) }
    }
  }

  /// Whether an entry speaks of what makes the person ill; anything else is how he likes to eat.
  public static func isAllergy(_ diet: String) -> Bool {
    ["过敏", "不耐受"].contains { words(diet).contains($0) }
  }

  /// What a general word stands for in the names of dishes and allergens.
  private static let kinds: [(word: String, foods: [String])] = [
    ("海鲜", ["海鲜", "海产", "鱼", "虾", "蟹", "贝", "鱿", "甲壳"]), ("甲壳", ["虾", "蟹", "甲壳"]),
    ("麸质", ["麸质", "小麦", "面"]), ("乳", ["乳", "奶", "酪"]), ("奶", ["乳", "奶", "酪"]),
    ("坚果", ["坚果", "核桃", "腰果", "杏仁", "花生"]), ("蛋", ["蛋"]), ("大豆", ["大豆", "豆"]),
    ("清真", ["猪", "火腿", "腊肉", "培根", "排骨", "回锅肉", "红烧肉", "扣肉"]),
    ("辣", ["辣", "麻婆", "水煮", "剁椒"]),
  ]

  private static func clash(_ diet: String, _ dish: Dish) -> Bool {
    if diet.contains("素食") { return dish.category == .meat }
    let texts = [dish.name] + dish.allergens + dish.ingredients
    if dish.allergens.contains(where: { !$0.isEmpty && diet.contains($0) }) { return true }
    let named = kinds.filter { diet.contains($0.word) }.flatMap(\.foods)
    if named.contains(where: { food in texts.contains { $0.contains(food) } }) { return true }
    let food = foods(in: diet)
    return !food.isEmpty && texts.contains { $0.contains(food) }
  }

  /// 花生过敏, 忌花生, 不吃花生: the food alone; empty where an entry forbids nothing.
  private static func foods(in diet: String) -> String {
    for word in ["过敏", "不耐受"] where diet.hasSuffix(word) {
      return String(diet.dropLast(word.count))
    }
    for word in ["不吃", "忌食", "忌", "禁"] where diet.hasPrefix(word) {
      return String(diet.dropFirst(word.count))
    }
    return ""
  }
}
