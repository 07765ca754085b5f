import CanteenDomain
import Postgres

/// Rows of `eligible_counts`.
enum EligibleCountStore {
  /// Adds numbers; one that is there already and the same is left as it is.
  /// - Returns: how many were new or corrected.
  static func add(
    _ counts: [EligibleCount], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Int {
    try transaction.execute(
      """
      insert into eligible_counts (
          canteen_code, category, valid_from, revision, eligible, recorded_by, recorded_at
      )
      select
          n.canteen_code, n.category, n.valid_from, coalesce(c.revision, 0) + 1, n.eligible,
          \(by.by), \(by.at)::timestamptz
      from unnest(
          \(counts.map(\.canteen))::text[], \(counts.map(\.tier))::text[],
          \(counts.map(\.from))::date[], \(counts.map(\.persons))::integer[]
      ) as n (canteen_code, category, valid_from, eligible)
      left join current_eligible_counts as c using (canteen_code, category, valid_from)
      where c.eligible is distinct from n.eligible
      """)
  }

  /// - Parameter canteen: nil for all.
  static func all(
    of canteen: Canteen.Code?, _ transaction: borrowing Transaction
  ) throws -> [EligibleCount] {
    try transaction.query(
      """
      select canteen_code, category, valid_from, eligible
      from current_eligible_counts
      where \(canteen)::text is null or canteen_code = \(canteen)::text
      order by canteen_code, category, valid_from
      """
    ).map {
      EligibleCount(
        canteen: try $0.decode("canteen_code"), tier: try $0.decode("category"),
        from: try $0.decode("valid_from"), persons: try $0.decode("eligible"))
    }
  }
}
