import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `proxies`.
enum ProxyStore {
  /// A proxy as he is written.
  struct Proxy {
    var name: String
    var relation: String
    var phoneSealed: [UInt8]?
    var phoneKey: Int64?
    var from: Day
    var to: Day?
  }

  static func insert(
    _ proxy: Proxy, of diner: Diner.ID, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into proxies (
          diner_id, proxy_no, revision, recorded_at, recorded_by, name, relation, phone_sealed,
          phone_key, valid_from, valid_to, reason
      ) values (
          \(diner),
          (select coalesce(max(proxy_no), 0) + 1 from proxies where diner_id = \(diner)), 1,
          \(by.at), \(by.by), \(proxy.name), \(proxy.relation), \(proxy.phoneSealed)::bytea,
          \(proxy.phoneKey)::bigint, \(proxy.from)::date, \(proxy.to)::date, \(reason)
      )
      """)
  }

  /// When each proxy of some persons may fetch.
  static func terms(of diners: [Diner.ID]) -> SQL {
    """
    select diner_id, proxy_no, valid_from, valid_to
    from current_proxies
    where diner_id = any(\(diners)::bigint[])
    """
  }

  static func firstDay(
    of number: Int, of diner: Diner.ID, _ transaction: borrowing Transaction
  ) throws -> Day? {
    try transaction.query(
      """
      select valid_from from current_proxies
      where diner_id = \(diner) and proxy_no = \(number)
      """
    ).first?.decode("valid_from")
  }

  static func end(
    _ number: Int, of diner: Diner.ID, on day: Day, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
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

  static func list(
    of diner: Diner.ID, vault: Vault, _ transaction: borrowing Transaction
  ) throws -> [ProxyService.Listed] {
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
      return ProxyService.Listed(
        number: try row.decode("proxy_no"), name: try row.decode("name"),
        relation: try row.decode("relation"),
        phone: try sealed.map { try vault.open($0, as: .proxyPhone).maskedPhone } ?? "",
        from: try row.decode("valid_from"), to: try row.decode("valid_to"),
        fetchesFor: try row.decode("fetches_for"))
    }
  }
}
