import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `independent_counts` and `count_files`.
enum IndependentCountStore {
  /// Adds counts; one that is there already with the same amount is left as it is.
  /// - Returns: how many were new or corrected.
  static func add(
    _ counts: [IndependentCount], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Int {
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

  static func isTaken(_ file: Seal, _ transaction: borrowing Transaction) throws -> Bool {
    try !transaction.query(
      "select 1 as one from count_files where file_sha256 = \(file)"
    ).isEmpty
  }

  /// - Returns: false if another run took the same file meanwhile.
  static func markTaken(
    _ file: Seal, name: String, rows: Int, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into count_files (file_sha256, name, rows, taken_at, taken_by)
      values (\(file), \(name), \(rows), \(by.at)::timestamptz, \(by.by))
      on conflict (file_sha256) do nothing
      """) == 1
  }
}
