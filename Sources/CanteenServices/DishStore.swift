import CanteenDomain
import Postgres

/// Rows of `dishes` and `dish_prices`.
enum DishStore {
  /// What a canteen can cook, dishes that were taken off the list too, by category and name.
  static func all(
    _ canteens: [Canteen.Code], _ transaction: borrowing Transaction
  ) throws -> [DishRecord] {
    try transaction.query(
      """
      select
          canteen_code, name, category, ingredients, allergens, textures, energy_kcal, protein_mg,
          fat_mg, carbohydrate_mg, sodium_mg, photo_ref, cost_fen, is_served
      from current_dishes
      where canteen_code = any(\(canteens)::text[])
      order by
          canteen_code,
          array_position(array['set', 'meat', 'vegetable', 'soup', 'staple'], category), name
      """
    ).map { row in
      DishRecord(
        canteen: try row.decode("canteen_code"), name: try row.decode("name"),
        category: try row.decode("category"), ingredients: try row.decode("ingredients"),
        allergens: try row.decode("allergens"), textures: try row.decode("textures"),
        nutrition: DishRecord.Nutrition(
          energyKcal: try row.decode("energy_kcal"), proteinMg: try row.decode("protein_mg"),
          fatMg: try row.decode("fat_mg"), carbohydrateMg: try row.decode("carbohydrate_mg"),
          sodiumMg: try row.decode("sodium_mg")),
        photo: try row.decode("photo_ref"), cost: try row.decode("cost_fen"),
        isServed: try row.decode("is_served"))
    }
  }

  static func insert(
    _ record: DishRecord, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into dishes (
          canteen_code, name, revision, category, ingredients, allergens, textures, energy_kcal,
          protein_mg, fat_mg, carbohydrate_mg, sodium_mg, photo_ref, cost_fen, is_served,
          recorded_by, recorded_at
      )
      select
          \(record.canteen), \(record.name), coalesce(max(revision), 0) + 1,
          \(record.category)::text, \(record.ingredients)::text[], \(record.allergens)::text[],
          \(record.textures)::text[], \(record.nutrition.energyKcal)::integer,
          \(record.nutrition.proteinMg)::integer, \(record.nutrition.fatMg)::integer,
          \(record.nutrition.carbohydrateMg)::integer, \(record.nutrition.sodiumMg)::integer,
          \(record.photo)::text, \(record.cost)::bigint, \(record.isServed)::boolean,
          \(by.by)::text, \(by.at)::timestamptz
      from dishes
      where canteen_code = \(record.canteen) and name = \(record.name)
      """)
  }

  /// Every price of some dishes' names, by the day from which it holds.
  static func prices(
    _ canteens: [Canteen.Code], _ transaction: borrowing Transaction
  ) throws -> [DishPrice] {
    try transaction.query(
      """
      select canteen_code, name, valid_from, price_fen
      from current_dish_prices
      where canteen_code = any(\(canteens)::text[])
      order by canteen_code, name, valid_from
      """
    ).map { row in
      DishPrice(
        canteen: try row.decode("canteen_code"), dish: try row.decode("name"),
        from: try row.decode("valid_from"), price: try row.decode("price_fen"))
    }
  }

  /// - Returns: whether it differs from what was known of that day.
  static func insert(
    _ price: DishPrice, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into dish_prices (
          canteen_code, name, valid_from, revision, price_fen, recorded_by, recorded_at
      )
      select
          \(price.canteen), \(price.dish), \(price.from)::date, coalesce(max(revision), 0) + 1,
          \(price.price)::bigint, \(by.by)::text, \(by.at)::timestamptz
      from dish_prices
      where canteen_code = \(price.canteen)
          and name = \(price.dish)
          and valid_from = \(price.from)::date
      having not exists (
          select
          from current_dish_prices
          where canteen_code = \(price.canteen)
              and name = \(price.dish)
              and valid_from = \(price.from)::date
              and price_fen = \(price.price)::bigint
      )
      """) == 1
  }
}

/// What a set or a single dish costs from a day on.
public struct DishPrice: Sendable, Hashable {
  public var canteen: Canteen.Code
  public var dish: String
  public var from: Day
  public var price: Fen

  public init(canteen: Canteen.Code, dish: String, from: Day, price: Fen) {
    self.canteen = canteen
    self.dish = dish
    self.from = from
    self.price = price
  }
}

extension [DishPrice] {
  /// What a dish costs on a day; nil before its first price.
  public func price(of dish: String, at canteen: Canteen.Code, on day: Day) -> Fen? {
    filter { $0.canteen == canteen && $0.dish == dish && $0.from <= day }
      .max { $0.from < $1.from }?.price
  }
}
