import CanteenDomain
import Postgres

/// Sees to it that the partitions of a service month exist before anything is written to it.
actor ServiceMonths {
  private let database: Database
  private var there: Set<Day> = []

  init(_ database: Database) { self.database = database }

  /// Makes what is missing, outside of any transaction that holds a person's lock.
  func ensure(_ days: some Sequence<Day>) async throws {
    let missing = Set(days.map(\.firstOfMonth)).subtracting(there)
    for month in missing.sorted() {
      try await database.execute("select ensure_service_month(\(month)::date)")
      there.insert(month)
    }
  }
}
