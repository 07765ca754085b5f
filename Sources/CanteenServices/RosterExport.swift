import CanteenDomain
import CanteenVault
import Postgres

/// 花名册 and 变动表 as they leave the office.
public struct RosterExport: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// A person of the 花名册. Masked: two characters of the number, no birth date, and the address left
  /// out; so nothing in it rebuilds a number.
  public struct Person: Sendable, Hashable {
    public var name: String
    public var sex: Sex
    public var age: Int?
    /// In clear only in a full export.
    public var idNumber: String
    public var phone: String
    public var hukou: String
    public var residence: String
    public var group: String
    /// One for each category that holds or is to begin.
    public var terms: [Term]
    public var contactName: String
    public var contactPhone: String
    public var cards: String
    /// What takes the person out of the scheme on the day, or else will next.
    public var status: Departure?
    public var remark: String
    /// What else a full export says, so that it can be imported again.
    public var rest: Rest?
  }

  /// A category with its term.
  public struct Term: Sendable, Hashable {
    public var category: Category
    public var from: Day?
    public var to: Day?
    /// In Chinese; empty without one.
    public var careLevel: String
    public var disabilityGrade: Int?
    public var evidence: String
  }

  /// What only a full export says of a person.
  public struct Rest: Sendable, Hashable {
    public var documentKind: IdentityDocument.Kind?
    public var birthDate: Day?
    /// 网格.
    public var grid: String
    public var address: String
    public var residenceSince: Day?
    public var hasResidencePermit: Bool
    public var diets: String
  }

  /// Everybody who is registered, by residence and name.
  public func roster(on day: Day, full: Bool) async throws -> [Person] {
    let regions = try await RegionService(database).tree()
    let vault = vault
    return try await database.transaction(
      isolation: .repeatableRead, readOnly: true
    ) { transaction in
      let aliases = try DinerAliases.read(transaction)
      let ids = try RosterExportStore.everybody(transaction).filter { aliases.person(of: $0) == $0 }
      return try stride(from: 0, to: ids.count, by: 5000).flatMap { start in
        try Self.persons(
          Array(ids[start..<min(start + 5000, ids.count)]), on: day, full: full, vault: vault,
          regions: regions, aliases, transaction)
      }
    }
  }

  private static func persons(
    _ ids: [Diner.ID], on day: Day, full: Bool, vault: Vault, regions: RegionTree,
    _ aliases: DinerAliases, _ transaction: borrowing Transaction
  ) throws -> [Person] {
    let all = aliases.records(of: ids)
    let summaries = try Dictionary(
      DinerService.summaries(
        ids, on: day, vault: vault, regions: regions, aliases, transaction
      ).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let records = try DinerStore.latestRecords(ids, transaction)
    let entitlements = try DinerStore.storedEntitlements(all, activeOnly: true, transaction)
    let statuses = try DinerStore.storedStatuses(all, transaction)
    let cards = try CredentialStore.credentials(of: all, vault: nil, transaction)
    func opened(_ sealed: [UInt8]?, _ context: Vault.Context) throws -> String {
      try sealed.map { try vault.open($0, as: context) } ?? ""
    }
    return try ids.compactMap { id in
      guard let record = records[id]?.record, let summary = summaries[id] else { return nil }
      let mine = aliases.records(of: [id])
      let place = regions.regions[record.residence]
      let isGroup = place?.level == .group
      let number = try opened(record.idSealed, .idNumber)
      let phone = try opened(record.phoneSealed, .phone)
      let contact = try opened(record.emergencyPhoneSealed, .contactPhone)
      let others = try opened(record.otherPhonesSealed, .otherPhones).split(separator: " ")
      var person = Person(
        name: record.name, sex: record.sex, age: summary.age, idNumber: number.maskedButTwo,
        phone: phone.isEmpty ? "" : phone.maskedPhone,
        hukou: record.hukouRegion.flatMap { regions.regions[$0]?.name } ?? record.hukouText,
        residence: regions.community(of: record.residence)?.name ?? place?.name ?? "",
        group: isGroup ? place?.name ?? "" : record.group,
        terms: terms(mine.flatMap { entitlements[$0] ?? [] }, on: day),
        contactName: record.emergencyName.numbersMasked,
        contactPhone: contact.isEmpty ? "" : contact.maskedPhone,
        cards: summary.cards.joined(separator: "、"),
        status: departure(mine.flatMap { statuses[$0] ?? [] }, on: day),
        remark: record.remark.numbersMasked)
      guard full else { return person }
      person.idNumber = number
      person.phone = ([phone] + others.map(String.init)).joined(separator: "、")
      person.contactPhone = contact
      person.contactName = record.emergencyName
      person.remark = record.remark
      person.hukou = record.hukouText.isEmpty ? person.hukou : record.hukouText
      person.residence = regions.unmistakableName(
        of: regions.community(of: record.residence)?.code ?? record.residence)
      person.group = isGroup ? person.group : ""
      // Of other kinds only the last characters are shown, which are no number to be imported.
      person.cards = mine.flatMap { cards[$0] ?? [] }.map(\.credential)
        .filter { $0.kind.isOffices && $0.isGood }.map(\.shown).joined(separator: "、")
      person.rest = Rest(
        documentKind: IdentityDocument.Kind(rawValue: record.idKind), birthDate: record.birthDate,
        grid: record.group, address: try opened(record.addressSealed, .address),
        residenceSince: record.residenceSince, hasResidencePermit: record.hasResidencePermit,
        diets: record.diets.map(DietClash.words).joined(separator: "、"))
      return person
    }
  }

  /// One term a category: the one that holds, or else the next.
  private static func terms(
    _ entitlements: [DinerStore.StoredEntitlement], on day: Day
  ) -> [Term] {
    var seen: Set<Category> = []
    return entitlements.filter { $0.to.map { $0 >= day } ?? true }
      .sorted { ($0.category, $0.from ?? day) < ($1.category, $1.from ?? day) }
      .filter { seen.insert($0.category).inserted }
      .map {
        Term(
          category: $0.category, from: $0.from, to: $0.to,
          careLevel: $0.careLevel.map { CareLevel(named: $0)?.name.zh ?? $0 } ?? "",
          disabilityGrade: $0.disabilityGrade, evidence: $0.evidence)
      }
  }

  /// A death that was ended was taken back.
  private static func departure(
    _ statuses: [DinerStore.StoredStatus], on day: Day
  ) -> Departure? {
    let standing = statuses.filter {
      ($0.to.map { $0 >= day } ?? true) && ($0.status != .deceased || $0.to == nil)
    }
    let one =
      standing.last { $0.from <= day } ?? standing.min { $0.from < $1.from }
    return one.map { Departure(status: $0.status, day: $0.from, to: $0.to, reason: $0.reason) }
  }

  /// A line of the 变动表.
  public struct Change: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
      case registered
      case record
      case entitlementBegan = "entitlement_began"
      case entitlementChanged = "entitlement_changed"
      case entitlementEnded = "entitlement_ended"
      case status
      case merged
      /// A merge that was undone.
      case separated

      public var name: Sentence {
        switch self {
        case .registered: Sentence(zh: "新增登记", en: "registered")
        case .record: Sentence(zh: "信息变更", en: "record changed")
        case .entitlementBegan: Sentence(zh: "新增资格", en: "entitlement began")
        case .entitlementChanged: Sentence(zh: "资格变更", en: "entitlement changed")
        case .entitlementEnded: Sentence(zh: "资格终止", en: "entitlement ended")
        case .status: Sentence(zh: "状态变更", en: "status")
        case .merged: Sentence(zh: "并档", en: "merged")
        case .separated: Sentence(zh: "撤销并档", en: "separated")
        }
      }
    }

    public var kind: Kind
    public var diner: Diner.ID
    public var name: String
    /// Masked.
    public var idNumber: String
    /// What the change is about, such as a category or a status.
    public var detail: Sentence
    /// Its code, which never changes with the language; the text itself where it has none.
    public var detailCode: String
    /// From when it holds; nil where no day was given.
    public var effective: Day?
    public var recordedAt: Instant
    public var recordedBy: String
  }

  /// What was recorded from one day to another, in the order of recording.
  public func changes(from: Day, to: Day, calendar: CanteenCalendar) async throws -> [Change] {
    let vault = vault
    let midnight = TimeOfDay(seconds: 0)
    guard let midnight else { preconditionFailure("a day begins at midnight") }
    let (start, end) = (calendar.instant(from, midnight), calendar.instant(to + 1, midnight))
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      try RosterExportStore.changes(from: start, to: end, vault: vault, $0)
    }
  }

  /// Records that a file left the office; a full export needs the right and a reason.
  /// - Throws: `DinerRefusal.notAllowed`, `.reasonMissing`; then nothing may be handed out.
  public func record(
    _ kind: String, persons: Int, full: Bool, reason: String, sha256: Seal, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      if full { try RightStore.checkMayExport(by, reason: reason, transaction) }
      try RosterExportStore.insert(
        kind, persons: persons, full: full, reason: reason, sha256: sha256, by: by, transaction)
    }
  }

  /// Says beforehand whether a full export is allowed.
  /// - Throws: `DinerRefusal.notAllowed`, `.reasonMissing`.
  public func checkMayExport(_ by: Attribution, reason: String) async throws {
    try await database.transaction(readOnly: true) {
      try RightStore.checkMayExport(by, reason: reason, $0)
    }
  }
}
