import CanteenDomain

/// One dish of a canteen's list (菜品档案).
public struct DishRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// Nil if the file does not say: then it is one canteen's list.
  public let canteen: Canteen.Code?
  /// Without its canteen, which stands beside it.
  public let record: DishRecord
  /// What it costs by itself or as a set; nil where it is only part of the set.
  public let price: Fen?
}

extension DishRow {
  enum Columns {
    static let canteen = Column("助餐点", "助餐点编码", "食堂", "食堂编码", "canteen")
    static let name = Column("菜名", "菜品", "名称", "dish", required: true)
    static let category = Column("类别", "菜品类别", "category", required: true)
    static let ingredients = Column("配料", "原料", "食材", "ingredients")
    static let allergens = Column("过敏原", "致敏物", "allergens")
    static let textures = Column("质地", "可做质地", "textures")
    static let energy = Column("能量", "热量", "千卡", "kcal")
    static let protein = Column("蛋白质", "protein")
    static let fat = Column("脂肪", "fat")
    static let carbohydrate = Column("碳水化合物", "碳水", "carbohydrate")
    static let sodium = Column("钠", "sodium")
    static let photo = Column("照片", "图片", "photo")
    static let cost = Column("成本", "cost")
    static let price = Column("价格", "单价", "price")
  }

  /// The columns of a list of dishes. Energy is in kcal, sodium in milligrams, the rest in grams, all
  /// for one portion; cost and price in yuan.
  public static let columns: [Column] = [
    Columns.canteen, Columns.name, Columns.category, Columns.ingredients, Columns.allergens,
    Columns.textures, Columns.energy, Columns.protein, Columns.fat, Columns.carbohydrate,
    Columns.sodium, Columns.photo, Columns.cost, Columns.price,
  ]

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<DishRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it.
  public static func read(_ table: Table) -> [RowReading<DishRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = DishRow(&reader)
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let name = reader.requiredText(Columns.name)
    let category = reader.required(Columns.category, in: Words.dish)
    let textures = Self.textures(&reader)
    let nutrition = DishRecord.Nutrition(
      energyKcal: Self.whole(&reader, Columns.energy),
      proteinMg: Self.milligrams(&reader, Columns.protein),
      fatMg: Self.milligrams(&reader, Columns.fat),
      carbohydrateMg: Self.milligrams(&reader, Columns.carbohydrate),
      sodiumMg: Self.whole(&reader, Columns.sodium))
    let cost = reader.optionalPrice(Columns.cost, max: SignInRow.priceMax)
    let price = reader.optionalPrice(Columns.price, max: SignInRow.priceMax)
    guard let name, let category else { return nil }
    line = reader.row.line
    canteen = reader.optionalText(Columns.canteen).map { $0.normalisedWidth() }
    self.price = price
    record = DishRecord(
      canteen: canteen ?? "", name: name, category: category,
      ingredients: Words.parts(reader.text(Columns.ingredients)),
      allergens: Words.parts(reader.text(Columns.allergens)), textures: textures,
      nutrition: nutrition, photo: reader.text(Columns.photo), cost: cost)
  }

  private static func textures(_ reader: inout RowReader) -> [Dish.Texture] {
    var textures: [Dish.Texture] = []
    for word in Words.parts(reader.text(Columns.textures)) {
      if let texture = Words.texture[word] {
        textures.append(texture)
      } else if word != "普食" {
        reader.fail(
          Columns.textures,
          Sentence(
            zh: "“\(word)”\(Words.texture.form.zh)", en: "“\(word)” \(Words.texture.form.en)"))
      }
    }
    return textures
  }

  private static func whole(_ reader: inout RowReader, _ column: Column) -> Int? {
    reader.optional(
      column, form: Sentence(zh: "应为不小于 0 的整数", en: "is no whole number from 0 on")
    ) { text in Int(text).flatMap { (0...100_000).contains($0) ? $0 : nil } }
  }

  /// Grams with at most three decimals.
  private static func milligrams(_ reader: inout RowReader, _ column: Column) -> Int? {
    reader.optional(
      column, form: Sentence(zh: "应为克数，如 12.5", en: "is no number of grams, such as 12.5")
    ) { text in
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let grams = Int(parts[0]), (0...10_000).contains(grams)
      else { return nil }
      guard parts.count == 2 else { return grams * 1000 }
      guard (1...3).contains(parts[1].count), let rest = Int((parts[1] + "000").prefix(3)),
        rest >= 0
      else { return nil }
      return grams * 1000 + rest
    }
  }
}

extension Words {
  static let texture = WordList<Dish.Texture>([
    (["软食", "软烂", "soft"], .soft), (["碎食", "剁碎", "minced"], .minced),
    (["流食", "半流食", "liquid"], .liquid),
  ])
}
