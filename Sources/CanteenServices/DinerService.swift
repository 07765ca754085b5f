import CanteenDomain
import CanteenVault
import Postgres

/// 登记册: finds and shows persons.
public struct DinerService: Sendable {
  private let database: Database
  private let vault: Vault?

  /// - Parameter vault: opens numbers to show their masked form; without it they are left out.
  public init(_ database: Database, vault: Vault? = nil) {
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
    public var cards: [String]
    public var residence: [String]
    public var categories: [Category]
  }

  /// The person who holds a card.
  /// - Throws: `CheckInRefusal.unknownCard`.
  public func holder(ofCard card: String, on day: Day) async throws -> Summary {
    let holders = try DinerStore.holders(
      ofCards: await database.query(DinerStore.holders(ofCards: [card])))
    guard let id = holders[card] else { throw CheckInRefusal.unknownCard(card) }
    return try await summaries([id], on: day)[0]
  }

  /// Persons whose name contains a text (everybody for an empty one), in the order of their numbers.
  public func find(name: String, on day: Day, limit: Int) async throws -> [Summary] {
    let rows = try await database.query(DinerStore.named(name, limit: limit))
    return try await summaries(rows.map { try $0.decode("diner_id") }, on: day)
  }

  private func summaries(_ ids: [Diner.ID], on day: Day) async throws -> [Summary] {
    let regions = try await RegionService(database).tree()
    return try await database.transaction(readOnly: true) { transaction in
      let records = try DinerStore.latestRecords(ids, transaction)
      let entitlements = try DinerStore.storedEntitlements(ids, transaction)
      let cards = try DinerStore.cards(of: ids, transaction)
      return try ids.compactMap { id -> Summary? in
        guard let record = records[id]?.record else { return nil }
        let number = try vault.flatMap { vault in
          try record.idSealed.map { try vault.open($0, as: .idNumber).maskedNumber }
        }
        return Summary(
          id: id, name: record.name, sex: record.sex,
          age: record.birthDate.map { AttainRule.birthday.age(born: $0, on: day) },
          idNumber: number ?? "", cards: cards[id] ?? [],
          residence: regions.names(to: record.residence).suffix(2),
          categories: (entitlements[id] ?? []).map(\.category))
      }
    }
  }
}
