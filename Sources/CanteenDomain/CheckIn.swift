/// 签到: one person took one meal. A request becomes a check-in when it was priced and written.
public struct CheckIn: Sendable, Hashable, Codable {
  /// The key that the client made (a UUID): asking again with it gives the same answer.
  public struct ID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// Lower-case text of 36 characters.
    public let text: String

    /// Nil if the text is no UUID.
    public init?(_ text: String) {
      let lower = text.lowercased()
      guard lower.utf8.count == 36 else { return nil }
      for (place, byte) in lower.utf8.enumerated() {
        switch place {
        case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
        default: guard (48...57).contains(byte) || (97...102).contains(byte) else { return nil }
        }
      }
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
  public var entry: CheckInEntry
  /// Nil for a person of the register.
  public var guest: GuestKind?
  /// Which of the person's proxies fetched the meal; nil if nobody did.
  public var proxy: Int?

  public init(
    id: ID, diner: Diner.ID, day: Day, period: MealPeriod, servedAt: Instant, postedOn: Day,
    canteen: Canteen.Code, mode: ServiceMode, means: MeansOfPayment, auth: AuthMethod,
    terminal: String, list: Fen, dinerPays: Fen, category: String?,
    entry: CheckInEntry = .counter, guest: GuestKind? = nil, proxy: Int? = nil
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
    self.entry = entry
    self.guest = guest
    self.proxy = proxy
  }
}
