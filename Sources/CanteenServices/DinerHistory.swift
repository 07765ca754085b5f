import CanteenDomain
import CanteenVault
import Postgres

import struct CanteenFiles.RosterRow

/// What the register says of one person, fact by fact: as of a day, as it was known at a moment.
public struct DinerHistory: Sendable, Hashable {
  /// One fact with its two times.
  public struct Fact: Sendable, Hashable {
    /// What sort of fact it is.
    public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
      case person
      case entitlement
      case step
      case status
      case credential
      case proxy
      case merge

      public var name: Sentence {
        switch self {
        case .person: Sentence(zh: "本人", en: "person")
        case .entitlement: Sentence(zh: "资格", en: "entitlement")
        case .step: Sentence(zh: "审批", en: "step")
        case .status: Sentence(zh: "状态", en: "status")
        case .credential: Sentence(zh: "凭证", en: "credential")
        case .proxy: Sentence(zh: "代领", en: "proxy")
        case .merge: Sentence(zh: "并档", en: "merge")
        }
      }
    }

    public var kind: Kind
    /// What the fact is about, which never changes with the language; such as `birth_date_source`, or
    /// the code of a status.
    public var code: String
    public var title: Sentence
    /// Numbers masked.
    public var value: String
    /// What people read for a value that is a code.
    public var valueName: Sentence?
    public var from: Day?
    public var to: Day?
    /// Whether it holds on the day that was asked for.
    public var holds: Bool
    public var recordedAt: Instant
    public var recordedBy: String
  }

  public var id: Diner.ID
  public var name: String
  public var facts: [Fact]
}

extension DinerService {
  /// What is known of a person.
  /// - Parameters:
  ///   - day: the day that is asked about.
  ///   - moment: what was recorded later does not count.
  /// - Throws: `DinerRefusal.notFound`, also for a person who was not registered by then.
  public func history(
    of id: Diner.ID, asOf day: Day, knownAt moment: Instant
  ) async throws -> DinerHistory {
    let regions = try await RegionService(database).tree()
    let vault = vault
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      let reader = DinerHistoryReader(
        id: id, day: day, moment: moment, vault: vault, regions: regions)
      return try reader.read($0)
    }
  }
}

/// Reads each kind of fact as it was known.
private struct DinerHistoryReader {
  let id: Diner.ID
  let day: Day
  let moment: Instant
  let vault: Vault
  let regions: RegionTree

  func read(_ transaction: borrowing Transaction) throws -> DinerHistory {
    let merges = try merges(transaction)
    let ids = [id] + merges.map(\.id)
    guard let record = try record(transaction) else { throw DinerRefusal.notFound }
    let facts =
      record.facts + (try entitlements(ids, transaction)) + (try statuses(ids, transaction))
      + (try credentials(ids, transaction)) + (try proxies(ids, transaction))
      + merges.map(\.fact)
    return DinerHistory(id: id, name: record.name, facts: facts)
  }

  private func fact(
    _ kind: DinerHistory.Fact.Kind, _ code: String, _ title: Sentence, _ value: String,
    named valueName: Sentence? = nil, from: Day? = nil, to: Day? = nil, holds: Bool = true,
    _ row: Row, at: String = "recorded_at",
    by: String = "recorded_by"
  ) throws -> DinerHistory.Fact {
    DinerHistory.Fact(
      kind: kind, code: code, title: title, value: value, valueName: valueName, from: from, to: to,
      holds: holds, recordedAt: try row.decode(at), recordedBy: try row.decode(by))
  }

  private func record(
    _ transaction: borrowing Transaction
  ) throws -> (name: String, facts: [DinerHistory.Fact])? {
    let rows = try transaction.query(
      """
      select \(fragment: DinerStore.recordColumns)
      from diner_records
      where diner_id = \(id)
          and recorded_at <= \(moment)::timestamptz
          and (valid_from is null or valid_from <= \(day)::date)
      order by record_no desc
      limit 1
      """)
    guard let row = rows.first else { return nil }
    let record = try DinerStore.record(row)
    let number = try record.idSealed.map { try vault.open($0, as: .idNumber).maskedNumber }
    let phone = try record.phoneSealed.map { try vault.open($0, as: .phone).maskedPhone }
    let age = record.birthDate.map { AttainRule.birthday.age(born: $0, on: day) }
    let hukou = record.hukouRegion.map { regions.names(to: $0).joined() } ?? record.hukouText
    let words = [
      "sex": record.sex.name,
      "birth_date_source": RosterRow.BirthDateSource(rawValue: record.birthDateSource)?.name,
      "diet": record.diets.isEmpty
        ? nil
        : Sentence(
          zh: record.diets.map(DietClash.words).joined(separator: "、"),
          en: record.diets.joined(separator: ", ")),
      "document": IdentityDocument.Kind(rawValue: record.idKind)?.name,
    ]
    let values: [(code: String, zh: String, en: String, value: String)] = [
      ("name", "姓名", "name", record.name), ("sex", "性别", "sex", record.sex.rawValue),
      ("age", "周岁", "age", age.map(String.init) ?? ""),
      ("birth_date_source", "出生日期来源", "birth date from", record.birthDateSource),
      ("document", "证件类型", "document", record.idKind),
      ("id_number", "证件号", "ID number", number ?? ""), ("phone", "电话", "phone", phone ?? ""),
      ("hukou", "户籍", "hukou", hukou),
      (
        "residence", "居住地", "lives in",
        regions.names(to: record.residence).joined() + record.group
      ),
      ("address", "居住地址", "address", record.addressSealed == nil ? "" : "***"),
      ("diet", "饮食", "diet", record.diets.joined(separator: ",")),
      ("emergency_contact", "紧急联系人", "emergency contact", record.emergencyName.numbersMasked),
      ("photo", "照片", "photo", record.photo),
      ("remark", "备注", "remark", record.remark.numbersMasked),
    ]
    let facts = try values.filter { !$0.value.isEmpty }.map {
      try fact(
        .person, $0.code, Sentence(zh: $0.zh, en: $0.en), $0.value, named: words[$0.code] ?? nil,
        from: record.validFrom, row)
    }
    return (record.name, facts)
  }

  private func holds(_ from: Day?, _ to: Day?) -> Bool {
    DaySpan(from: from ?? day, to: to).contains(day)
  }

  private func entitlements(
    _ ids: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [DinerHistory.Fact] {
    let steps = try transaction.query(
      """
      select diner_id, entitlement_no, step, taken_at, taken_by, note
      from entitlement_steps
      where diner_id = any(\(ids)::bigint[]) and taken_at <= \(moment)::timestamptz
      order by diner_id, entitlement_no, step_no
      """)
    var taken: [String: [Row]] = [:]
    for row in steps {
      let key =
        "\(try row.decode("diner_id", as: Diner.ID.self))/\(try row.decode("entitlement_no", as: Int.self))"
      taken[key, default: []].append(row)
    }
    let rows = try transaction.query(
      """
      select distinct on (diner_id, entitlement_no)
          diner_id, entitlement_no, revision, category, care_level, disability_grade, valid_from,
          valid_to, source, evidence, renew_by, recorded_at, recorded_by
      from entitlements
      where diner_id = any(\(ids)::bigint[]) and recorded_at <= \(moment)::timestamptz
      order by diner_id, entitlement_no, revision desc
      """)
    return try rows.flatMap { row -> [DinerHistory.Fact] in
      let one = try DinerStore.storedEntitlement(row)
      let mine = taken["\(one.diner)/\(one.number)"] ?? []
      let isActive =
        try one.source == .approvedRoster
        || mine.contains { try $0.decode("step", as: ApprovalStep.self) == .active }
      var details: [(code: String, name: Sentence)] = []
      if let level = one.careLevel {
        details.append((level, CareLevel(named: level)?.name ?? Sentence(zh: level, en: level)))
      }
      if let grade = one.disabilityGrade {
        let name = Sentence(zh: "残疾\(grade)级", en: "disability grade \(grade)")
        details.append(("grade \(grade)", name))
      }
      if !one.evidence.isEmpty {
        details.append((one.evidence, Sentence(zh: one.evidence, en: one.evidence)))
      }
      if let day = one.renewBy {
        let name = Sentence(zh: "复核 \(day)", en: "to be renewed by \(day)")
        details.append(("renew_by \(day)", name))
      }
      let name = Sentence(
        zh: details.map(\.name.zh).joined(separator: " "),
        en: details.map(\.name.en).joined(separator: " "))
      let head = try fact(
        .entitlement, one.category.rawValue, one.category.name,
        details.map(\.code).joined(separator: " "), named: name, from: one.from, to: one.to,
        holds: isActive && holds(one.from, one.to), row)
      return try [head]
        + mine.map { step in
          let taken: ApprovalStep = try step.decode("step")
          let note: String = try step.decode("note")
          func told(_ category: String) -> String {
            note.isEmpty ? category : "\(category) \(note)"
          }
          let name = one.category.name
          return try fact(
            .step, taken.rawValue, taken.name, told(one.category.rawValue),
            named: Sentence(zh: told(name.zh), en: told(name.en)), step, at: "taken_at",
            by: "taken_by")
        }
    }
  }

  private func statuses(
    _ ids: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [DinerHistory.Fact] {
    try transaction.query(
      """
      select distinct on (diner_id, status_no)
          diner_id, status_no, revision, status, valid_from, valid_to, reason, recorded_at,
          recorded_by
      from diner_statuses
      where diner_id = any(\(ids)::bigint[]) and recorded_at <= \(moment)::timestamptz
      order by diner_id, status_no, revision desc
      """
    ).map { row in
      let one = try DinerStore.storedStatus(row)
      return try fact(
        .status, one.status.rawValue, one.status.name, one.reason, from: one.from, to: one.to,
        holds: holds(one.from, one.to), row)
    }
  }

  private func credentials(
    _ ids: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [DinerHistory.Fact] {
    let rows = try transaction.query(
      """
      select c.card_no, c.kind, c.number_sealed, c.issued_at, c.issued_by, e.event,
          e.happened_at, e.recorded_at, e.recorded_by
      from cards as c
      left join card_events as e
          on e.card_no = c.card_no and e.recorded_at <= \(moment)::timestamptz
      where c.diner_id = any(\(ids)::bigint[]) and c.issued_at <= \(moment)::timestamptz
      order by c.issued_at, c.card_no, e.event_no
      """)
    var facts: [DinerHistory.Fact] = []
    var last: String?
    for row in rows {
      let key: String = try row.decode("card_no")
      let kind: Credential.Kind = try row.decode("kind")
      let sealed: [UInt8]? = try row.decode("number_sealed")
      let shown = try sealed.map { try vault.open($0, as: .credential).maskedNumber } ?? key
      if key != last {
        facts.append(
          try fact(
            .credential, kind.rawValue, kind.name, shown, row, at: "issued_at",
            by: "issued_by"))
        last = key
      }
      if let event: Credential.Event = try row.decode("event") {
        facts[facts.lastIndex { $0.value == shown } ?? facts.count - 1].holds = event.isGood
        facts.append(try fact(.credential, event.rawValue, event.name, shown, row))
      }
    }
    return facts
  }

  private func proxies(
    _ ids: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [DinerHistory.Fact] {
    try transaction.query(
      """
      select distinct on (diner_id, proxy_no)
          name, relation, valid_from, valid_to, recorded_at, recorded_by
      from proxies
      where diner_id = any(\(ids)::bigint[]) and recorded_at <= \(moment)::timestamptz
      order by diner_id, proxy_no, revision desc
      """
    ).map { row in
      let (from, to): (Day, Day?) = (try row.decode("valid_from"), try row.decode("valid_to"))
      let value =
        "\(try row.decode("name", as: String.self)) \(try row.decode("relation", as: String.self))"
      return try fact(
        .proxy, "proxy", Sentence(zh: "代领人", en: "proxy"), value, from: from, to: to,
        holds: holds(from, to), row)
    }
  }

  private func merges(
    _ transaction: borrowing Transaction
  ) throws -> [(id: Diner.ID, fact: DinerHistory.Fact)] {
    try transaction.query(
      """
      select diner_id, into_diner_id, merged_at, merged_by, reason
      from (
          select distinct on (diner_id) *
          from diner_aliases
          where merged_at <= \(moment)::timestamptz
          order by diner_id, revision desc
      ) as latest
      where into_diner_id = \(id) and diner_id <> \(id)
      order by diner_id
      """
    ).map { row in
      let other: Diner.ID = try row.decode("diner_id")
      let reason: String = try row.decode("reason")
      return (
        other,
        try fact(
          .merge, "merged_record", Sentence(zh: "并入的登记", en: "merged record"),
          "#\(other) \(reason)", row, at: "merged_at", by: "merged_by")
      )
    }
  }
}
