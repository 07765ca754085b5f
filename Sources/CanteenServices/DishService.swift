import CanteenDomain
import Postgres

/// 菜品档案: what a canteen can cook, and what it asks for it.
public struct DishService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// What became of a list of dishes.
  public struct Outcome: Sendable, Hashable {
    public var added = 0
    /// Known before and different now; the old record stays.
    public var changed = 0
    public var unchanged = 0
  }

  /// Enters dishes all together; one that is there already and the same is left as it is.
  /// - Throws: `DishRefusal.twice`, `CanteenRefusal.unknown`.
  public func add(_ records: [DishRecord], by: Attribution) async throws -> Outcome {
    var seen: Set<[String]> = []
    for record in records where !seen.insert([record.canteen, record.name]).inserted {
      throw DishRefusal.twice(record.name)
    }
    for code in Set(records.map(\.canteen)).sorted() {
      _ = try await CanteenService(database).canteen(code)
    }
    return try await database.transaction { transaction in
      let known = Dictionary(
        try DishStore.all(Set(records.map(\.canteen)).sorted(), transaction)
          .map { ([$0.canteen, $0.name], $0) }, uniquingKeysWith: { first, _ in first })
      var outcome = Outcome()
      for record in records {
        let old = known[[record.canteen, record.name]]
        guard old != record else {
          outcome.unchanged += 1
          continue
        }
        try DishStore.insert(record, by: by, transaction)
        if old == nil { outcome.added += 1 } else { outcome.changed += 1 }
      }
      return outcome
    }
  }

  /// - Throws: `CanteenRefusal.unknown`.
  public func list(_ canteen: Canteen.Code) async throws -> [DishRecord] {
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(readOnly: true) { try DishStore.all([canteen], $0) }
  }

  /// Every price of a canteen's dishes.
  public func prices(_ canteen: Canteen.Code) async throws -> [DishPrice] {
    try await database.transaction(readOnly: true) { try DishStore.prices([canteen], $0) }
  }

  /// Sets what a dish costs from a day on.
  /// - Returns: whether it is another price than was known of that day.
  /// - Throws: `DishRefusal.unknown`, `.priceNotPositive`.
  public func setPrice(_ price: DishPrice, by: Attribution) async throws -> Bool {
    guard price.price > 0 else { throw DishRefusal.priceNotPositive(price.price) }
    return try await database.transaction { transaction in
      guard
        try DishStore.all([price.canteen], transaction).contains(where: { $0.name == price.dish })
      else { throw DishRefusal.unknown(price.dish, canteen: price.canteen) }
      return try DishStore.insert(price, by: by, transaction)
    }
  }

  /// Takes a dish off the list, or puts it on again; what was published stays.
  /// - Throws: `DishRefusal.unknown`.
  public func serve(
    _ isServed: Bool, _ name: String, at canteen: Canteen.Code, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      guard
        var record = try DishStore.all([canteen], transaction).first(where: { $0.name == name })
      else { throw DishRefusal.unknown(name, canteen: canteen) }
      guard record.isServed != isServed else { return }
      record.isServed = isServed
      try DishStore.insert(record, by: by, transaction)
    }
  }
}
