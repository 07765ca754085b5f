/// What the counter, a list or an offline queue asks for.
public struct CheckInRequest: Sendable, Hashable, Codable {
  /// Who eats.
  public enum Party: Sendable, Hashable, Codable {
    /// Whoever holds the card.
    case card(String)
    /// A person of the register, found by the counter.
    case diner(Diner.ID)
    /// Somebody who is not in the register, or eats as no diner: always at full price.
    case guest(GuestKind)
  }

  /// No single meal of these canteens costs more; a higher price is a slip of the keyboard.
  public static let listMax = Fen(100_000)

  public var id: CheckIn.ID
  public var party: Party
  public var canteen: Canteen.Code
  public var day: Day
  public var time: TimeOfDay
  public var period: MealPeriod
  public var mode: ServiceMode
  public var list: Fen
  public var means: MeansOfPayment
  public var auth: AuthMethod
  /// 按原价: the person takes a further meal and pays its whole price.
  public var wantsFullPrice: Bool
  public var terminal: String
  /// 流水号 of the list it was read from.
  public var sourceNo: String?
  public var entry: CheckInEntry
  /// Which of the person's proxies fetches the meal.
  public var proxy: Int?
  /// What the diner has already paid for it, if it was served before it was priced here.
  public var quoted: Fen?
  /// Whose points are put toward it; nil for nobody's.
  public var pointsOf: Volunteer.ID?

  public init(
    id: CheckIn.ID, party: Party, canteen: Canteen.Code, day: Day, time: TimeOfDay,
    period: MealPeriod, mode: ServiceMode, list: Fen, means: MeansOfPayment, auth: AuthMethod,
    wantsFullPrice: Bool = false, terminal: String, sourceNo: String? = nil,
    entry: CheckInEntry = .counter, proxy: Int? = nil, quoted: Fen? = nil,
    pointsOf: Volunteer.ID? = nil
  ) {
    self.id = id
    self.party = party
    self.canteen = canteen
    self.day = day
    self.time = time
    self.period = period
    self.mode = mode
    self.list = list
    self.means = means
    self.auth = auth
    self.wantsFullPrice = wantsFullPrice
    self.terminal = terminal
    self.sourceNo = sourceNo
    self.entry = entry
    self.proxy = proxy
    self.quoted = quoted
    self.pointsOf = pointsOf
  }

  /// A request of whoever holds a card.
  public init(
    id: CheckIn.ID, card: String, canteen: Canteen.Code, day: Day, time: TimeOfDay,
    period: MealPeriod, mode: ServiceMode, list: Fen, means: MeansOfPayment, auth: AuthMethod,
    wantsFullPrice: Bool = false, terminal: String, sourceNo: String? = nil,
    entry: CheckInEntry = .counter
  ) {
    self.init(
      id: id, party: .card(card), canteen: canteen, day: day, time: time, period: period,
      mode: mode, list: list, means: means, auth: auth, wantsFullPrice: wantsFullPrice,
      terminal: terminal, sourceNo: sourceNo, entry: entry)
  }

  /// The card that was shown, if it was one.
  public var card: String? { if case .card(let card) = party { card } else { nil } }

  /// Everything that makes it the same request, in one text: the same key with another body is refused.
  /// How it came is no part of it: a request that was not answered is queued and comes again.
  public var canonicalBody: String {
    var parts = [
      party.text, canteen, day.description, time.description, period.rawValue, mode.rawValue,
      "\(list.count)", means.rawValue, auth.rawValue, wantsFullPrice ? "full" : "", sourceNo ?? "",
    ]
    if let proxy { parts.append("proxy:\(proxy)") }
    if let pointsOf { parts.append("points:\(pointsOf)") }
    return parts.joined(separator: "\u{1F}")
  }
}

extension CheckInRequest.Party {
  /// As a canonical body has it.
  fileprivate var text: String {
    switch self {
    case .card(let card): card
    case .diner(let id): "diner:\(id)"
    case .guest(let kind): "guest:\(kind.rawValue)"
    }
  }
}

/// How a check-in came to the books.
public enum CheckInEntry: String, Word, Sendable, Hashable, Codable, CaseIterable {
  /// At once.
  case counter
  /// From the queue of a terminal that had no network.
  case offline
  /// 补录: from a list that was written by hand.
  case late

  public var name: Sentence {
    switch self {
    case .counter: Sentence(zh: "当场", en: "at once")
    case .offline: Sentence(zh: "离线补传", en: "sent later")
    case .late: Sentence(zh: "补录", en: "late entry")
    }
  }
}

/// 非登记人员: who may eat without being in the register.
public enum GuestKind: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case family
  case volunteer
  case staff

  public var name: Sentence {
    switch self {
    case .family: Sentence(zh: "家属", en: "family")
    case .volunteer: Sentence(zh: "志愿者", en: "volunteer")
    case .staff: Sentence(zh: "工作人员", en: "staff")
    }
  }
}
