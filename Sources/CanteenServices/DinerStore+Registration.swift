import CanteenDomain
import Postgres

/// What a roster import reads and writes, and how a person is found.
extension DinerStore {
  static func holders(
    ofNumbers hashes: [[UInt8]], _ transaction: borrowing Transaction
  ) throws -> [[UInt8]: Diner.ID] {
    let rows = try transaction.query(
      "select id_hash, diner_id from diner_identities where id_hash = any(\(hashes)::bytea[])")
    return try Dictionary(
      rows.map { (try $0.decode("id_hash"), try $0.decode("diner_id")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Who holds which card; the counter and the roster ask the same.
  static func holders(ofCards cards: [String]) -> SQL {
    "select card_no, diner_id from cards where card_no = any(\(cards)::text[])"
  }

  static func holders(ofCards rows: [Row]) throws -> [String: Diner.ID] {
    try Dictionary(
      rows.map { (try $0.decode("card_no"), try $0.decode("diner_id")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Persons whose name contains a text, in the order of their numbers.
  static func named(_ text: String, limit: Int) -> SQL {
    """
    select diner_id
    from current_diner_records
    where position(\(text)::text in name) > 0
    order by diner_id
    limit \(limit)
    """
  }

  static func cards(
    of diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [String]] {
    let rows = try transaction.query(
      """
      select diner_id, array_agg(card_no order by issued_at, card_no) as cards
      from cards
      where diner_id = any(\(diners)::bigint[])
      group by diner_id
      """)
    return try Dictionary(
      rows.map { (try $0.decode("diner_id"), try $0.decode("cards")) },
      uniquingKeysWith: { first, _ in first })
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

  static func insertRecords(
    _ records: [(diner: Diner.ID, number: Int, record: Record)], by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    let rows = records.map(\.record)
    try transaction.execute(
      """
      insert into diner_records (
          diner_id, record_no, name, sex, birth_date, birth_date_source, id_kind, id_sealed,
          phone_sealed, hukou_region, hukou_text, residence_region, diets, emergency_name,
          emergency_phone_sealed, remark, recorded_at, recorded_by
      )
      select
          diner_id, record_no, name, sex, birth_date, birth_date_source, id_kind, id_sealed,
          phone_sealed, hukou_region, hukou_text, residence_region,
          string_to_array(diets, ','), emergency_name, emergency_phone_sealed, remark,
          \(by.at), \(by.by)
      from unnest(
          \(records.map(\.diner))::bigint[], \(records.map(\.number))::integer[],
          \(rows.map(\.name))::text[], \(rows.map(\.sex))::text[], \(rows.map(\.birthDate))::date[],
          \(rows.map(\.birthDateSource))::text[], \(rows.map(\.idKind))::text[],
          \(rows.map(\.idSealed))::bytea[], \(rows.map(\.phoneSealed))::bytea[],
          \(rows.map(\.hukouRegion))::text[], \(rows.map(\.hukouText))::text[],
          \(rows.map(\.residence))::text[],
          \(rows.map { $0.diets.joined(separator: ",") })::text[],
          \(rows.map(\.emergencyName))::text[], \(rows.map(\.emergencyPhoneSealed))::bytea[],
          \(rows.map(\.remark))::text[]
      ) as new (
          diner_id, record_no, name, sex, birth_date, birth_date_source, id_kind, id_sealed,
          phone_sealed, hukou_region, hukou_text, residence_region, diets, emergency_name,
          emergency_phone_sealed, remark
      )
      """)
  }

  static func insertIdentities(
    _ identities: [(hash: [UInt8], diner: Diner.ID)], _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into diner_identities (id_hash, diner_id)
      select * from unnest(
          \(identities.map(\.hash))::bytea[], \(identities.map(\.diner))::bigint[]
      )
      """)
  }

  static func insertCards(
    _ cards: [(card: String, diner: Diner.ID)], at: Instant, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into cards (card_no, diner_id, issued_at)
      select card_no, diner_id, \(at)
      from unnest(
          \(cards.map(\.card))::text[], \(cards.map(\.diner))::bigint[]
      ) as new (card_no, diner_id)
      """)
  }

  static func insertEntitlements(
    _ entitlements: [StoredEntitlement], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into entitlements (
          diner_id, entitlement_no, revision, category, care_level, valid_from, valid_to,
          recorded_at, recorded_by
      )
      select *, \(by.at), \(by.by)
      from unnest(
          \(entitlements.map(\.diner))::bigint[], \(entitlements.map(\.number))::integer[],
          \(entitlements.map(\.revision))::integer[],
          \(entitlements.map(\.category.rawValue))::text[],
          \(entitlements.map(\.careLevel))::text[], \(entitlements.map(\.from))::date[],
          \(entitlements.map(\.to))::date[]
      )
      """)
  }

  /// An entitlement with its place in the register.
  struct StoredEntitlement: Hashable {
    var diner: Diner.ID
    var number: Int
    var revision: Int
    var category: Category
    var careLevel: String?
    var from: Day?
    var to: Day?
  }

  /// The entitlements that hold now, of some persons.
  static func storedEntitlements(
    _ diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [StoredEntitlement]] {
    let rows = try transaction.query(
      """
      select diner_id, entitlement_no, revision, category, care_level, valid_from, valid_to
      from current_entitlements
      where diner_id = any(\(diners)::bigint[])
      order by diner_id, entitlement_no
      """)
    return try Dictionary(
      grouping: rows.map {
        StoredEntitlement(
          diner: try $0.decode("diner_id"), number: try $0.decode("entitlement_no"),
          revision: try $0.decode("revision"), category: Category(try $0.decode("category")),
          careLevel: try $0.decode("care_level"), from: try $0.decode("valid_from"),
          to: try $0.decode("valid_to"))
      }, by: \.diner)
  }

  /// The latest record of some persons and its number.
  static func latestRecords(
    _ diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: (number: Int, record: Record)] {
    let rows = try transaction.query(
      """
      select
          diner_id, record_no, name, sex, birth_date, birth_date_source, id_kind, id_sealed,
          phone_sealed, hukou_region, hukou_text, residence_region, diets, emergency_name,
          emergency_phone_sealed, remark
      from current_diner_records
      where diner_id = any(\(diners)::bigint[])
      """)
    return try Dictionary(
      rows.map { row in
        (
          try row.decode("diner_id"),
          (
            try row.decode("record_no"),
            Record(
              name: try row.decode("name"), sex: try row.decode("sex"),
              birthDate: try row.decode("birth_date"),
              birthDateSource: try row.decode("birth_date_source"),
              idKind: try row.decode("id_kind"), idSealed: try row.decode("id_sealed"),
              phoneSealed: try row.decode("phone_sealed"),
              hukouRegion: try row.decode("hukou_region"), hukouText: try row.decode("hukou_text"),
              residence: try row.decode("residence_region"), diets: try row.decode("diets"),
              emergencyName: try row.decode("emergency_name"),
              emergencyPhoneSealed: try row.decode("emergency_phone_sealed"),
              remark: try row.decode("remark"))
          )
        )
      }, uniquingKeysWith: { first, _ in first })
  }
}
