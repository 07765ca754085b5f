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
    /// Only in a full export.
    public var birthDate: Day?
    public var hukou: String
    public var residence: String
    public var group: String
    public var categories: String
    public var categoriesFrom: String
    public var careLevel: String
    public var evidence: String
    public var contactName: String
    public var contactPhone: String
    public var cards: String
    public var status: String
    public var remark: String
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
    let entitlements = try DinerStore.storedEntitlements(all, transaction)
    func shown(_ sealed: [UInt8]?, _ context: Vault.Context, _ mask: (String) -> String) throws
      -> String
    {
      guard let sealed else { return "" }
      let number = try vault.open(sealed, as: context)
      return full ? number : mask(number)
    }
    return try ids.compactMap { id in
      guard let record = records[id]?.record, let summary = summaries[id] else { return nil }
      let holding = aliases.records(of: [id]).flatMap { entitlements[$0] ?? [] }
        .filter { summary.categories.contains($0.category) }
      let community = regions.community(of: record.residence)
      let place = regions.regions[record.residence]
      return Person(
        name: record.name, sex: record.sex, age: summary.age,
        idNumber: try shown(record.idSealed, .idNumber, \.maskedButTwo),
        phone: try shown(record.phoneSealed, .phone, \.maskedPhone),
        birthDate: full ? record.birthDate : nil,
        hukou: record.hukouRegion.flatMap { regions.regions[$0]?.name } ?? record.hukouText,
        residence: community?.name ?? place?.name ?? "",
        group: place?.level == .group ? place?.name ?? "" : record.group,
        categories: summary.categories.map(\.name.zh).joined(separator: "、"),
        categoriesFrom: holding.compactMap { $0.from?.description }.joined(separator: "、"),
        careLevel: holding.compactMap { $0.careLevel.flatMap { CareLevel(named: $0)?.name.zh } }
          .first ?? "",
        evidence: holding.map(\.evidence).filter { !$0.isEmpty }.joined(separator: "、"),
        contactName: record.emergencyName,
        contactPhone: try shown(record.emergencyPhoneSealed, .contactPhone, \.maskedPhone),
        cards: summary.cards.joined(separator: "、"), status: summary.status?.name.zh ?? "",
        remark: record.remark)
    }
  }

  /// A line of the 变动表.
  public struct Change: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
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
