import CanteenDomain
import CanteenVault
import Postgres

/// 凭证: cards and codes that a person holds, issued, lost and replaced; nothing is forgotten.
public struct CredentialService: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// Gives a person a credential.
  /// - Throws: `CredentialRefusal.belongsToAnother`, also for one that the person had and lost.
  public func issue(
    _ kind: Credential.Kind, number: String, to diner: Diner.ID, by: Attribution
  ) async throws {
    let (key, sealed) = try stored(number, kind)
    try await database.transaction { transaction in
      guard
        try CredentialStore.insert(
          key: key, kind: kind, sealed: sealed, diner: diner, by: by, transaction)
      else { throw CredentialRefusal.belongsToAnother }
    }
  }

  /// Records that a credential was lost, found again or ended.
  /// - Throws: `CredentialRefusal.unknown`, `.outOfTurn`.
  public func record(
    _ event: Credential.Event, of number: String, at moment: Instant? = nil, note: String = "",
    by: Attribution
  ) async throws {
    let keys = CredentialStore.Keys([try Self.plain(number)], vault: vault)
    try await database.transaction { transaction in
      let key = try Self.known(keys, before: event, transaction)
      try CredentialStore.insertEvent(
        event, of: key, at: moment ?? by.at, replacedBy: nil, note: note, by: by, transaction)
    }
  }

  /// 补发: a new number in the place of an old one, which is then no longer good.
  /// - Throws: `CredentialRefusal`.
  public func replace(
    _ old: String, with new: String, note: String = "", by: Attribution
  ) async throws {
    let keys = CredentialStore.Keys([try Self.plain(old)], vault: vault)
    let vault = vault
    try await database.transaction { transaction in
      let key = try Self.known(keys, before: .replaced, transaction)
      let kind = Self.kind(of: key)
      let (newKey, sealed) = try Self.stored(new, kind, vault)
      let holder = try CredentialStore.holders(
        transaction.query(CredentialStore.holders(of: [key])))[key]
      guard let holder else { throw CredentialRefusal.unknown }
      guard
        try CredentialStore.insert(
          key: newKey, kind: kind, sealed: sealed, diner: holder.diner, by: by, transaction)
      else { throw CredentialRefusal.belongsToAnother }
      try CredentialStore.insertEvent(
        .replaced, of: key, at: by.at, replacedBy: newKey, note: note, by: by, transaction)
    }
  }

  /// A QR code for each of some persons, made for who has none.
  /// - Parameter token: gives a new secret text of some twenty characters each time.
  public func codes(
    for diners: [Diner.ID], by: Attribution, token: @Sendable () -> String
  ) async throws -> [Diner.ID: String] {
    let tokens = Dictionary(diners.map { ($0, token()) }, uniquingKeysWith: { first, _ in first })
    let vault = vault
    return try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners(diners.sorted()))
      let known = try CredentialStore.credentials(of: diners, vault: vault, transaction)
      var codes: [Diner.ID: String] = [:]
      for (diner, token) in tokens.sorted(by: { $0.key < $1.key }) {
        if let old = known[diner]?.last(where: { $0.credential.kind == .qr && $0.credential.isGood }
        ),
          let sealed = old.sealed
        {
          codes[diner] = try vault.open(sealed, as: .credential)
          continue
        }
        let (key, sealed) = try Self.stored(token, .qr, vault)
        guard
          try CredentialStore.insert(
            key: key, kind: .qr, sealed: sealed, diner: diner, by: by, transaction)
        else { throw CredentialRefusal.belongsToAnother }
        codes[diner] = token
      }
      return codes
    }
  }

  /// The credentials of a person, the oldest first.
  public func list(of diner: Diner.ID) async throws -> [Credential] {
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let ids = try DinerAliases.read(transaction).records(of: [diner])
      let all = try CredentialStore.credentials(of: ids, vault: vault, transaction)
      return ids.flatMap { all[$0] ?? [] }.map(\.credential)
    }
  }

  private func stored(
    _ number: String, _ kind: Credential.Kind
  ) throws -> (key: String, sealed: [UInt8]?) {
    try Self.stored(number, kind, vault)
  }

  private static func stored(
    _ number: String, _ kind: Credential.Kind, _ vault: Vault
  ) throws -> (key: String, sealed: [UInt8]?) {
    let plain = try plain(number)
    if kind.isOffices { return (plain, nil) }
    let keys = CredentialStore.Keys.hashed(plain, kind, vault)
    return (keys[0], try vault.seal(plain, as: .credential))
  }

  private static func plain(_ number: String) throws -> String {
    let plain = number.normalisedWidth().trimmedSpaces()
    guard !plain.isEmpty else { throw CredentialRefusal.blank }
    return plain
  }

  private static func kind(of key: String) -> Credential.Kind {
    Credential.Kind.allCases.first { !$0.isOffices && key.hasPrefix("\($0.rawValue):") } ?? .card
  }

  /// The stored key of a credential to which `event` may happen.
  private static func known(
    _ keys: CredentialStore.Keys, before event: Credential.Event,
    _ transaction: borrowing Transaction
  ) throws -> String {
    let holders = try CredentialStore.holders(
      transaction.query(CredentialStore.holders(of: keys.all)))
    guard let (key, holder) = holders.first else { throw CredentialRefusal.unknown }
    try transaction.execute(CheckInStore.lockDiners([holder.diner]))
    let isInTurn =
      switch (holder.events.last, event) {
      case (nil, .lost), (nil, .ended), (nil, .replaced), (.found, .lost), (.found, .ended),
        (.found, .replaced), (.lost, .found), (.lost, .replaced), (.lost, .ended):
        true
      default: false
      }
    guard isInTurn else { throw CredentialRefusal.outOfTurn(event, after: holder.events.last) }
    return key
  }
}
