import CanteenDomain
import CanteenFiles
import CanteenVault

/// What a row of a roster changes in the register, decided from what is known; nothing is written yet.
struct RosterDecision: Sendable {
  var entry: RosterEntry
  /// Nil for a new person.
  var diner: Diner.ID?
  var recordNumber = 1
  var isRecordNew = false
  var entitlements: [DinerStore.StoredEntitlement] = []
  var statuses: [DinerStore.StoredStatus] = []
  var newCards: [String] = []
  var fields: [RosterChange.Field] = []

  var kind: RosterChange.Kind {
    diner == nil ? .created : fields.isEmpty ? .unchanged : .changed
  }

  /// For people, with numbers masked.
  var change: RosterChange {
    RosterChange(line: entry.line, name: entry.name, kind: kind, fields: fields)
  }
}

/// What the register knows of the persons of some rows.
struct RosterKnowledge: Sendable {
  let homeChanges: RosterImport.HomeChanges
  let aliases: DinerAliases
  var holders: [[UInt8]: Diner.ID] = [:]
  var cards: [String: CredentialStore.Holder] = [:]
  var records: [Diner.ID: (number: Int, record: DinerStore.Record)] = [:]
  var entitlements: [Diner.ID: [DinerStore.StoredEntitlement]] = [:]
  var statuses: [Diner.ID: [DinerStore.StoredStatus]] = [:]

  func diner(of entry: RosterEntry) -> Diner.ID? {
    entry.hashes.lazy.compactMap { holders[$0] }.first
  }

  /// Decides one row. A blank cell says nothing, so it never takes away what is known; a category
  /// that the roster leaves out is not ended by it, since rosters are often partial.
  /// - Throws: `RefusedEntry` if the card is another person's, or the number is registered under quite
  ///   another name.
  func decide(_ entry: RosterEntry, vault: Vault) throws -> RosterDecision {
    let diner = diner(of: entry)
    var decision = RosterDecision(entry: entry, diner: diner)
    for card in entry.cards {
      if let holder = cards[card] {
        guard holder.diner == diner else {
          throw RefusedEntry(
            fault: entry.fault(
              "卡号", Sentence(zh: "这张卡已属于另一个人", en: "the card belongs to somebody else"),
              code: "card_of_another"))
        }
      } else {
        decision.newCards.append(card)
        if diner != nil { decision.fields.append(.init("卡号", "card", old: "", new: card)) }
      }
    }
    if let diner, let old = records[diner] {
      try Self.refuseOther(old.record.name, than: entry)
      decision.recordNumber = old.number + 1
      let fields = try Self.differences(old.record, &decision.entry, vault)
      let isAtHome = decision.entry.isAtHome(as: old.record)
      decision.entry.homeFrom = isAtHome ? old.record.validFrom : homeChanges.day
      decision.entry.photo = old.record.photo
      decision.isRecordNew = !fields.isEmpty
      decision.fields += fields
    } else {
      decision.isRecordNew = true
    }
    decideTerms(&decision)
    return decision
  }

  /// The entitlements as the row wants them, and the status, which may end some of them.
  private func decideTerms(_ decision: inout RosterDecision) {
    let records = decision.diner.map { aliases.records(of: [$0]) } ?? []
    let known = records.flatMap { entitlements[$0] ?? [] }
    var wanted = known
    for term in decision.entry.terms {
      if let place = term.place(in: wanted), !term.beginsAnew(after: wanted[place]) {
        wanted[place].take(term)
      } else {
        let diner = decision.diner ?? 0
        var new = DinerStore.StoredEntitlement(
          diner: diner,
          number: (wanted.filter { $0.diner == diner }.map(\.number).max() ?? 0) + 1,
          revision: 0, category: term.category)
        new.take(term)
        wanted.append(new)
      }
    }
    if let departure = decision.entry.departure {
      let change = StatusChange.decide(
        departure, of: decision.diner ?? 0, known: records.flatMap { statuses[$0] ?? [] },
        entitlements: wanted, voice: .list)
      for ended in change.ended {
        for place in wanted.indices where wanted[place].isSame(as: ended) {
          wanted[place].to = ended.to
        }
      }
      decision.statuses = change.status.map { [$0] } ?? []
    }
    for one in wanted { decision.note(one, before: known.first { $0.isSame(as: one) }) }
    if decision.diner != nil, let status = decision.statuses.first {
      let name = status.status.name
      decision.fields.append(.init(name.zh, name.en, old: "", new: status.from.description))
    }
  }

  /// A name that is spelt a little otherwise is taken; quite another one may be another person's, whose
  /// number was typed wrongly, unless the row says that it was the person's before.
  private static func refuseOther(_ registered: String, than entry: RosterEntry) throws {
    guard !NameLikeness.isSimilar(written: entry.name, registered: registered),
      !entry.formerNames.contains(registered.nameWithoutBlanks)
    else { return }
    throw RefusedEntry(
      fault: entry.fault(
        "姓名",
        Sentence(
          zh: "这个证件号登记的是\(registered.maskedName)，表中却是\(entry.name.maskedName)，未导入；"
            + "不是同一人的请核对证件号，确已改名的请加一列“曾用名”写上原来的姓名",
          en: "is \(entry.name.maskedName), and the number is registered for "
            + "\(registered.maskedName): compare the number, or, if it is one person, add a column "
            + "曾用名 with the name before"),
        code: "number_and_name_differ"))
  }

  /// What the row says otherwise than the record, field by field; what the row leaves blank is filled
  /// in from the record.
  private static func differences(
    _ old: DinerStore.Record, _ entry: inout RosterEntry, _ vault: Vault
  ) throws -> [RosterChange.Field] {
    var notes = RosterFieldNotes(vault: vault)
    entry.name = notes.text("姓名", "name", old.name, entry.name)
    if entry.initials != old.initials {
      notes.fields.append(.init("拼音首字母", "initials", old: old.initials, new: entry.initials))
    }
    if entry.sex != old.sex {
      notes.fields.append(.init("性别", "sex", old: old.sex.name.zh, new: entry.sex.name.zh))
    }
    if let birth = entry.birthDate, birth != old.birthDate {
      notes.fields.append(.init("出生日期", "birth date", old: "", new: ""))
    }
    entry.birthDate = entry.birthDate ?? old.birthDate
    entry.hukouText = notes.text("户籍地", "hukou", old.hukouText, entry.hukouText)
    if entry.hukouText == old.hukouText {
      entry.hukou = entry.hukou ?? old.hukouRegion
      if entry.hukou != old.hukouRegion {
        notes.fields.append(
          .init(
            "户籍区划", "hukou region", old: old.hukouRegion?.text ?? "", new: entry.hukou?.text ?? ""))
      }
    }
    if entry.residence != old.residence {
      notes.fields.append(
        .init("居住地", "residence", old: old.residence.text, new: entry.residence.text))
    }
    entry.residenceSince = entry.residenceSince ?? old.residenceSince
    _ = notes.text(
      "常住起始", "residence since", old.residenceSince?.description ?? "",
      entry.residenceSince?.description ?? "")
    let hasPermit = entry.hasResidencePermit ?? old.hasResidencePermit
    if hasPermit != old.hasResidencePermit {
      notes.fields.append(
        .init(
          "居住证", "residence permit", old: old.hasResidencePermit ? "有" : "无",
          new: hasPermit ? "有" : "无"))
    }
    entry.hasResidencePermit = hasPermit
    entry.group = notes.text("居民小组", "resident group", old.group, entry.group)
    let diets = entry.diets.isEmpty ? old.diets : entry.diets
    _ = notes.text("饮食", "diet", old.diets.joined(separator: "、"), diets.joined(separator: "、"))
    entry.diets = diets
    entry.contactName = notes.text(
      "紧急联系人", "emergency contact", old.emergencyName, entry.contactName)
    entry.remark = notes.text("备注", "remark", old.remark, entry.remark)
    entry.phone = try notes.number("电话", "phone", old.phoneSealed, .phone, entry.phone)
    entry.contactPhone = try notes.number(
      "紧急联系电话", "emergency phone", old.emergencyPhoneSealed, .contactPhone,
      entry.contactPhone)
    entry.address = try notes.number("居住地址", "address", old.addressSealed, .address, entry.address)
    let others = try notes.number(
      "其他电话", "other phones", old.otherPhonesSealed, .otherPhones,
      entry.otherPhones.isEmpty ? nil : entry.otherPhones.joined(separator: " "))
    entry.otherPhones = others?.split(separator: " ").map(String.init) ?? []
    return notes.fields
  }
}

/// Compares a row with a record field by field, and keeps what differs.
private struct RosterFieldNotes {
  let vault: Vault
  var fields: [RosterChange.Field] = []

  /// - Returns: what is to be kept: a blank says nothing.
  mutating func text(_ zh: String, _ en: String, _ before: String, _ after: String) -> String {
    guard !after.isEmpty, after != before else { return before }
    fields.append(.init(zh, en, old: before.numbersMasked, new: after.numbersMasked))
    return after
  }

  /// The same for what is sealed; of an address nothing is shown.
  mutating func number(
    _ zh: String, _ en: String, _ sealed: [UInt8]?, _ context: Vault.Context, _ after: String?
  ) throws -> String? {
    var before: String?
    if let sealed { before = try vault.open(sealed, as: context) }
    guard let after, after != before else { return before }
    fields.append(
      .init(zh, en, old: shown(before ?? "", context), new: shown(after, context)))
    return after
  }

  private func shown(_ text: String, _ context: Vault.Context) -> String {
    if text.isEmpty { return "" }
    if context == .address { return "***" }
    return text.split(separator: " ").map { String($0).maskedPhone }.joined(separator: " ")
  }
}

/// One row of a roster against the register.
public struct RosterChange: Sendable, Hashable {
  public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
    case created
    case changed
    case unchanged

    public var name: Sentence {
      switch self {
      case .created: Sentence(zh: "新增", en: "new")
      case .changed: Sentence(zh: "变更", en: "changed")
      case .unchanged: Sentence(zh: "未变", en: "unchanged")
      }
    }
  }

  /// One field: what it said and what it says; numbers masked, a birth date not at all.
  public struct Field: Sendable, Hashable {
    public var name: Sentence
    public var old: String
    public var new: String

    init(_ zh: String, _ en: String, old: String, new: String) {
      name = Sentence(zh: zh, en: en)
      self.old = old
      self.new = new
    }
  }

  public var line: Int
  public var name: String
  public var kind: Kind
  public var fields: [Field]
}

extension RosterEntry {
  /// Whether hukou, residence and permit are those of a record.
  fileprivate func isAtHome(as record: DinerStore.Record) -> Bool {
    hukou == record.hukouRegion && residence == record.residence
      && hasResidencePermit ?? false == record.hasResidencePermit
  }
}

extension RosterDecision {
  /// Takes an entitlement that is new or otherwise than before.
  fileprivate mutating func note(
    _ one: DinerStore.StoredEntitlement, before: DinerStore.StoredEntitlement?
  ) {
    guard one != before else { return }
    var next = one
    next.revision += 1
    entitlements.append(next)
    guard diner != nil else { return }
    let title = one.category.name
    fields.append(.init(title.zh, title.en, old: before?.words ?? "", new: one.words))
  }
}

extension RosterRow.Term {
  /// The one that the row speaks of: of the same first day, else the one that lasts, else the last.
  fileprivate func place(in known: [DinerStore.StoredEntitlement]) -> Int? {
    let alike = known.indices.filter { known[$0].category == category }
    return alike.first { from != nil && known[$0].from == from }
      ?? alike.first { known[$0].to == nil } ?? alike.last
  }

  /// Whether it is a new term of a category whose last term is over.
  fileprivate func beginsAnew(after term: DinerStore.StoredEntitlement) -> Bool {
    guard let from, let end = term.to else { return false }
    return from > end
  }
}

extension DinerStore.StoredEntitlement {
  fileprivate func isSame(as other: DinerStore.StoredEntitlement) -> Bool {
    diner == other.diner && number == other.number
  }

  /// What the row leaves blank stays.
  fileprivate mutating func take(_ term: RosterRow.Term) {
    careLevel = term.careLevel?.rawValue ?? careLevel
    disabilityGrade = term.disabilityGrade ?? disabilityGrade
    from = term.from ?? from
    to = term.to ?? to
    evidence = term.evidence ?? evidence
  }

  fileprivate var words: String {
    [
      careLevel.flatMap { CareLevel(named: $0)?.name.zh ?? $0 } ?? "",
      disabilityGrade.map { "残疾\($0)级" } ?? "",
      "\(from?.description ?? "")–\(to?.description ?? "")", evidence,
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
