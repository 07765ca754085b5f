import CanteenDomain
import CanteenVault
import Postgres

/// 食谱: publishes menus and reads what was published.
public struct MenuService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Publishes menus all together or not at all; a menu that is published already, word for word, is
  /// left as it is. Where a canteen keeps a list of its dishes, every dish must be on it, and the menu
  /// says what the list knows.
  /// - Returns: how many were new or changed.
  /// - Throws: `MenuRefusal`, `CanteenRefusal.unknown`.
  public func publish(_ menus: [Menu], by: Attribution) async throws -> Int {
    for menu in menus { try menu.checkPublishable() }
    return try await database.transaction { transaction in
      let known = Set(try CanteenStore.all(transaction).map(\.code))
      let dishes = try DishStore.all(Set(menus.map(\.canteen)).sorted(), transaction)
      var published = 0
      for menu in menus {
        guard known.contains(menu.canteen) else { throw CanteenRefusal.unknown(menu.canteen) }
        let closed = try MenuPlanStore.closed(
          menu.canteen, from: menu.day, to: menu.day, transaction)
        if let name = closed[menu.day] { throw MenuRefusal.closed(menu.day, name: name) }
        if try Self.publish(Self.known(menu, dishes), by: by, transaction) { published += 1 }
      }
      return published
    }
  }

  /// The menu with what the canteen's list of dishes knows; as it is where there is no such list.
  private static func known(_ menu: Menu, _ dishes: [DishRecord]) throws -> Menu {
    guard dishes.contains(where: { $0.canteen == menu.canteen }) else { return menu }
    var known = menu
    known.dishes = try menu.dishes.map { dish in
      guard
        let record = dishes.first(where: {
          $0.canteen == menu.canteen && $0.name == dish.name && $0.isServed
        })
      else { throw MenuRefusal.unknownDish(dish.name, menu.day, menu.period) }
      var whole = record.dish(price: dish.price, isSingle: dish.isSingle)
      whole.category = dish.category
      whole.allergens += dish.allergens.filter { !record.allergens.contains($0) }
      return whole
    }
    return known
  }

  /// - Returns: whether it was new or changed.
  static func publish(
    _ menu: Menu, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try MenuStore.publish(
      menu, sha256: Seal.of(menu.canonicalText.utf8).bytes, by: by, transaction)
  }

  /// What a canteen published for the days from `from` to `to`, both included.
  public func published(
    _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> [Menu] {
    try await database.transaction(readOnly: true) {
      try MenuStore.published(canteen, from: from, to: to, $0)
    }
  }

  /// What a canteen published, and which days differ from others.
  public func week(
    _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> (menus: [Menu], days: [CanteenDay]) {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      (
        try MenuStore.published(canteen, from: from, to: to, $0),
        try MenuPlanStore.days(canteen, from: from, to: to, $0)
      )
    }
  }
}
