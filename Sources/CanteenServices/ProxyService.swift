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
      try transaction.execute(
        """
        insert into proxies (
            diner_id, proxy_no, revision, recorded_at, recorded_by, name, relation, phone_sealed,
            phone_key, valid_from, valid_to, reason
        ) values (
            \(diner),
            (select coalesce(max(proxy_no), 0) + 1 from proxies where diner_id = \(diner)), 1,
            \(by.at), \(by.by), \(name), \(relation), \(sealed)::bytea, \(key)::bigint,
            \(from)::date, \(to)::date, \(reason)
        )
        """)
    }
  }

  /// Ends a proxy's term.
  /// - Throws: `DinerRefusal.notFound`, `.endsBeforeItBegins`.
  public func end(
    _ number: Int, of diner: Diner.ID, on day: Day, reason: String, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let rows = try transaction.query(
        """
        select valid_from from current_proxies
        where diner_id = \(diner) and proxy_no = \(number)
        """)
      guard let row = rows.first else { throw DinerRefusal.notFound }
      let from: Day = try row.decode("valid_from")
      guard day >= from else { throw DinerRefusal.endsBeforeItBegins(from: from, to: day) }
      try transaction.execute(
        """
        insert into proxies (
            diner_id, proxy_no, revision, recorded_at, recorded_by, name, relation, phone_sealed,
            phone_key, valid_from, valid_to, reason
        )
        select
            diner_id, proxy_no, revision + 1, \(by.at)::timestamptz, \(by.by), name, relation,
            phone_sealed, phone_key, valid_from, \(day)::date, \(reason)
        from current_proxies
        where diner_id = \(diner) and proxy_no = \(number)
        """)
    }
  }

  /// The proxies of a person, ended ones too.
  public func list(of diner: Diner.ID) async throws -> [Listed] {
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      try transaction.query(
        """
        select
            p.proxy_no, p.name, p.relation, p.phone_sealed, p.valid_from, p.valid_to,
            (
                select greatest(count(distinct o.diner_id), 1)
                from current_proxies as o
                where o.phone_key = p.phone_key
            ) as fetches_for
        from current_proxies as p
        where p.diner_id = \(diner)
        order by p.proxy_no
        """
      ).map { row in
        let sealed: [UInt8]? = try row.decode("phone_sealed")
        return Listed(
          number: try row.decode("proxy_no"), name: try row.decode("name"),
          relation: try row.decode("relation"),
          phone: try sealed.map { try vault.open($0, as: .proxyPhone).maskedPhone } ?? "",
          from: try row.decode("valid_from"), to: try row.decode("valid_to"),
          fetchesFor: try row.decode("fetches_for"))
      }
    }
  }
}
