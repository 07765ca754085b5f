import CanteenDomain
import CanteenVault
import Postgres

/// 换钥: brings everything that is sealed or hashed with a key under the newest one.
///
/// It changes the form of what is kept and no fact, so it alone updates rows, as the owner of the
/// schema. Each step is a transaction of its own; run again it goes on where it stopped. Until it is
/// done, the vault keeps the older keys, and whatever is looked up is looked up under each.
public struct KeyRotation: Sendable {
  private let database: Database
  private let vault: Vault

  /// - Parameters:
  ///   - database: connects as the owner of the schema.
  ///   - vault: has the new key and every older one that is still in use.
  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// A text of the register as it is sealed, to try keys on.
  public struct Sample: Sendable {
    public var sealed: [UInt8]
    public var context: Vault.Context

    /// Whether a vault has the key.
    public func opens(with vault: Vault) -> Bool { (try? vault.open(sealed, as: context)) != nil }
  }

  /// Something that is sealed; nil while nothing is.
  public static func sample(in database: Database) async throws -> Sample? {
    try await database.transaction(readOnly: true) { try KeyRotationStore.sample($0) }
  }

  /// The name under which a web service connects. It keeps the keys that it began with, so no key is
  /// changed beside it.
  public static let serverName = "canteen serve"

  /// - Throws: `KeyRotationRefusal.serverRunning`.
  public static func refuseBesideServers(_ database: Database) async throws {
    let running = try await database.transaction(readOnly: true) {
      try KeyRotationStore.isConnected(serverName, $0)
    }
    if running { throw KeyRotationRefusal.serverRunning }
  }

  /// How many sealed texts there are under each key.
  public func counts() async throws -> [UInt8: Int] {
    try await database.transaction(readOnly: true) { try KeyRotationStore.counts($0) }
  }

  private static let personsAtOnce = 500

  /// Seals and hashes anew what is not under the newest key.
  /// - Returns: how many rows were changed.
  public func run(by: Attribution, report: Progress.Report = { _ in }) async throws -> Int {
    let (vault, newest) = (vault, vault.newestKeyID)
    try await database.transaction {
      try KeyRotationStore.insertEvent("begun", key: newest, rows: 0, by: by, $0)
    }
    let total = try await database.transaction(readOnly: true) {
      try KeyRotationStore.waiting(newest, $0)
    }
    var changed = 0
    var after: Diner.ID = 0
    while true {
      let from = after
      let step = try await database.transaction {
        try KeyRotationStore.resealRecords(
          after: from, limit: Self.personsAtOnce, vault, $0)
      }
      guard let last = step.last else { break }
      after = last
      changed += step.changed
      report(Progress(done: min(changed, total), total: max(total, 1)))
    }
    changed += try await database.transaction { transaction in
      try KeyRotationStore.resealCards(vault, transaction)
        + KeyRotationStore.resealProxies(vault, transaction)
    }
    // What others wrote meanwhile under the old key is caught before the books say that it is done.
    let left = try await database.transaction { transaction in
      try KeyRotationStore.lockAll(transaction)
      let left = try KeyRotationStore.waiting(newest, transaction)
      if left == 0 {
        let rows = try KeyRotationStore.counts(transaction)[newest] ?? 0
        try KeyRotationStore.insertEvent("done", key: newest, rows: rows, by: by, transaction)
      }
      return left
    }
    guard left > 0 else { return changed }
    return changed + (try await run(by: by, report: report))
  }
}

/// Why the key is not changed.
public enum KeyRotationRefusal: Refusal, Hashable {
  /// A web service would go on under the old key, and open nothing that is under the new one.
  case serverRunning

  public var kind: RefusalKind { .conflict }

  public var sentence: Sentence {
    Sentence(
      zh: "canteen serve 正连着数据库，它不认得新密钥；请先停止它，换完再启动",
      en: "canteen serve is connected to the database and does not know the new key; stop it first")
  }
}
