import CanteenDomain
import CanteenVault
import Postgres

extension DinerStore {
  /// A person's record as it is written: numbers sealed, or hashed with a key.
  struct Record: Hashable {
    var name: String
    var initials = ""
    var sex: Sex
    var birthDate: Day?
    var birthDateSource: String
    var idKind: String
    var idSealed: [UInt8]?
    /// Hash of the number's last four characters.
    var idTail: Int64?
    var phoneSealed: [UInt8]?
    /// Hashes of the phone's last four digits and of the whole phone.
    var phoneTail: Int64?
    var phoneKey: Int64?
    var otherPhonesSealed: [UInt8]?
    /// The same two hashes of each further phone; nil without one.
    var otherPhoneTails: [Int64]?
    var otherPhoneKeys: [Int64]?
    var hukouRegion: Region.Code?
    var hukouText: String
    var residence: Region.Code
    var residenceSince: Day?
    /// 居住证.
    var hasResidencePermit = false
    /// 居民小组 where it is not a region of the tree.
    var group = ""
    var addressSealed: [UInt8]?
    var diets: [String]
    var emergencyName: String
    var emergencyPhoneSealed: [UInt8]?
    var photo = ""
    var remark: String
    /// From when the person is at home where the record says; nil for always, as for a correction.
    var validFrom: Day?

    /// Keeps further phones sealed, and hashed for the counter.
    mutating func setOtherPhones(_ phones: [String], _ vault: Vault) throws {
      let isNone = phones.isEmpty
      otherPhonesSealed =
        isNone ? nil : try vault.seal(phones.joined(separator: " "), as: .otherPhones)
      otherPhoneTails =
        isNone ? nil : phones.map { vault.shortHash(String($0.suffix(4)), as: .phoneTail) }
      otherPhoneKeys = isNone ? nil : phones.map { vault.shortHash($0, as: .phone) }
    }
  }

  static let recordColumns: SQL = """
    diner_id, record_no, name, initials, sex, birth_date, birth_date_source, id_kind, id_sealed,
    id_tail, phone_sealed, phone_tail, phone_key, other_phones_sealed, other_phone_tails,
    other_phone_keys, hukou_region, hukou_text, residence_region, residence_since,
    residence_permit, resident_group, address_sealed, diets, emergency_name,
    emergency_phone_sealed, photo_ref, remark, valid_from, recorded_at, recorded_by
    """

  static func record(_ row: Row) throws -> Record {
    Record(
      name: try row.decode("name"), initials: try row.decode("initials"),
      sex: try row.decode("sex"), birthDate: try row.decode("birth_date"),
      birthDateSource: try row.decode("birth_date_source"), idKind: try row.decode("id_kind"),
      idSealed: try row.decode("id_sealed"), idTail: try row.decode("id_tail"),
      phoneSealed: try row.decode("phone_sealed"), phoneTail: try row.decode("phone_tail"),
      phoneKey: try row.decode("phone_key"),
      otherPhonesSealed: try row.decode("other_phones_sealed"),
      otherPhoneTails: try row.decode("other_phone_tails"),
      otherPhoneKeys: try row.decode("other_phone_keys"),
      hukouRegion: try row.decode("hukou_region"), hukouText: try row.decode("hukou_text"),
      residence: try row.decode("residence_region"),
      residenceSince: try row.decode("residence_since"),
      hasResidencePermit: try row.decode("residence_permit"),
      group: try row.decode("resident_group"),
      addressSealed: try row.decode("address_sealed"), diets: try row.decode("diets"),
      emergencyName: try row.decode("emergency_name"),
      emergencyPhoneSealed: try row.decode("emergency_phone_sealed"),
      photo: try row.decode("photo_ref"), remark: try row.decode("remark"),
      validFrom: try row.decode("valid_from"))
  }

  /// Copies new records in: a roster brings many at once.
  static func insertRecords(
    _ records: [(diner: Diner.ID, number: Int, record: Record)], by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    var rows = CopyRows()
    for (diner, number, record) in records {
      try rows.append(
        diner, Int32(number), record.name, record.initials, record.sex, record.birthDate,
        record.birthDateSource, record.idKind, record.idSealed, record.idTail, record.phoneSealed,
        record.phoneTail, record.phoneKey, record.otherPhonesSealed, record.otherPhoneTails,
        record.otherPhoneKeys, record.hukouRegion, record.hukouText, record.residence,
        record.residenceSince, record.hasResidencePermit, record.group, record.addressSealed,
        record.diets, record.emergencyName, record.emergencyPhoneSealed, record.photo,
        record.remark,
        record.validFrom, by.at, by.by)
    }
    try transaction.copyIn(
      rows,
      into: """
        diner_records (
            diner_id, record_no, name, initials, sex, birth_date, birth_date_source, id_kind,
            id_sealed, id_tail, phone_sealed, phone_tail, phone_key, other_phones_sealed,
            other_phone_tails, other_phone_keys, hukou_region, hukou_text, residence_region,
            residence_since, residence_permit, resident_group, address_sealed, diets,
            emergency_name, emergency_phone_sealed, photo_ref, remark, valid_from, recorded_at,
            recorded_by
        )
        """)
  }

  /// The latest record of some persons and its number.
  static func latestRecords(
    _ diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: (number: Int, record: Record)] {
    guard !diners.isEmpty else { return [:] }
    let rows = try transaction.query(
      """
      select \(fragment: recordColumns)
      from current_diner_records
      where diner_id = any(\(diners)::bigint[])
      """)
    return try Dictionary(
      rows.map { row in
        (try row.decode("diner_id"), (try row.decode("record_no"), try record(row)))
      }, uniquingKeysWith: { first, _ in first })
  }
}
