import CanteenDomain
import CanteenVault
import Postgres

/// 代领人: who may fetch a person's meals, and for how long.
public struct ProxyService: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// A proxy as a list shows him.
  public struct Listed: Sendable, Hashable {
    public var number: Int
    public var name: String
    public var relation: String
    /// Masked.
    public var phone: String
    public var from: Day
    public var to: Day?
    /// How many persons the same phone fetches for, this one included.
    public var fetchesFor: Int
  }

  /// Registers a proxy of a person.
  /// - Throws: `DinerRefusal.endsBeforeItBegins`, `.blank` without a name.
  public func add(
    to diner: Diner.ID, name: String, relation: String, phone: String?, from: Day, to: Day?,
    reason: String, by: Attribution
  ) async throws {
    guard !name.trimmedSpaces().isEmpty else { throw DinerRefusal.blank }
    if let to, to < from { throw DinerRefusal.endsBeforeItBegins(from: from, to: to) }
    let sealed = try phone.map { try vault.seal($0, as: .proxyPhone) }
    let key = phone.map { vault.shortHash($0, as: .proxyPhone) }
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      try ProxyStore.insert(
        ProxyStore.Proxy(
          name: name, relation: relation, phoneSealed: sealed, phoneKey: key, from: from, to: to),
        of: diner, reason: reason, by: by, transaction)
    }
  }

  /// Ends a proxy's term.
  /// - Throws: `DinerRefusal.notFound`, `.endsBeforeItBegins`.
  public func end(
    _ number: Int, of diner: Diner.ID, on day: Day, reason: String, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      guard let from = try ProxyStore.firstDay(of: number, of: diner, transaction) else {
        throw DinerRefusal.notFound
      }
      guard day >= from else { throw DinerRefusal.endsBeforeItBegins(from: from, to: day) }
      try ProxyStore.end(number, of: diner, on: day, reason: reason, by: by, transaction)
    }
  }

  /// The proxies of a person, ended ones too.
  public func list(of diner: Diner.ID) async throws -> [Listed] {
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      try ProxyStore.list(of: diner, vault: vault, transaction)
    }
  }
}
