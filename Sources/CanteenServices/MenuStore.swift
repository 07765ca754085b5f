import CanteenDomain
import Postgres

/// Rows of `menus` and `menu_dishes`.
enum MenuStore {
  /// The latest revision of each menu of a canteen between two days, both included.
  static func published(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Menu] {
    let rows = try transaction.query(
      """
      select
          m.service_date, m.period, d.name, d.category, d.price_fen, d.allergens, d.ingredients,
          d.textures, d.energy_kcal, d.is_single
      from current_menus as m
      join menu_dishes as d
          on d.canteen_code = m.canteen_code
          and d.service_date = m.service_date
          and d.period = m.period
          and d.revision = m.revision
      where m.canteen_code = \(canteen)
          and m.service_date between \(from)::date and \(to)::date
      order by
          m.service_date, array_position(array['breakfast', 'lunch', 'dinner'], m.period), d.dish_no
      """)
    var menus: [Menu] = []
    for row in rows {
      let (day, period): (Day, MealPeriod) = (
        try row.decode("service_date"), try row.decode("period")
      )
      if menus.last?.day != day || menus.last?.period != period {
        menus.append(Menu(canteen: canteen, day: day, period: period, dishes: []))
      }
      menus[menus.count - 1].dishes.append(
        Dish(
          name: try row.decode("name"), category: try row.decode("category"),
          price: try row.decode("price_fen"), allergens: try row.decode("allergens"),
          ingredients: try row.decode("ingredients"), textures: try row.decode("textures"),
          energyKcal: try row.decode("energy_kcal"), isSingle: try row.decode("is_single")))
    }
    return menus
  }

  /// Adds a revision unless the latest one has the same content.
  /// - Returns: whether it was added.
  static func publish(
    _ menu: Menu, sha256: [UInt8], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    let latest = try transaction.query(
      """
      select revision, content_sha256
      from current_menus
      where canteen_code = \(menu.canteen)
          and service_date = \(menu.day)::date
          and period = \(menu.period)
      """
    ).first
    if let latest, try latest.decode("content_sha256", as: [UInt8].self) == sha256 { return false }
    let revision = try latest.map { try $0.decode("revision", as: Int.self) + 1 } ?? 1
    try transaction.execute(
      """
      insert into menus (
          canteen_code, service_date, period, revision, published_at, published_by, content_sha256
      ) values (
          \(menu.canteen), \(menu.day)::date, \(menu.period), \(revision), \(by.at), \(by.by),
          \(sha256)
      )
      """)
    for (index, dish) in menu.dishes.enumerated() {
      try transaction.execute(
        """
        insert into menu_dishes (
            canteen_code, service_date, period, revision, dish_no, name, category, price_fen,
            allergens, ingredients, textures, energy_kcal, is_single
        ) values (
            \(menu.canteen), \(menu.day)::date, \(menu.period), \(revision), \(index + 1),
            \(dish.name), \(dish.category), \(dish.price), \(dish.allergens),
            \(dish.ingredients)::text[], \(dish.textures)::text[], \(dish.energyKcal)::integer,
            \(dish.isSingle)
        )
        """)
    }
    return true
  }
}
