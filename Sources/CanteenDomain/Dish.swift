/// 菜品: one dish of a menu.
public struct Dish: Sendable, Hashable, Codable {
  /// 荤、素、汤、主食, or the whole set.
  public enum Category: String, Word, Sendable, Hashable, Codable, CaseIterable {
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

    /// Whether a menu may stand on it.
    public var isMain: Bool { self == .meat || self == .vegetable || self == .set }
  }

  /// 质地: a form besides the ordinary one in which a dish can be served.
  public enum Texture: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case soft
    case minced
    case liquid

    public var name: Sentence {
      switch self {
      case .soft: Sentence(zh: "软食", en: "soft")
      case .minced: Sentence(zh: "碎食", en: "minced")
      case .liquid: Sentence(zh: "流食", en: "liquid")
      }
    }

    /// The form that an entry of the register asks for; nil if it speaks of something else.
    public init?(diet: String) {
      let words = DietClash.words(diet)
      guard let texture = Self.allCases.first(where: { words.contains($0.name.zh) }) else {
        return nil
      }
      self = texture
    }
  }

  public var name: String
  public var category: Category
  /// Nil for a dish that is part of the set.
  public var price: Fen?
  public var allergens: [String]
  public var ingredients: [String]
  /// Empty where nobody said.
  public var textures: [Texture]
  /// 千卡 of one portion; nil where nobody computed it.
  public var energyKcal: Int?
  /// 单点: sold by itself beside the set.
  public var isSingle: Bool

  public init(
    name: String, category: Category, price: Fen?, allergens: [String],
    ingredients: [String] = [], textures: [Texture] = [], energyKcal: Int? = nil,
    isSingle: Bool = false
  ) {
    self.name = name
    self.category = category
    self.price = price
    self.allergens = allergens
    self.ingredients = ingredients
    self.textures = textures
    self.energyKcal = energyKcal
    self.isSingle = isSingle
  }
}

/// 菜品档案: what a canteen knows of a dish that it can cook.
public struct DishRecord: Sendable, Hashable {
  /// 营养成分 of one portion; nil where nobody computed it.
  public struct Nutrition: Sendable, Hashable {
    public var energyKcal: Int?
    public var proteinMg: Int?
    public var fatMg: Int?
    public var carbohydrateMg: Int?
    public var sodiumMg: Int?

    public init(
      energyKcal: Int? = nil, proteinMg: Int? = nil, fatMg: Int? = nil,
      carbohydrateMg: Int? = nil, sodiumMg: Int? = nil
    ) {
      self.energyKcal = energyKcal
      self.proteinMg = proteinMg
      self.fatMg = fatMg
      self.carbohydrateMg = carbohydrateMg
      self.sodiumMg = sodiumMg
    }
  }

  public var canteen: Canteen.Code
  public var name: String
  public var category: Dish.Category
  public var ingredients: [String]
  public var allergens: [String]
  public var textures: [Dish.Texture]
  public var nutrition: Nutrition
  /// Where the photo lies; never the picture.
  public var photo: String
  /// 成本 of one portion; nil while nobody reckoned it.
  public var cost: Fen?
  /// False once it was taken off the list.
  public var isServed: Bool

  public init(
    canteen: Canteen.Code, name: String, category: Dish.Category, ingredients: [String] = [],
    allergens: [String] = [], textures: [Dish.Texture] = [], nutrition: Nutrition = Nutrition(),
    photo: String = "", cost: Fen? = nil, isServed: Bool = true
  ) {
    self.canteen = canteen
    self.name = name
    self.category = category
    self.ingredients = ingredients
    self.allergens = allergens
    self.textures = textures
    self.nutrition = nutrition
    self.photo = photo
    self.cost = cost
    self.isServed = isServed
  }

  /// The dish as a menu has it.
  public func dish(price: Fen? = nil, isSingle: Bool = false) -> Dish {
    Dish(
      name: name, category: category, price: price, allergens: allergens,
      ingredients: ingredients, textures: textures, energyKcal: nutrition.energyKcal,
      isSingle: isSingle)
  }
}

/// Why a dish is not entered or found.
public enum DishRefusal: Refusal, Hashable {
  case unknown(String, canteen: Canteen.Code)
  case twice(String)
  case priceNotPositive(Fen)

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .twice, .priceNotPositive: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let name, let canteen):
      Sentence(
        zh: "\(canteen) 的菜品档案中没有“\(name)”，可用 canteen dish list 查看",
        en: "\(name) is not among the dishes of \(canteen); see canteen dish list")
    case .twice(let name):
      Sentence(zh: "“\(name)”在表中出现两次", en: "\(name) stands in the table twice")
    case .priceNotPositive(let fen):
      Sentence(zh: "价格应大于0，现为 \(fen.yuan) 元", en: "a price is above 0, not \(fen.yuan) yuan")
    }
  }
}
