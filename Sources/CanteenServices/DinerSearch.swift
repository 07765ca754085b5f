import CanteenDomain
import CanteenVault
import Postgres

/// What somebody typed or swiped at the counter, and what it may be: one field takes any key.
struct DinerSearch: Sendable {
  /// Each of the queries gives `diner_id`.
  private(set) var queries: [SQL] = []
  /// The same text as a card, asked first.
  let cards: CredentialStore.Keys
  let text: String

  /// - Parameters:
  ///   - regions: where the person lives, region by region; nil for anywhere.
  ///   - limit: how many each query gives at most.
  init(_ typed: String, vault: Vault, regions: [Region.Code]?, limit: Int) {
    text = typed.normalisedWidth().trimmedSpaces()
    cards = CredentialStore.Keys([text], vault: vault)
    let plain = text.uppercased()
    let within: SQL =
      regions.map { "and r.residence_region = any(\($0)::text[])" } ?? ""
    // Found before they are put in order: else the planner, which does not know what is asked for,
    // may walk through everybody in that order.
    func registered(_ condition: SQL) -> SQL {
      """
      with r as materialized (
          select diner_id, record_no, residence_region from diner_records as r
          where \(fragment: condition)
      )
      select r.diner_id
      from r
      where \(fragment: DinerStore.isLatest) \(fragment: within)
      order by r.diner_id
      limit \(limit)
      """
    }
    func beginning(_ column: StaticString, _ text: String) -> SQL {
      // Of a few regions all are found by the index of residence, and then put in order.
      if regions != nil {
        return """
          with r as materialized (
              select diner_id, record_no, name, initials
              from diner_records as r
              where \(fragment: Self.begins(column, text)) \(fragment: within)
          )
          select r.diner_id
          from r
          where \(fragment: DinerStore.isLatest)
          order by \(unescaped: "\(column)") using ~<~
          limit \(limit)
          """
      }
      // The index gives these in their own order and is left after `limit` of them.
      return """
        select r.diner_id
        from diner_records as r
        where \(fragment: Self.begins(column, text))
            and \(fragment: DinerStore.isLatest)
        order by \(unescaped: "\(column)") using ~<~
        limit \(limit)
        """
    }
    if let id = Self.registerNumber(text) {
      queries.append(registered("r.diner_id = \(id)"))
    } else if Self.isTail(plain) {
      queries.append(
        registered("r.id_tail = any(\(vault.shortHashes(plain, as: .idTail))::bigint[])"))
      let tails = vault.shortHashes(plain, as: .phoneTail)
      queries.append(registered("r.phone_tail = any(\(tails)::bigint[])"))
      queries.append(registered("r.other_phone_tails && \(tails)::bigint[]"))
    } else if Self.isNumberOfPerson(plain) {
      let hashes = Self.identities(plain).flatMap { vault.lookupHashes($0, as: .idNumber) }
      queries.append(
        registered(
          """
          r.diner_id in (
              select diner_id from diner_identities where id_hash = any(\(hashes)::bytea[])
          )
          """))
      let tails = vault.shortHashes(String(plain.suffix(4)), as: .phoneTail)
      let keys = vault.shortHashes(plain, as: .phone)
      queries.append(
        registered(
          "r.phone_tail = any(\(tails)::bigint[]) and r.phone_key = any(\(keys)::bigint[])"))
      queries.append(
        registered(
          """
          r.other_phone_tails && \(tails)::bigint[] and r.other_phone_keys && \(keys)::bigint[]
          """))
    } else if !text.isEmpty, text.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }) {
      queries.append(beginning("r.initials", text.lowercased()))
    } else {
      for name in Self.spellings(of: text) where !name.isEmpty {
        queries.append(beginning("r.name", name))
      }
    }
  }

  /// What a name, or a part of it, may stand as in the register: as typed, as it is kept now, and under
  /// the middle dots of records from before.
  static func spellings(of text: String) -> [String] {
    let kept = text.nameWithoutBlanks
    return (kept == text ? [kept] : [kept, text])
      + kept.namesWithOtherDots.filter { $0 != text }
  }

  /// Whether a text is a whole number of a person: it has no place among a command's arguments.
  static func isNumberOfPerson(_ text: String) -> Bool {
    let plain = text.normalisedWidth().trimmedSpaces().uppercased()
    let digits = plain.utf8.count { (0x30...0x39).contains($0) }
    return plain.utf8.count >= 7 && digits >= 7 && digits >= plain.utf8.count - 1
  }

  /// The texts under which a number may be registered, one for each kind of document.
  private static func identities(_ plain: String) -> [String] {
    [plain] + ["passport", "hk_macao_permit", "taiwan_permit"].map { "\($0):\(plain)" }
  }

  /// A prefix as a range, which an index serves in a prepared statement too; bytes decide.
  private static func begins(_ column: StaticString, _ text: String) -> SQL {
    """
    \(unescaped: "\(column)") ~>=~ \(text)::text
        and \(unescaped: "\(column)") ~<~ \(text + "\u{10FFFF}")::text
    """
  }

  private static func registerNumber(_ text: String) -> Diner.ID? {
    text.hasPrefix("#") ? Diner.ID(text.dropFirst()) : nil
  }

  private static func isDigits(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Four digits, or three and an X.
  private static func isTail(_ text: String) -> Bool {
    isDigits(text, 4...4)
      || (text.utf8.count == 4 && text.hasSuffix("X") && isDigits(String(text.dropLast()), 3...3))
  }
}
