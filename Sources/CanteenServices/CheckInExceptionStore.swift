import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `check_in_exceptions` and `check_in_exception_decisions`.
enum CheckInExceptionStore {
  /// What a key was answered with when it came late.
  struct Known {
    var body: Seal
    var code: String
    var sentence: Sentence
  }

  static func known(_ keys: [CheckIn.ID]) -> SQL {
    """
    select check_in_id, body_sha256, code, sentence_zh, sentence_en
    from check_in_exceptions
    where check_in_id = any(\(keys)::uuid[])
    """
  }

  static func known(_ rows: [Row]) throws -> [CheckIn.ID: Known] {
    try Dictionary(
      rows.map { row in
        (
          try row.decode("check_in_id"),
          Known(
            body: try row.decode("body_sha256"), code: try row.decode("code"),
            sentence: Sentence(zh: try row.decode("sentence_zh"), en: try row.decode("sentence_en"))
          )
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What is written of a request: a card that nobody has may be a number of a person, and stands
  /// sealed beside it. Without a vault its last four are all that is kept.
  private static func stored(
    _ request: CheckInRequest, _ vault: Vault?
  ) throws -> (request: CheckInRequest, card: [UInt8]?) {
    guard let card = request.card else { return (request, nil) }
    var masked = request
    masked.party = .card(card.maskedNumber)
    return (masked, try vault?.seal(card, as: .credential))
  }

  /// - Throws: `KeyTaken` if another transaction kept one of them since we looked.
  static func insert(
    _ kept: [CheckInBatch.Kept], vault: Vault?, _ transaction: borrowing Transaction
  ) throws {
    let requests = kept.map(\.submission.request)
    let texts = try requests.map { try stored($0, vault) }
    let written = try transaction.execute(
      """
      insert into check_in_exceptions (
          check_in_id, canteen_code, terminal, service_date, period, body_sha256, request, code,
          sentence_zh, sentence_en, recorded_by, received_at, card_sealed
      )
      select
          id, canteen, terminal, day, period, body, request::jsonb, code, zh, en, recorded_by,
          received_at, card
      from unnest(
          \(requests.map(\.id))::uuid[], \(requests.map(\.canteen))::text[],
          \(requests.map(\.terminal))::text[], \(requests.map(\.day))::date[],
          \(requests.map(\.period))::text[],
          \(kept.map(\.body))::bytea[],
          \(try texts.map { try CanonicalJSON.text($0.request) })::text[],
          \(kept.map(\.refusal.code))::text[], \(kept.map(\.refusal.sentence.zh))::text[],
          \(kept.map(\.refusal.sentence.en))::text[], \(kept.map(\.submission.by.by))::text[],
          \(kept.map(\.submission.by.at))::timestamptz[], \(texts.map(\.card))::bytea[]
      ) as new (
          id, canteen, terminal, day, period, body, request, code, zh, en, recorded_by, received_at,
          card
      )
      on conflict (check_in_id) do nothing
      """)
    guard written == kept.count else { throw CheckInStore.KeyTaken() }
  }

  private static let listed: SQL = """
    select
        e.check_in_id, e.request::text as request, e.code, e.sentence_zh, e.sentence_en,
        e.received_at, e.recorded_by, e.card_sealed, r.name, d.decision, d.reason, d.decided_at, d.decided_by
    from check_in_exceptions as e
    left join check_in_exception_decisions as d on d.check_in_id = e.check_in_id
    left join current_diner_records as r
        on r.diner_id = (e.request #>> '{party,diner,_0}')::bigint
    """

  private static func listed(_ row: Row, _ vault: Vault?) throws -> CheckInException {
    let decision: CheckInException.Decision? = try row.decode("decision")
    var request = try CanonicalJSON.value(CheckInRequest.self, from: row.decode("request"))
    if let vault, let sealed: [UInt8] = try row.decode("card_sealed") {
      request.party = .card(try vault.open(sealed, as: .credential))
    }
    return CheckInException(
      request: request,
      name: try row.decode("name"), code: try row.decode("code"),
      sentence: Sentence(zh: try row.decode("sentence_zh"), en: try row.decode("sentence_en")),
      received: Attribution(by: try row.decode("recorded_by"), at: try row.decode("received_at")),
      decision: decision, reason: try row.decode("reason"),
      decided: try decision.map { _ in
        Attribution(by: try row.decode("decided_by"), at: try row.decode("decided_at"))
      })
  }

  /// Of a canteen, or of all; the oldest first.
  static func list(
    _ canteen: Canteen.Code?, openOnly: Bool, vault: Vault?, _ transaction: borrowing Transaction
  ) throws -> [CheckInException] {
    try transaction.query(
      """
      \(fragment: listed)
      where (\(canteen)::text is null or e.canteen_code = \(canteen)::text)
          and (d.decision is null or not \(openOnly))
      order by e.received_at, e.check_in_id
      limit 1000
      """
    ).map { try listed($0, vault) }
  }

  static func openCount(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> Int {
    try transaction.query(
      """
      select count(*)
      from check_in_exceptions as e
      where e.canteen_code = \(canteen)
          and not exists (
              select from check_in_exception_decisions as d where d.check_in_id = e.check_in_id
          )
      """, as: Int.self
    ).first ?? 0
  }

  static func find(
    _ id: CheckIn.ID, vault: Vault?, _ transaction: borrowing Transaction
  ) throws -> CheckInException? {
    try transaction.query("\(fragment: listed) where e.check_in_id = \(id)").first
      .map { try listed($0, vault) }
  }

  /// Writes what a person decided.
  /// - Throws: `ExceptionRefusal.decided` if it was decided before.
  static func insert(
    _ submission: CheckInService.Submission, _ transaction: borrowing Transaction
  ) throws {
    guard let judgement = submission.decision else { return }
    let (id, by) = (submission.request.id, submission.by)
    let written = try transaction.execute(
      """
      insert into check_in_exception_decisions (
          check_in_id, decision, reason, decided_at, decided_by
      ) values (
          \(id), \(judgement.decision), \(judgement.reason), \(by.at)::timestamptz, \(by.by)
      )
      on conflict (check_in_id) do nothing
      """)
    guard written == 0 else { return }
    let earlier = try find(id, vault: nil, transaction)?.decision
    throw ExceptionRefusal.decided(id, earlier ?? judgement.decision)
  }
}

extension CheckInException.Decision: PostgresEncodable, PostgresDecodable {}
