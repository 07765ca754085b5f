import CanteenDomain
import Postgres

/// Keeps what others counted; a corrected count is a new revision.
public struct IndependentCountService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Adds counts all together; one that is there already with the same amount is left as it is.
  /// - Returns: how many were new or corrected.
  /// - Throws: `CanteenRefusal.unknown`.
  public func add(_ counts: [IndependentCount], by: Attribution) async throws -> Int {
    for code in Set(counts.map(\.canteen)).sorted() {
      _ = try await CanteenService(database).canteen(code)
    }
    return try await database.transaction { transaction in
      try transaction.execute(
        """
        insert into independent_counts (
            canteen_code, service_date, source, key, revision, amount, recorded_by, recorded_at
        )
        select
            n.canteen_code, n.service_date, n.source, n.key, coalesce(c.revision, 0) + 1, n.amount,
            \(by.by), \(by.at)::timestamptz
        from unnest(
            \(counts.map(\.canteen))::text[], \(counts.map(\.day))::date[],
            \(counts.map(\.source.rawValue))::text[], \(counts.map(\.key))::text[],
            \(counts.map(\.amount))::bigint[]
        ) as n (canteen_code, service_date, source, key, amount)
        left join current_independent_counts as c
            using (canteen_code, service_date, source, key)
        where c.amount is distinct from n.amount
        """)
    }
  }
}
