import CanteenDomain
import Postgres

/// Which records of the register are one person: records that were merged stand for another one.
struct DinerAliases: Sendable {
  private var into: [Diner.ID: Diner.ID] = [:]
  private var merged: [Diner.ID: [Diner.ID]] = [:]

  /// Nobody was merged.
  init() {}

  init(_ rows: [Row]) throws {
    for row in rows {
      let id: Diner.ID = try row.decode("diner_id")
      let person: Diner.ID = try row.decode("into_diner_id")
      into[id] = person
      merged[person, default: []].append(id)
    }
  }

  /// Whose record it is: itself unless it was merged.
  func person(of record: Diner.ID) -> Diner.ID { into[record] ?? record }

  /// Whether nobody was merged.
  var isEmpty: Bool { into.isEmpty }

  /// Every record of the persons who have any of these records, ascending.
  func records(ofAnyOf records: [Diner.ID]) -> [Diner.ID] {
    self.records(of: records.map(person))
  }

  /// Every record of some persons, ascending, which is the order of locks.
  func records(of persons: some Sequence<Diner.ID>) -> [Diner.ID] {
    Set(persons.flatMap { [$0] + (merged[$0] ?? []) }).sorted()
  }

  static func read(_ transaction: borrowing Transaction) throws -> DinerAliases {
    try DinerAliases(
      transaction.query("select diner_id, into_diner_id from current_diner_aliases"))
  }

  /// Makes some records stand for another one.
  static func insert(
    _ records: [Diner.ID], into person: Diner.ID?, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    guard !records.isEmpty else { return }
    try transaction.execute(
      """
      insert into diner_aliases (
          diner_id, revision, into_diner_id, merged_at, merged_by, reason
      )
      select
          new.diner_id,
          (select count(*) + 1 from diner_aliases as a where a.diner_id = new.diner_id),
          coalesce(\(person)::bigint, new.diner_id), \(by.at)::timestamptz, \(by.by), \(reason)
      from unnest(\(records)::bigint[]) as new (diner_id)
      """)
    try ReferenceStore.note(.aliases, transaction)
  }
}

/// Which record was merged into which by a clerk, beside those that only followed it.
struct DinerMerges: Sendable {
  private var into: [Diner.ID: Diner.ID] = [:]

  /// - Parameter steps: every revision of every record, in order. Only a record that stands for itself
  ///   is merged by a clerk, so the first step after it stood for itself is his; later ones follow.
  init(_ steps: [(record: Diner.ID, into: Diner.ID)]) {
    for (record, person) in steps {
      if person == record {
        into[record] = nil
      } else if into[record] == nil {
        into[record] = person
      }
    }
  }

  /// The records that were merged into one, and those that were merged into these, ascending.
  func followers(of record: Diner.ID) -> [Diner.ID] {
    let own = into.filter { $0.value == record }.keys
    return (own + own.flatMap { followers(of: $0) }).sorted()
  }

  static func read(_ transaction: borrowing Transaction) throws -> DinerMerges {
    try DinerMerges(
      transaction.query(
        "select diner_id, into_diner_id from diner_aliases order by diner_id, revision"
      ).map { (try $0.decode("diner_id"), try $0.decode("into_diner_id")) })
  }
}
