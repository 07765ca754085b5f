import CanteenDomain
import Postgres

/// 待处理: a check-in that came late (from a terminal without network, from a list) and was not taken as
/// it was. The meal was eaten; a person judges what becomes of it.
public struct CheckInException: Sendable, Hashable {
  /// What a person decides.
  public enum Decision: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// As it would be priced now.
    case accept
    case acceptFullPrice = "accept_full_price"
    /// It was no meal, or it is there already.
    case reject

    public var name: Sentence {
      switch self {
      case .accept: Sentence(zh: "按现价入账", en: "accept")
      case .acceptFullPrice: Sentence(zh: "按原价入账", en: "accept at full price")
      case .reject: Sentence(zh: "不入账", en: "reject")
      }
    }
  }

  /// A decision with its reason.
  struct Judgement: Sendable, Hashable {
    var decision: Decision
    var reason: String
  }

  public var request: CheckInRequest
  /// Nil for a card that nobody has, and for guests.
  public var name: String?
  public var code: String
  public var sentence: Sentence
  public var received: Attribution
  public var decision: Decision?
  public var reason: String?
  public var decided: Attribution?

  public var id: CheckIn.ID { request.id }
}

extension CheckInService {
  /// Exceptions of a canteen, or of all, the oldest first; at most a thousand.
  public func exceptions(
    _ canteen: Canteen.Code? = nil, openOnly: Bool = true
  ) async throws -> [CheckInException] {
    let vault = vault
    return try await database.transaction(readOnly: true) {
      try CheckInExceptionStore.list(canteen, openOnly: openOnly, vault: vault, $0)
    }
  }

  /// Judges an exception, once: a decision and the check-in that it accepts are written together.
  /// - Parameter canteen: where the person who decides may decide; nil for everywhere.
  /// - Returns: the check-in that was accepted; nil for a rejection.
  /// - Throws: `ExceptionRefusal`; `RefusedCheckIn` if the meal still cannot be accepted.
  public func decide(
    _ id: CheckIn.ID, _ decision: CheckInException.Decision, reason: String,
    in canteen: Canteen.Code? = nil, by: Attribution
  ) async throws -> CheckInReceipt? {
    let reason = reason.trimmedSpaces()
    guard !reason.isEmpty else { throw ExceptionRefusal.reasonMissing }
    let vault = vault
    let found = try await database.transaction(readOnly: true) {
      try CheckInExceptionStore.find(id, vault: vault, $0)
    }
    guard let found, canteen == nil || found.request.canteen == canteen else {
      throw ExceptionRefusal.unknown(id)
    }
    if let earlier = found.decision { throw ExceptionRefusal.decided(id, earlier) }
    var request = found.request
    request.quoted = nil
    if decision == .acceptFullPrice { request.wantsFullPrice = true }
    var submission = Submission(request, by: by)
    submission.decision = CheckInException.Judgement(decision: decision, reason: reason)
    guard decision != .reject else {
      let rejection = submission
      try await database.transaction { try CheckInExceptionStore.insert(rejection, $0) }
      return nil
    }
    if request.list == 0 { submission.request.list = try await price(of: request) }
    return try await checkIn([submission])[0].get()
  }

  /// What a delivered order costs that had no price when it was eaten.
  /// - Throws: `CheckInRefusal.noPrice` while it still has none.
  private func price(of request: CheckInRequest) async throws -> Fen {
    guard case .diner(let diner) = request.party else {
      throw CheckInRefusal.noPrice(request.day, request.period)
    }
    return try await orders.price(of: diner, on: request.day, request.period)
  }
}

/// Why an exception is not decided.
public enum ExceptionRefusal: Refusal, Hashable {
  case unknown(CheckIn.ID)
  case decided(CheckIn.ID, CheckInException.Decision)
  case reasonMissing

  public var code: String {
    switch self {
    case .unknown: "exception_unknown"
    case .decided: "already_decided"
    case .reasonMissing: "reason_missing"
    }
  }

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .decided: .conflict
    case .reasonMissing: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let id): Sentence(zh: "没有待处理记录 \(id)", en: "there is no exception \(id)")
    case .decided(let id, let decision):
      Sentence(
        zh: "\(id) 已处理：\(decision.name.zh)", en: "\(id) is decided: \(decision.name.en)")
    case .reasonMissing: Sentence(zh: "请写明原因", en: "give the reason")
    }
  }
}
