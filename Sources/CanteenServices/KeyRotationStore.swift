import CanteenDomain
import CanteenVault
import Postgres

/// Rewrites sealed columns and keyed hashes, and keeps `key_rotations`.
///
/// The second byte of a sealed text is the number of its key.
enum KeyRotationStore {
  /// Every sealed column, one text a row.
  private static let sealed: SQL = """
    select s
    from diner_records,
        unnest(array[
            id_sealed, phone_sealed, other_phones_sealed, address_sealed, emergency_phone_sealed
        ]) as s
    where s is not null
    union all
    select number_sealed from cards where number_sealed is not null
    union all
    select phone_sealed from proxies where phone_sealed is not null
    """

  /// The columns with what each is sealed as.
  private static let columns: [(table: StaticString, column: StaticString, Vault.Context)] = [
    ("diner_records", "id_sealed", .idNumber), ("diner_records", "phone_sealed", .phone),
    ("cards", "number_sealed", .credential), ("proxies", "phone_sealed", .proxyPhone),
    ("diner_records", "emergency_phone_sealed", .contactPhone),
    ("diner_records", "address_sealed", .address),
    ("diner_records", "other_phones_sealed", .otherPhones),
  ]

  /// The first text that is there, the likeliest columns first.
  static func sample(
    _ transaction: borrowing Transaction
  ) throws -> KeyRotation.Sample? {
    for (table, column, context) in columns {
      let rows = try transaction.query(
        """
        select \(unescaped: "\(column)") as sealed
        from \(unescaped: "\(table)")
        where \(unescaped: "\(column)") is not null
        limit 1
        """)
      if let row = rows.first {
        return KeyRotation.Sample(sealed: try row.decode("sealed"), context: context)
      }
    }
    return nil
  }

  /// Whether anybody is connected to this database under a name.
  static func isConnected(_ name: String, _ transaction: borrowing Transaction) throws -> Bool {
    try !transaction.query(
      """
      select pid
      from pg_stat_activity
      where datname = current_database() and application_name = \(name)
      limit 1
      """
    ).isEmpty
  }

  static func counts(_ transaction: borrowing Transaction) throws -> [UInt8: Int] {
    let rows = try transaction.query(
      """
      select get_byte(s, 1) as key_id, count(*) as texts
      from (\(fragment: sealed)) as all_sealed
      group by 1
      """)
    return try Dictionary(
      rows.map { (UInt8(clamping: try $0.decode("key_id", as: Int.self)), try $0.decode("texts")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// How many texts are under another key.
  static func waiting(_ key: UInt8, _ transaction: borrowing Transaction) throws -> Int {
    try counts(transaction).filter { $0.key != key }.values.reduce(0, +)
  }

  /// Keeps others from writing while the last count is taken.
  static func lockAll(_ transaction: borrowing Transaction) throws {
    try transaction.execute(
      "lock table diner_records, diner_identities, cards, proxies in share row exclusive mode")
  }

  static func insertEvent(
    _ event: String, key: UInt8, rows: Int, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into key_rotations (key_id, event, happened_at, happened_by, sealed_rows)
      values (\(Int(key))::smallint, \(event), \(by.at)::timestamptz, \(by.by), \(rows))
      on conflict do nothing
      """)
  }

  /// The records of the next persons, and the identities that they are found by.
  /// - Returns: the last person looked at, nil at the end; and how many records were rewritten.
  static func resealRecords(
    after: Diner.ID, limit: Int, _ vault: Vault, _ transaction: borrowing Transaction
  ) throws -> (last: Diner.ID?, changed: Int) {
    let ids = try transaction.query(
      """
      select diner_id from diners where diner_id > \(after) order by diner_id limit \(limit)
      for update
      """
    ).map { try $0.decode("diner_id", as: Diner.ID.self) }
    guard let last = ids.last else { return (nil, 0) }
    let rows = try transaction.query(
      """
      select \(fragment: DinerStore.recordColumns)
      from diner_records
      where diner_id = any(\(ids)::bigint[])
      order by diner_id, record_no
      """)
    var changed: [Change] = []
    var identities: [(old: [[UInt8]], new: [UInt8], diner: Diner.ID)] = []
    for row in rows {
      var change = Change(
        diner: try row.decode("diner_id"), number: try row.decode("record_no"),
        record: try DinerStore.record(row))
      let isStale = change.record.sealedTexts.contains { Vault.keyID(of: $0) != vault.newestKeyID }
      guard isStale || change.record.idSealed == nil else { continue }
      let identity = try change.reseal(vault)
      identities.append((Array(identity.dropFirst()), identity[0], change.diner))
      if isStale { changed.append(change) }
    }
    try update(changed, transaction)
    try moveIdentities(identities, transaction)
    return (last, changed.count)
  }

  /// A record on its way under the new key.
  private struct Change {
    var diner: Diner.ID
    var number: Int
    var record: DinerStore.Record

    /// - Returns: the hashes of what the person is found by, the newest key's first.
    mutating func reseal(_ vault: Vault) throws -> [[UInt8]] {
      func opened(_ sealed: [UInt8]?, _ context: Vault.Context) throws -> String? {
        try sealed.map { try vault.open($0, as: context) }
      }
      let number = try opened(record.idSealed, .idNumber)
      let phone = try opened(record.phoneSealed, .phone)
      let others = try opened(record.otherPhonesSealed, .otherPhones)
      let address = try opened(record.addressSealed, .address)
      let contact = try opened(record.emergencyPhoneSealed, .contactPhone)
      record.idSealed = try number.map { try vault.seal($0, as: .idNumber) }
      record.idTail = number.map { vault.shortHash(String($0.suffix(4)), as: .idTail) }
      record.phoneSealed = try phone.map { try vault.seal($0, as: .phone) }
      record.phoneTail = phone.map { vault.shortHash(String($0.suffix(4)), as: .phoneTail) }
      record.phoneKey = phone.map { vault.shortHash($0, as: .phone) }
      try record.setOtherPhones(others?.split(separator: " ").map(String.init) ?? [], vault)
      record.addressSealed = try address.map { try vault.seal($0, as: .address) }
      record.emergencyPhoneSealed = try contact.map { try vault.seal($0, as: .contactPhone) }
      return vault.lookupHashes(
        RosterEntry.identity(
          kind: record.idKind, number: number, name: record.name, birthDate: record.birthDate,
          phone: phone), as: .idNumber)
    }
  }

  private static func update(
    _ changes: [Change], _ transaction: borrowing Transaction
  ) throws {
    guard !changes.isEmpty else { return }
    let records = changes.map(\.record)
    try transaction.execute(
      """
      update diner_records as r
      set id_sealed = n.id_sealed, id_tail = n.id_tail, phone_sealed = n.phone_sealed,
          phone_tail = n.phone_tail, phone_key = n.phone_key,
          other_phones_sealed = n.other_phones_sealed,
          other_phone_tails = n.other_phone_tails::bigint[],
          other_phone_keys = n.other_phone_keys::bigint[], address_sealed = n.address_sealed,
          emergency_phone_sealed = n.emergency_phone_sealed
      from unnest(
          \(changes.map(\.diner))::bigint[], \(changes.map(\.number))::integer[],
          \(records.map(\.idSealed))::bytea[], \(records.map(\.idTail))::bigint[],
          \(records.map(\.phoneSealed))::bytea[], \(records.map(\.phoneTail))::bigint[],
          \(records.map(\.phoneKey))::bigint[], \(records.map(\.otherPhonesSealed))::bytea[],
          \(records.map { literal($0.otherPhoneTails) })::text[],
          \(records.map { literal($0.otherPhoneKeys) })::text[],
          \(records.map(\.addressSealed))::bytea[],
          \(records.map(\.emergencyPhoneSealed))::bytea[]
      ) as n (
          diner_id, record_no, id_sealed, id_tail, phone_sealed, phone_tail, phone_key,
          other_phones_sealed, other_phone_tails, other_phone_keys, address_sealed,
          emergency_phone_sealed
      )
      where r.diner_id = n.diner_id and r.record_no = n.record_no
      """)
  }

  /// As text, since there are no arrays of arrays of several lengths.
  private static func literal(_ hashes: [Int64]?) -> String? {
    hashes.map { "{\($0.map(String.init).joined(separator: ","))}" }
  }

  /// A row is spread by its hash, so it is taken out and put in anew.
  private static func moveIdentities(
    _ identities: [(old: [[UInt8]], new: [UInt8], diner: Diner.ID)],
    _ transaction: borrowing Transaction
  ) throws {
    let old = identities.flatMap { one in one.old.map { (one.new, $0) } }
    guard !old.isEmpty else { return }
    let newByOld = Dictionary(old.map { ($0.1, $0.0) }, uniquingKeysWith: { first, _ in first })
    let gone = try transaction.query(
      """
      delete from diner_identities
      where id_hash = any(\(Array(newByOld.keys))::bytea[])
      returning id_hash, diner_id
      """
    ).map { row -> (hash: [UInt8], diner: Diner.ID) in
      let hash: [UInt8] = try row.decode("id_hash")
      return (newByOld[hash] ?? hash, try row.decode("diner_id"))
    }
    try transaction.execute(
      """
      insert into diner_identities (id_hash, diner_id)
      select *
      from unnest(\(gone.map(\.hash))::bytea[], \(gone.map(\.diner))::bigint[])
      on conflict (id_hash) do nothing
      """)
  }

  /// Credentials that are kept as hashes, and what refers to them.
  static func resealCards(
    _ vault: Vault, _ transaction: borrowing Transaction
  ) throws -> Int {
    let rows = try transaction.query(
      """
      select card_no, kind, number_sealed from cards
      where number_sealed is not null
          and get_byte(number_sealed, 1) <> \(Int(vault.newestKeyID))
      for update
      """)
    var old: [String] = []
    var new: [String] = []
    var sealed: [[UInt8]] = []
    for row in rows {
      let number = try vault.open(row.decode("number_sealed"), as: .credential)
      old.append(try row.decode("card_no"))
      new.append(
        CredentialStore.Keys.hashed(number, try row.decode("kind"), vault)[0])
      sealed.append(try vault.seal(number, as: .credential))
    }
    guard !old.isEmpty else { return 0 }
    let names: SQL = "unnest(\(old)::text[], \(new)::text[]) as n (old_no, new_no)"
    try transaction.execute(
      """
      update cards as c
      set card_no = n.new_no, number_sealed = n.sealed
      from unnest(\(old)::text[], \(new)::text[], \(sealed)::bytea[]) as n (old_no, new_no, sealed)
      where c.card_no = n.old_no
      """)
    try transaction.execute(
      """
      update card_events as e set card_no = n.new_no
      from \(fragment: names) where e.card_no = n.old_no
      """)
    try transaction.execute(
      """
      update card_events as e set replaced_by = n.new_no
      from \(fragment: names) where e.replaced_by = n.old_no
      """)
    return old.count
  }

  static func resealProxies(
    _ vault: Vault, _ transaction: borrowing Transaction
  ) throws -> Int {
    let rows = try transaction.query(
      """
      select diner_id, proxy_no, revision, phone_sealed from proxies
      where phone_sealed is not null and get_byte(phone_sealed, 1) <> \(Int(vault.newestKeyID))
      for update
      """)
    for row in rows {
      let phone = try vault.open(row.decode("phone_sealed"), as: .proxyPhone)
      try transaction.execute(
        """
        update proxies
        set phone_sealed = \(try vault.seal(phone, as: .proxyPhone))::bytea,
            phone_key = \(vault.shortHash(phone, as: .proxyPhone))
        where diner_id = \(try row.decode("diner_id", as: Diner.ID.self))
            and proxy_no = \(try row.decode("proxy_no", as: Int.self))
            and revision = \(try row.decode("revision", as: Int.self))
        """)
    }
    return rows.count
  }
}

extension DinerStore.Record {
  /// Everything of it that is sealed.
  var sealedTexts: [[UInt8]] {
    [idSealed, phoneSealed, otherPhonesSealed, addressSealed, emergencyPhoneSealed]
      .compactMap { $0 }
  }
}
