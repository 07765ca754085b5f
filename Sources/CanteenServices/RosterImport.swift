import CanteenDomain
import CanteenFiles
import CanteenVault
import Postgres

/// 花名册: brings the rows of a roster into the register, new persons and changed ones.
public struct RosterImport: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// What became of a roster.
  public struct Outcome: Sendable, Hashable {
    public var added = 0
    public var changed = 0
    public var unchanged = 0
    /// Rows that were not taken, each with where and why.
    public var refused: [RowFault] = []
    /// Rows that say again what an earlier row said.
    public var duplicates: [RowFault] = []
    /// Rows that were taken and should be looked at.
    public var warnings: [RowFault] = []
  }

  /// How many persons one transaction registers.
  private static let rowsAtOnce = 500

  /// Registers persons in batches, each in a transaction of its own: interrupted and run again it ends
  /// where one whole run ends, and a second run changes nothing.
  public func run(
    _ readings: [RowReading<RosterRow>], fileName: String, by: Attribution,
    report: Progress.Report = { _ in }
  ) async throws -> Outcome {
    let regions = try await RegionService(database).tree()
    var outcome = Outcome()
    var people: [Person] = []
    for reading in readings {
      outcome.refused += reading.faults
      outcome.warnings += reading.warnings
      if let duplicate = reading.duplicate { outcome.duplicates.append(duplicate) }
      guard let row = reading.value else { continue }
      switch place(row, in: regions, fileName: fileName) {
      case .success(let person):
        outcome.warnings += person.warnings
        people.append(person)
      case .failure(let refused): outcome.refused.append(refused.fault)
      }
    }
    for start in stride(from: 0, to: people.count, by: Self.rowsAtOnce) {
      let batch = Array(people[start..<min(start + Self.rowsAtOnce, people.count)])
      let done = try await database.transaction { try register(batch, by: by, $0) }
      outcome.added += done.added
      outcome.changed += done.changed
      outcome.unchanged += done.unchanged
      outcome.refused += done.refused
      report(Progress(done: start + batch.count, total: people.count))
    }
    return outcome
  }

  // MARK: - A row finds its place

  /// A row with the regions that it names.
  private struct Person: Sendable {
    var row: RosterRow
    var residence: Region.Code
    var hukou: Region.Code?
    var hash: [UInt8]
    var fileName: String
    var warnings: [RowFault] = []

    func fault(_ column: String?, _ reason: Sentence) -> RowFault {
      RowFault(
        address: CellAddress(file: fileName, line: row.line, column: column), reason: reason)
    }
  }

  private struct RefusedRow: Error { var fault: RowFault }

  private func place(
    _ row: RosterRow, in regions: RegionTree, fileName: String
  ) -> Result<Person, RefusedRow> {
    var person = Person(
      row: row, residence: Region.Code(""), hukou: nil,
      hash: vault.lookupHash(row.document.number ?? "", as: .idNumber), fileName: fileName)
    guard row.document.kind == .residentID else {
      return .failure(
        RefusedRow(
          fault: person.fault(
            "身份证号",
            Sentence(
              zh: "是\(row.document.kind.name.zh)，目前只登记居民身份证",
              en: "is a \(row.document.kind.name.en); only resident IDs are registered so far"))))
    }
    guard let name = row.community, let community = regions.region(named: name) else {
      let reason =
        row.community.map {
          Sentence(
            zh: "没有登记的社区“\($0)”，请先用 canteen region add 添加",
            en: "there is no community \($0); add it with canteen region add")
        } ?? Sentence(zh: "不能为空", en: "must not be blank")
      return .failure(RefusedRow(fault: person.fault("居住社区", reason)))
    }
    person.residence = community.code
    if let name = row.group {
      if let group = regions.region(named: name, below: community.code) {
        person.residence = group.code
      } else {
        person.warnings.append(
          person.fault(
            "居民小组",
            Sentence(
              zh: "“\(name)”不在 \(community.name) 的居民小组中，只登记到社区",
              en:
                "\(name) is not a resident group of \(community.name); registered in the community")
          ))
      }
    }
    person.hukou = row.hukou.flatMap { regions.region(named: $0)?.code }
    return .success(person)
  }

  // MARK: - One batch

  private func register(
    _ people: [Person], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Outcome {
    var outcome = Outcome()
    let known = try DinerStore.holders(ofNumbers: people.map(\.hash), transaction)
    let cards = try DinerStore.holders(
      ofCards: transaction.query(DinerStore.holders(ofCards: people.compactMap(\.row.card))))
    let accepted = people.filter { person in
      guard let card = person.row.card, let holder = cards[card], holder != known[person.hash]
      else { return true }
      outcome.refused.append(
        person.fault("卡号", Sentence(zh: "这张卡已属于另一个人", en: "the card belongs to somebody else")))
      return false
    }
    let new = accepted.filter { known[$0.hash] == nil }
    let ids = try DinerStore.makeDiners(new.count, at: by.at, transaction)
    var holders = known
    for (person, id) in zip(new, ids) { holders[person.hash] = id }
    try DinerStore.insertIdentities(zip(new, ids).map { ($0.hash, $1) }, transaction)
    try DinerStore.insertCards(
      accepted.compactMap { person in
        guard let card = person.row.card, cards[card] == nil, let id = holders[person.hash]
        else { return nil }
        return (card, id)
      }, at: by.at, transaction)
    let changed = try write(accepted, holders: holders, by: by, transaction)
    outcome.added = new.count
    outcome.changed = changed.subtracting(ids).count
    outcome.unchanged = accepted.count - outcome.added - outcome.changed
    return outcome
  }

  /// Adds the records and entitlements that say something new.
  /// - Returns: the persons about whom something was written.
  private func write(
    _ people: [Person], holders: [[UInt8]: Diner.ID], by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Set<Diner.ID> {
    let ids = people.compactMap { holders[$0.hash] }
    let latest = try DinerStore.latestRecords(ids, transaction)
    let entitlements = try DinerStore.storedEntitlements(ids, transaction)
    var records: [(diner: Diner.ID, number: Int, record: DinerStore.Record)] = []
    var newEntitlements: [DinerStore.StoredEntitlement] = []
    for person in people {
      guard let id = holders[person.hash] else { continue }
      let old = latest[id]
      if try old.map({ try !says($0.record, the: person) }) ?? true {
        records.append((id, (old?.number ?? 0) + 1, try record(of: person)))
      }
      newEntitlements += changes(of: person, id, known: entitlements[id] ?? [])
    }
    try DinerStore.insertRecords(records, by: by, transaction)
    try DinerStore.insertEntitlements(newEntitlements, by: by, transaction)
    return Set(records.map(\.diner)).union(newEntitlements.map(\.diner))
  }

  private func record(of person: Person) throws -> DinerStore.Record {
    let row = person.row
    return DinerStore.Record(
      name: row.name, sex: row.sex, birthDate: row.birthDate,
      birthDateSource: row.birthDateSource?.rawValue ?? "", idKind: row.document.kind.rawValue,
      idSealed: try row.document.number.map { try vault.seal($0, as: .idNumber) },
      phoneSealed: try row.phone.map { try vault.seal($0, as: .phone) },
      hukouRegion: person.hukou, hukouText: row.hukou ?? "", residence: person.residence,
      diets: row.diets.map { $0.code?.rawValue ?? $0.text }, emergencyName: row.contactName ?? "",
      emergencyPhoneSealed: try row.contactPhone.map { try vault.seal($0, as: .contactPhone) },
      remark: row.remark ?? "")
  }

  /// Whether a stored record already says what the row says; sealed numbers are opened to compare.
  private func says(_ old: DinerStore.Record, the person: Person) throws -> Bool {
    let row = person.row
    let phone = try old.phoneSealed.map { try vault.open($0, as: .phone) }
    let contactPhone = try old.emergencyPhoneSealed.map { try vault.open($0, as: .contactPhone) }
    return old.name == row.name && old.sex == row.sex && old.birthDate == row.birthDate
      && old.hukouRegion == person.hukou && old.hukouText == row.hukou ?? ""
      && old.residence == person.residence
      && old.diets == row.diets.map { $0.code?.rawValue ?? $0.text }
      && old.emergencyName == row.contactName ?? "" && old.remark == row.remark ?? ""
      && phone == row.phone && contactPhone == row.contactPhone
  }

  /// A roster names the categories that hold; one that it leaves out is not ended by it, since rosters
  /// are often partial.
  private func changes(
    of person: Person, _ id: Diner.ID, known: [DinerStore.StoredEntitlement]
  ) -> [DinerStore.StoredEntitlement] {
    var next = (known.map(\.number).max() ?? 0) + 1
    return person.row.categories.compactMap { category in
      let careLevel = person.row.careLevel?.rawValue
      let from = person.row.categoryStart
      guard let old = known.first(where: { $0.category == category }) else {
        defer { next += 1 }
        return DinerStore.StoredEntitlement(
          diner: id, number: next, revision: 1, category: category, careLevel: careLevel,
          from: from)
      }
      guard old.careLevel != careLevel || old.from != from else { return nil }
      return DinerStore.StoredEntitlement(
        diner: id, number: old.number, revision: old.revision + 1, category: category,
        careLevel: careLevel, from: from, to: old.to)
    }
  }
}
