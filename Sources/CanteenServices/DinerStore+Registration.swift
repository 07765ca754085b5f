import CanteenDomain
import Postgres

/// What a roster import reads and writes, and how a person is found.
extension DinerStore {
  static func holders(ofNumbers hashes: [[UInt8]]) -> SQL {
    "select id_hash, diner_id from diner_identities where id_hash = any(\(hashes)::bytea[])"
  }

  static func holders(_ rows: [Row]) throws -> [[UInt8]: Diner.ID] {
    try Dictionary(
      rows.map { (try $0.decode("id_hash"), try $0.decode("diner_id")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The condition that a row `r` of `diner_records` is its person's latest.
  static let isLatest: SQL = """
    not exists (
        select
        from diner_records as n
        where n.diner_id = r.diner_id and n.record_no > r.record_no
    )
    """

  /// Persons whose name contains one of some texts, in the order of their numbers.
  static func named(_ texts: [String], limit: Int) -> SQL {
    """
    select diner_id
    from current_diner_records
    where exists (select from unnest(\(texts)::text[]) as t where position(t in name) > 0)
    order by diner_id
    limit \(limit)
    """
  }

  /// Makes as many persons as asked for.
  /// - Returns: their numbers, ascending.
  static func makeDiners(
    _ count: Int, at: Instant, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID] {
    try transaction.query(
      """
      insert into diners (created_at)
      select \(at)::timestamptz from generate_series(1, \(count)::bigint)
      returning diner_id
      """
    ).map { try $0.decode("diner_id", as: Diner.ID.self) }.sorted()
  }

  /// Writes into the server's log and nothing else, so that the commit has something to bring to disk;
  /// nobody has to read it.
  static let logMark: SQL = "select pg_logical_emit_message(true, 'canteen', 'roster')::text"

  static func insertIdentities(
    _ identities: [(hash: [UInt8], diner: Diner.ID)], _ transaction: borrowing Transaction
  ) throws {
    var rows = CopyRows()
    // In the order of the index, so that neighbours meet the same page.
    for (hash, diner) in identities.sorted(by: { $0.hash.lexicographicallyPrecedes($1.hash) }) {
      try rows.append(hash, diner)
    }
    try transaction.copyIn(rows, into: "diner_identities (id_hash, diner_id)")
  }

  static func insertCards(
    _ cards: [(card: String, diner: Diner.ID)], by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    var rows = CopyRows()
    for (card, diner) in cards { try rows.append(card, diner, by.at, by.by) }
    try transaction.copyIn(rows, into: "cards (card_no, diner_id, issued_at, issued_by)")
  }

  static func insertEntitlements(
    _ entitlements: [StoredEntitlement], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    var rows = CopyRows()
    for one in entitlements {
      try rows.append(
        one.diner, Int32(one.number), Int32(one.revision), one.category.rawValue, one.careLevel,
        one.disabilityGrade.map(Int16.init), one.from, one.to, one.source.rawValue, one.evidence,
        one.renewBy, by.at, by.by)
    }
    try transaction.copyIn(
      rows,
      into: """
        entitlements (
            diner_id, entitlement_no, revision, category, care_level, disability_grade, valid_from,
            valid_to, source, evidence, renew_by, recorded_at, recorded_by
        )
        """)
  }

  static func insertStatuses(
    _ statuses: [StoredStatus], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    var rows = CopyRows()
    for one in statuses {
      try rows.append(
        one.diner, Int32(one.number), Int32(one.revision), one.status, one.from, one.to,
        one.reason, by.at, by.by)
    }
    try transaction.copyIn(
      rows,
      into: """
        diner_statuses (
            diner_id, status_no, revision, status, valid_from, valid_to, reason, recorded_at,
            recorded_by
        )
        """)
  }

  /// Where an entitlement comes from.
  enum EntitlementSource: String, PostgresEncodable, PostgresDecodable {
    /// It holds when it is recorded.
    case approvedRoster = "approved_roster"
    /// It holds when its last step is taken.
    case application
  }

  /// An entitlement with its place in the register.
  struct StoredEntitlement: Hashable {
    var diner: Diner.ID
    var number: Int
    var revision: Int
    var category: Category
    var careLevel: String?
    var disabilityGrade: Int?
    var from: Day?
    var to: Day?
    var source = EntitlementSource.approvedRoster
    var evidence = ""
    var renewBy: Day?
  }

  /// A status with its place in the register.
  struct StoredStatus: Hashable {
    var diner: Diner.ID
    var number: Int
    var revision: Int
    var status: Diner.Status
    var from: Day
    var to: Day?
    var reason: String
  }

  /// The entitlements of some persons as they are known now.
  /// - Parameter activeOnly: whether those that are only applied for are left out.
  static func storedEntitlements(
    _ diners: [Diner.ID], activeOnly: Bool = false, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [StoredEntitlement]] {
    guard !diners.isEmpty else { return [:] }
    let known: SQL = activeOnly ? "active_entitlements" : "current_entitlements"
    let rows = try transaction.query(
      """
      select
          diner_id, entitlement_no, revision, category, care_level, disability_grade, valid_from,
          valid_to, source, evidence, renew_by
      from \(fragment: known)
      where diner_id = any(\(diners)::bigint[])
      order by diner_id, entitlement_no
      """)
    return try Dictionary(grouping: rows.map(storedEntitlement), by: \.diner)
  }

  static func storedEntitlement(_ row: Row) throws -> StoredEntitlement {
    StoredEntitlement(
      diner: try row.decode("diner_id"), number: try row.decode("entitlement_no"),
      revision: try row.decode("revision"), category: Category(try row.decode("category")),
      careLevel: try row.decode("care_level"),
      disabilityGrade: try row.decode("disability_grade"), from: try row.decode("valid_from"),
      to: try row.decode("valid_to"), source: try row.decode("source"),
      evidence: try row.decode("evidence"), renewBy: try row.decode("renew_by"))
  }

  static func storedStatuses(
    _ diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [StoredStatus]] {
    guard !diners.isEmpty else { return [:] }
    let rows = try transaction.query(
      """
      select diner_id, status_no, revision, status, valid_from, valid_to, reason
      from current_diner_statuses
      where diner_id = any(\(diners)::bigint[])
      order by diner_id, status_no
      """)
    return try Dictionary(grouping: rows.map(storedStatus), by: \.diner)
  }

  static func storedStatus(_ row: Row) throws -> StoredStatus {
    StoredStatus(
      diner: try row.decode("diner_id"), number: try row.decode("status_no"),
      revision: try row.decode("revision"), status: try row.decode("status"),
      from: try row.decode("valid_from"), to: try row.decode("valid_to"),
      reason: try row.decode("reason"))
  }
}
