import CanteenDomain
import CanteenVault
import Postgres

/// Keeps what others counted; a corrected count is a new revision.
public struct IndependentCountService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Adds counts all together; one that is there already with the same amount is left as it is.
  /// - Returns: how many were new or corrected.
  /// - Throws: `CanteenRefusal.unknown`.
  public func add(_ counts: [IndependentCount], by: Attribution) async throws -> Int {
    try await check(counts)
    return try await database.transaction { try IndependentCountStore.add(counts, by: by, $0) }
  }

  /// Adds the counts of a file, unless a file of the same contents was taken before: an old table that
  /// comes again does not undo a correction.
  /// - Returns: how many were new or corrected; nil for a file that was taken before.
  /// - Throws: `CanteenRefusal.unknown`.
  func add(
    _ counts: [IndependentCount], ofFile name: String, _ seal: Seal, by: Attribution
  ) async throws -> Int? {
    try await check(counts)
    return try await database.transaction { transaction in
      guard
        try IndependentCountStore.markTaken(
          seal, name: name, rows: counts.count, by: by, transaction)
      else { return nil }
      return try IndependentCountStore.add(counts, by: by, transaction)
    }
  }

  func isTaken(_ file: Seal) async throws -> Bool {
    try await database.transaction(readOnly: true) { try IndependentCountStore.isTaken(file, $0) }
  }

  private func check(_ counts: [IndependentCount]) async throws {
    for code in Set(counts.map(\.canteen)).sorted() {
      _ = try await CanteenService(database).canteen(code)
    }
  }
}
