import CanteenDomain
import Postgres

/// Rows of `regions`.
enum RegionStore {
  static func all(_ transaction: borrowing Transaction) throws -> [Region] {
    try transaction.query("select code, name, level, parent_code from regions order by code").map {
      Region(
        code: try $0.decode("code"), name: try $0.decode("name"), level: try $0.decode("level"),
        parent: try $0.decode("parent_code"))
    }
  }

  /// - Returns: how many were new.
  static func insert(
    _ regions: [Region], validFrom: Day, _ transaction: borrowing Transaction
  ) throws -> Int {
    let added = try transaction.execute(
      """
      insert into regions (code, name, level, parent_code, valid_from)
      select code, name, level, parent_code, \(validFrom)::date
      from unnest(
          \(regions.map(\.code))::text[], \(regions.map(\.name))::text[],
          \(regions.map(\.level))::text[], \(regions.map(\.parent))::text[]
      ) as new (code, name, level, parent_code)
      on conflict (code) do nothing
      """)
    if added > 0 { try ReferenceStore.note(.regions, transaction) }
    return added
  }
}
