/// 签到: one person took one meal. A request becomes a check-in when it was priced and written.
public struct CheckIn: Sendable, Hashable, Codable {
  /// The key that the client made (a UUID): asking again with it gives the same answer.
  public struct ID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// Lower-case text of 36 characters.
    public let text: String

    /// Nil if the text is no UUID.
    public init?(_ text: String) {
      let lower = text.lowercased()
      let groups = lower.split(separator: "-", omittingEmptySubsequences: false)
      guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12],
        groups.joined().utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
      else { return nil }
      self.text = lower
    }

    /// The key made of sixteen bytes, such as the first ones of a hash of what it stands for.
    public init(bytes: some Sequence<UInt8>) {
      var sixteen = Array(bytes.prefix(16))
      precondition(sixteen.count == 16, "a key has sixteen bytes")
      // Version 8 of RFC 9562: bytes of our own making.
      sixteen[6] = sixteen[6] & 0x0F | 0x80
      sixteen[8] = sixteen[8] & 0x3F | 0x80
      let digits = Array("0123456789abcdef")
      var text = ""
      for (index, byte) in sixteen.enumerated() {
        if [4, 6, 8, 10].contains(index) { text.append("-") }
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      self.text = text
    }

    public var description: String { text }
    public static func < (left: ID, right: ID) -> Bool { left.text < right.text }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      guard let id = ID(try container.decode(String.self)) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "a check-in's key is a UUID")
      }
      self = id
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    }
  }

  public var id: ID
  public var diner: Diner.ID
  public var day: Day
  public var period: MealPeriod
  public var servedAt: Instant
  /// The day whose books it is in; later than `day` only if that was closed when it came.
  public var postedOn: Day
  public var canteen: Canteen.Code
  public var mode: ServiceMode
  public var means: MeansOfPayment
  public var auth: AuthMethod
  /// 窗口: the counter or list that it came from.
  public var terminal: String
  public var list: Fen
  public var dinerPays: Fen
  /// 补贴类别, nil at full price.
  public var category: String?

  public init(
    id: ID, diner: Diner.ID, day: Day, period: MealPeriod, servedAt: Instant, postedOn: Day,
    canteen: Canteen.Code, mode: ServiceMode, means: MeansOfPayment, auth: AuthMethod,
    terminal: String, list: Fen, dinerPays: Fen, category: String?
  ) {
    self.id = id
    self.diner = diner
    self.day = day
    self.period = period
    self.servedAt = servedAt
    self.postedOn = postedOn
    self.canteen = canteen
    self.mode = mode
    self.means = means
    self.auth = auth
    self.terminal = terminal
    self.list = list
    self.dinerPays = dinerPays
    self.category = category
  }
}

/// What the counter, a list or an offline queue asks for.
public struct CheckInRequest: Sendable, Hashable {
  public var id: CheckIn.ID
  public var card: String
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

  public init(
    id: CheckIn.ID, card: String, canteen: Canteen.Code, day: Day, time: TimeOfDay,
    period: MealPeriod, mode: ServiceMode, list: Fen, means: MeansOfPayment, auth: AuthMethod,
    wantsFullPrice: Bool = false, terminal: String, sourceNo: String? = nil
  ) {
    self.id = id
    self.card = card
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
  }

  /// Everything that makes it the same request, in one text: the same key with another body is refused.
  public var canonicalBody: String {
    [
      card, canteen, day.description, time.description, period.rawValue, mode.rawValue,
      "\(list.count)", means.rawValue, auth.rawValue, wantsFullPrice ? "full" : "", sourceNo ?? "",
    ].joined(separator: "\u{1F}")
  }
}

/// Why a check-in is not accepted. A refusal never blocks a meal: the full price is always possible.
public enum CheckInRefusal: Refusal, Hashable {
  /// The person already took this meal: when, at which canteen and window, and under which key.
  case alreadyCheckedIn(
    period: MealPeriod, day: Day, today: Bool, at: TimeOfDay, canteen: String, terminal: String)
  case unknownCard(String)
  /// The card was lost, replaced or ended before the meal; another way to say who one is still works.
  case cardNotGood(Credential.Event)
  case unknownCanteen(String)
  /// The same key came before with other contents.
  case keyUsedForAnother(CheckIn.ID)
  case unknownCheckIn(CheckIn.ID)
  case alreadyReversed(CheckIn.ID)
  case priceNotPositive(Fen)
  case beforeCanteenOpened(Day, canteen: String)
  case inTheFuture(Day, TimeOfDay)

  public var kind: RefusalKind {
    switch self {
    case .alreadyCheckedIn, .keyUsedForAnother, .alreadyReversed, .cardNotGood: .conflict
    case .unknownCard, .unknownCanteen, .unknownCheckIn: .notFound
    case .priceNotPositive, .beforeCanteenOpened, .inTheFuture: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .alreadyCheckedIn(let period, let day, let today, let time, let canteen, let terminal):
      Sentence(
        zh:
          "\(today ? "今日" : "\(day) ")\(period.name.zh)已就餐 \(time.hourAndMinute) · \(canteen) · \(terminal)",
        en:
          "\(today ? "today's" : "\(day)") \(period.name.en) was already taken at \(time.hourAndMinute) · \(canteen) · \(terminal)"
      )
    case .unknownCard(let card):
      Sentence(zh: "查无此卡：\(card)", en: "nobody has the card \(card)")
    case .cardNotGood(let event):
      Sentence(
        zh: "此卡已\(event.name.zh)，请用其他方式核验（身份证、姓名），不影响用餐",
        en: "the card is \(event.name.en); find the person by ID or name, the meal goes on")
    case .unknownCanteen(let code):
      Sentence(zh: "没有助餐点 \(code)", en: "there is no canteen \(code)")
    case .keyUsedForAnother(let id):
      Sentence(
        zh: "流水键 \(id) 已用于内容不同的另一笔签到",
        en: "the key \(id) was used for a check-in with other contents")
    case .unknownCheckIn(let id):
      Sentence(zh: "没有签到记录 \(id)", en: "there is no check-in \(id)")
    case .alreadyReversed(let id):
      Sentence(zh: "签到 \(id) 已冲正", en: "the check-in \(id) is already reversed")
    case .priceNotPositive(let fen):
      Sentence(zh: "餐费应大于0，现为 \(fen.yuan) 元", en: "a meal's price is above 0, not \(fen.yuan) yuan")
    case .beforeCanteenOpened(let day, let canteen):
      Sentence(
        zh: "\(day) 早于 \(canteen) 的开业日期", en: "\(day) is before \(canteen) opened")
    case .inTheFuture(let day, let time):
      Sentence(
        zh: "就餐时间 \(day) \(time) 尚未到来", en: "the meal's time \(day) \(time) has not come yet")
    }
  }
}
