import CanteenDomain
import CanteenVault
import Postgres

/// 登记册: finds and shows persons.
public struct DinerService: Sendable {
  let database: Database
  let vault: Vault

  /// - Parameter vault: finds persons by their numbers, and opens these to show their masked form.
  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// A person as a list shows them: nothing that names them but the name.
  public struct Summary: Sendable, Hashable {
    public var id: Diner.ID
    public var name: String
    public var sex: Sex
    /// 周岁 on the day that was asked for; nil without a birth date.
    public var age: Int?
    /// Masked.
    public var idNumber: String
    /// Masked.
    public var phone: String
    public var cards: [String]
    public var residence: [String]
    public var residenceCode: Region.Code
    /// Those that hold on the day.
    public var categories: [Category]
    /// What takes the person out of the scheme on the day; nil while active.
    public var status: Diner.Status?
  }

  /// Whether a text is a whole number of a person, which must not stand among a command's arguments.
  public static func isNumberOfPerson(_ text: String) -> Bool {
    DinerSearch.isNumberOfPerson(text)
  }

  /// Persons whom any key names: card, QR, full ID number, the last four of ID or phone, phone,
  /// register number (`#12`), the beginning of the name or of its pinyin initials.
  /// - Parameter group: 居民小组 or any region by name or code: only who lives there.
  /// - Throws: `DinerRefusal.blank`, `.unknownRegion`.
  public func find(
    _ key: String, in group: String? = nil, on day: Day, limit: Int
  ) async throws -> [Summary] {
    let regions = try await RegionService(database).tree()
    let codes = try group.map { try Self.codes(of: $0, in: regions) }
    let search = DinerSearch(key, vault: vault, regions: codes, limit: limit)
    guard !search.text.isEmpty else { throw DinerRefusal.blank }
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let aliases = try DinerAliases.read(transaction)
      let ids = try Self.ids(search, limit: limit, aliases, transaction)
      let found = try Self.summaries(
        ids, on: day, vault: vault, regions: regions, aliases, transaction)
      guard let codes else { return found }
      return found.filter { codes.contains($0.residenceCode) }
    }
  }

  /// The same for the counter of a canteen: who lives in its neighbourhood first, then all others.
  /// - Returns: the persons, and whether there are more than `limit`.
  func find(
    _ key: String, near canteen: Canteen, _ reference: Reference, on day: Day, limit: Int
  ) async throws -> (found: [Summary], isMore: Bool) {
    let close = DinerSearch(
      key, vault: vault, regions: reference.neighbourhood(of: canteen), limit: limit + 1)
    guard !close.text.isEmpty else { throw DinerRefusal.blank }
    // So many that enough are left without those who were found nearby.
    let anywhere = DinerSearch(key, vault: vault, regions: nil, limit: 2 * (limit + 1))
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let aliases = reference.aliases
      var ids = try Self.ids(close, limit: limit + 1, aliases, transaction)
      if ids.count <= limit {
        let others = try Self.ids(anywhere, limit: 2 * (limit + 1), aliases, transaction)
        ids += others.filter { !ids.contains($0) }
      }
      let found = try Self.summaries(
        Array(ids.prefix(limit)), on: day, vault: vault, regions: reference.regions, aliases,
        transaction)
      return (found, ids.count > limit)
    }
  }

  private static func ids(
    _ search: DinerSearch, limit: Int, _ aliases: DinerAliases,
    _ transaction: borrowing Transaction
  ) throws -> [Diner.ID] {
    let answers = try transaction.pipeline(
      [CredentialStore.holders(of: search.cards.all)] + search.queries)
    let holders = search.cards.holders(try CredentialStore.holders(answers[0].rows))
    var ids = holders.values.map(\.diner)
    for answer in answers.dropFirst() {
      ids += try answer.rows.map { try $0.decode("diner_id", as: Diner.ID.self) }
    }
    var seen: Set<Diner.ID> = []
    return Array(
      ids.map { aliases.person(of: $0) }.filter { seen.insert($0).inserted }.prefix(limit))
  }

  /// The person who holds a card.
  /// - Throws: `CheckInRefusal.unknownCard`.
  public func holder(ofCard card: String, on day: Day) async throws -> Summary {
    let regions = try await RegionService(database).tree()
    let keys = CredentialStore.Keys([card], vault: vault)
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let aliases = try DinerAliases.read(transaction)
      let holders = keys.holders(
        try CredentialStore.holders(transaction.query(CredentialStore.holders(of: keys.all))))
      guard let holder = holders[card] else { throw CheckInRefusal.unknownCard(card) }
      return try Self.summaries(
        [aliases.person(of: holder.diner)], on: day, vault: vault, regions: regions, aliases,
        transaction)[0]
    }
  }

  /// The one person whom a key names.
  /// - Throws: `DinerRefusal.notFound`, `.several`, `.blank`.
  public func person(_ key: String) async throws -> Diner.ID {
    let search = DinerSearch(key, vault: vault, regions: nil, limit: 20)
    guard !search.text.isEmpty else { throw DinerRefusal.blank }
    let ids = try await database.transaction(readOnly: true) { transaction in
      try Self.ids(search, limit: 20, DinerAliases.read(transaction), transaction)
    }
    guard let first = ids.first else { throw DinerRefusal.notFound }
    guard ids.count == 1 else { throw DinerRefusal.several(ids.count) }
    return first
  }

  /// The record that a key names, even if it was merged: a register number stays itself.
  public func record(_ key: String) async throws -> Diner.ID {
    let text = key.normalisedWidth().trimmedSpaces()
    guard text.hasPrefix("#"), let id = Diner.ID(text.dropFirst()) else {
      return try await person(key)
    }
    let known = try await database.transaction(readOnly: true) {
      try DinerStore.latestRecords([id], $0)
    }
    guard known[id] != nil else { throw DinerRefusal.notFound }
    return id
  }

  /// Persons whose name contains a text (everybody for an empty one), in the order of their numbers.
  public func list(name: String, on day: Day, limit: Int) async throws -> [Summary] {
    let names = DinerSearch.spellings(of: name)
    let regions = try await RegionService(database).tree()
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let aliases = try DinerAliases.read(transaction)
      let rows = try transaction.query(DinerStore.named(names, limit: limit))
      let ids = try rows.map { try $0.decode("diner_id", as: Diner.ID.self) }
      return try Self.summaries(
        ids.filter { aliases.person(of: $0) == $0 }, on: day, vault: vault, regions: regions,
        aliases, transaction)
    }
  }

  /// The codes of a region and of all below it.
  private static func codes(of name: String, in regions: RegionTree) throws -> [Region.Code] {
    let top =
      regions.regions[Region.Code(name)] ?? regions.region(named: name)
    let named = top.map { [$0.code] } ?? regions.codes(named: name)
    guard !named.isEmpty else { throw DinerRefusal.unknownRegion(name) }
    return Set(named.flatMap { regions.codes(within: $0) }).sorted()
  }

  static func summaries(
    _ ids: [Diner.ID], on day: Day, vault: Vault, regions: RegionTree, _ aliases: DinerAliases,
    _ transaction: borrowing Transaction
  ) throws -> [Summary] {
    let all = aliases.records(of: ids)
    let records = try DinerStore.latestRecords(ids, transaction)
    var categories: [Diner.ID: [Category]] = [:]
    var statuses: [Diner.ID: Diner.Status] = [:]
    for row in try transaction.query(DinerStore.register(of: all)) {
      let from: Day? = try row.decode("valid_from")
      guard DaySpan(from: from ?? day, to: try row.decode("valid_to")).contains(day) else {
        continue
      }
      let person = aliases.person(of: try row.decode("diner_id"))
      if let category: String = try row.decode("category") {
        categories[person, default: []].append(Category(category))
      } else if let status: Diner.Status = try row.decode("status") {
        statuses[person] = status
      }
    }
    let cards = try CredentialStore.credentials(of: all, vault: vault, transaction)
    return try ids.compactMap { id -> Summary? in
      guard let record = records[id]?.record else { return nil }
      return Summary(
        id: id, name: record.name, sex: record.sex,
        age: record.birthDate.map { AttainRule.birthday.age(born: $0, on: day) },
        idNumber: try record.idSealed.map { try vault.open($0, as: .idNumber).maskedNumber } ?? "",
        phone: try record.phoneSealed.map { try vault.open($0, as: .phone).maskedPhone } ?? "",
        cards: aliases.records(of: [id]).flatMap { cards[$0] ?? [] }
          .filter(\.credential.isGood).map(\.credential.shown),
        residence: regions.names(to: record.residence).suffix(2),
        residenceCode: record.residence,
        categories: Array(Set(categories[id] ?? [])).sorted(), status: statuses[id])
    }
  }
}

extension RegionTree {
  /// Every region of a name: `3组` is one in each community.
  func codes(named name: String) -> [Region.Code] {
    regions.values.filter { $0.name == name }.map(\.code).sorted()
  }
}
