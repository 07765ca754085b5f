/// 凭证: what a person shows at the counter to say who he is.
public struct Credential: Sendable, Hashable {
  /// What sort of credential it is.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// A card that the office gave out.
    case card
    case socialSecurityCard = "social_security_card"
    case seniorCard = "senior_card"
    case qr

    public var name: Sentence {
      switch self {
      case .card: Sentence(zh: "就餐卡", en: "canteen card")
      case .socialSecurityCard: Sentence(zh: "社保卡", en: "social-security card")
      case .seniorCard: Sentence(zh: "敬老卡", en: "senior card")
      case .qr: Sentence(zh: "二维码", en: "QR code")
      }
    }

    /// Whether its number is the office's own and may stand in clear.
    public var isOffices: Bool { self == .card }
  }

  /// What happened to it since it was issued.
  public enum Event: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case lost
    case found
    case replaced
    case ended

    public var name: Sentence {
      switch self {
      case .lost: Sentence(zh: "挂失", en: "lost")
      case .found: Sentence(zh: "解除挂失", en: "found again")
      case .replaced: Sentence(zh: "补发", en: "replaced")
      case .ended: Sentence(zh: "注销", en: "ended")
      }
    }

    /// Whether the credential is good after it.
    public var isGood: Bool { self == .found }
  }

  public var kind: Kind
  /// The number of an office's card; of another kind its last four characters, masked.
  public var shown: String
  public var issuedAt: Instant
  public var issuedBy: String
  /// The last event; nil if nothing happened.
  public var event: Event?
  public var eventAt: Instant?

  public init(
    kind: Kind, shown: String, issuedAt: Instant, issuedBy: String, event: Event? = nil,
    eventAt: Instant? = nil
  ) {
    self.kind = kind
    self.shown = shown
    self.issuedAt = issuedAt
    self.issuedBy = issuedBy
    self.event = event
    self.eventAt = eventAt
  }

  /// Whether it may be used now.
  public var isGood: Bool { event?.isGood ?? true }
}

/// Why a credential is not issued or changed.
public enum CredentialRefusal: Refusal, Hashable {
  case belongsToAnother
  case unknown
  case blank
  /// The event does not fit what happened before: lost twice, found without being lost.
  case outOfTurn(Credential.Event, after: Credential.Event?)

  public var kind: RefusalKind {
    switch self {
    case .belongsToAnother, .outOfTurn: .conflict
    case .unknown: .notFound
    case .blank: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .belongsToAnother:
      Sentence(zh: "这个凭证已属于另一个人", en: "the credential belongs to somebody else")
    case .unknown:
      Sentence(zh: "没有登记过这个凭证", en: "there is no such credential")
    case .blank:
      Sentence(zh: "没有给出凭证号码", en: "no number of a credential was given")
    case .outOfTurn(let event, let last):
      Sentence(
        zh: "凭证目前是“\(last?.name.zh ?? "有效")”，不能再“\(event.name.zh)”",
        en: "the credential is “\(last?.name.en ?? "good")”; it cannot be “\(event.name.en)”")
    }
  }
}
