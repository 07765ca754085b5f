import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `cards` and `card_events`.
enum CredentialStore {
  /// Who holds a credential, and what became of it.
  struct Holder: Sendable, Hashable {
    var diner: Diner.ID
    /// In the order in which they were recorded.
    var events: [Credential.Event]
    /// When each of them happened.
    var moments: [Instant]

    /// The same for the person whose record it is.
    func standing(for person: Diner.ID) -> Holder {
      Holder(diner: person, events: events, moments: moments)
    }

    /// What made the credential useless at `moment`; nil if it was good then. One that was lost and
    /// replaced since was lost in between.
    func badEvent(at moment: Instant) -> Credential.Event? {
      let last = Array(zip(events, moments)).last(where: { $0.1 <= moment })?.0
      return last.flatMap { $0.isGood ? nil : $0 }
    }
  }

  /// The texts under which credentials may be stored, for what was swiped or typed.
  struct Keys: Sendable {
    private let byText: [String: [String]]

    init(_ texts: [String], vault: Vault?) {
      byText = Dictionary(
        texts.map { text in
          let hashed =
            vault.map { vault in
              Credential.Kind.allCases.filter { !$0.isOffices }.flatMap { kind in
                Keys.hashed(text, kind, vault)
              }
            } ?? []
          return (text, [text] + hashed)
        }, uniquingKeysWith: { first, _ in first })
    }

    var all: [String] { byText.values.flatMap { $0 } }

    /// The holders by what was typed.
    func holders(_ stored: [String: Holder]) -> [String: Holder] {
      byText.compactMapValues { keys in keys.lazy.compactMap { stored[$0] }.first }
    }

    /// Under each key of the vault, the newest first.
    static func hashed(_ text: String, _ kind: Credential.Kind, _ vault: Vault) -> [String] {
      vault.lookupHashes(text, as: .credential).map { hash in
        "\(kind.rawValue):" + (Seal(bytes: hash)?.hex ?? "")
      }
    }
  }

  /// Joins the last event `e` to a card `c`.
  static let lastEvent: SQL = """
    left join lateral (
        select event, happened_at
        from card_events
        where card_no = c.card_no
        order by event_no desc
        limit 1
    ) as e on true
    """

  static func holders(of keys: [String]) -> SQL {
    """
    select
        c.card_no, c.diner_id, coalesce(e.events, '{}') as events,
        coalesce(e.moments, '{}') as moments
    from cards as c
    cross join lateral (
        select
            array_agg(event order by event_no) as events,
            array_agg(happened_at order by event_no) as moments
        from card_events
        where card_no = c.card_no
    ) as e
    where c.card_no = any(\(keys)::text[])
    """
  }

  static func holders(_ rows: [Row]) throws -> [String: Holder] {
    try Dictionary(
      rows.map { row in
        (
          try row.decode("card_no"),
          Holder(
            diner: try row.decode("diner_id"), events: try row.decode("events"),
            moments: try row.decode("moments"))
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// A credential with the text that it is stored under.
  struct Stored: Sendable {
    var key: String
    var diner: Diner.ID
    var sealed: [UInt8]?
    var credential: Credential
  }

  /// The credentials of some persons, the oldest first.
  static func credentials(
    of diners: [Diner.ID], vault: Vault?, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [Stored]] {
    let rows = try transaction.query(
      """
      select
          c.card_no, c.diner_id, c.kind, c.number_sealed, c.issued_at, c.issued_by, e.event,
          e.happened_at
      from cards as c
      \(fragment: lastEvent)
      where c.diner_id = any(\(diners)::bigint[])
      order by c.issued_at, c.card_no
      """)
    return try Dictionary(
      grouping: rows.map { row in
        let sealed: [UInt8]? = try row.decode("number_sealed")
        let key: String = try row.decode("card_no")
        let number = try sealed.flatMap { bytes in
          try vault.map { try $0.open(bytes, as: .credential) }
        }
        return Stored(
          key: key, diner: try row.decode("diner_id"), sealed: sealed,
          credential: Credential(
            kind: try row.decode("kind"), shown: sealed == nil ? key : number?.maskedNumber ?? "",
            issuedAt: try row.decode("issued_at"), issuedBy: try row.decode("issued_by"),
            event: try row.decode("event"), eventAt: try row.decode("happened_at")))
      }, by: \.diner)
  }

  /// - Returns: false if somebody has it already.
  static func insert(
    key: String, kind: Credential.Kind, sealed: [UInt8]?, diner: Diner.ID, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into cards (card_no, diner_id, issued_at, kind, number_sealed, issued_by)
      values (\(key), \(diner), \(by.at), \(kind), \(sealed)::bytea, \(by.by))
      on conflict (card_no) do nothing
      """) == 1
  }

  static func insertEvent(
    _ event: Credential.Event, of key: String, at: Instant, replacedBy: String?, note: String,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into card_events (
          card_no, event_no, event, happened_at, recorded_at, recorded_by, replaced_by, note
      ) values (
          \(key), (select count(*) + 1 from card_events where card_no = \(key)), \(event),
          \(at)::timestamptz, \(by.at)::timestamptz, \(by.by), \(replacedBy)::text, \(note)
      )
      """)
  }
}
