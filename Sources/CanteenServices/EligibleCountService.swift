import CanteenDomain
import Postgres

/// Keeps for how many persons canteens may claim; checks R08 and R09 compare claims with it. A
/// corrected number is a new revision.
public struct EligibleCountService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Adds numbers all together; one that is there already and the same is left as it is.
  /// - Returns: how many were new or corrected.
  /// - Throws: `CanteenRefusal.unknown`.
  public func add(_ counts: [EligibleCount], by: Attribution) async throws -> Int {
    for code in Set(counts.map(\.canteen)).sorted() {
      _ = try await CanteenService(database).canteen(code)
    }
    return try await database.transaction { try EligibleCountStore.add(counts, by: by, $0) }
  }

  /// The numbers that hold, by canteen, tier and day.
  /// - Parameter canteen: nil for all.
  public func all(of canteen: Canteen.Code? = nil) async throws -> [EligibleCount] {
    try await database.transaction(readOnly: true) {
      try EligibleCountStore.all(of: canteen, $0)
    }
  }
}
