import CanteenDomain
import CanteenVault
import Postgres

/// 食谱: publishes menus and reads what was published.
public struct MenuService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Publishes menus all together or not at all; a menu that is published already, word for word, is
  /// left as it is.
  /// - Returns: how many were new or changed.
  /// - Throws: `MenuRefusal`, `CanteenRefusal.unknown`.
  public func publish(_ menus: [Menu], by: Attribution) async throws -> Int {
    for menu in menus { try menu.checkPublishable() }
    return try await database.transaction { transaction in
      let known = Set(try CanteenStore.all(transaction).map(\.code))
      var published = 0
      for menu in menus {
        guard known.contains(menu.canteen) else { throw CanteenRefusal.unknown(menu.canteen) }
        let sha256 = Seal.of(menu.canonicalText.utf8).bytes
        if try MenuStore.publish(menu, sha256: sha256, by: by, transaction) { published += 1 }
      }
      return published
    }
  }

  /// What a canteen published for the days from `from` to `to`, both included.
  public func published(
    _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> [Menu] {
    try await database.transaction(readOnly: true) {
      try MenuStore.published(canteen, from: from, to: to, $0)
    }
  }
}
