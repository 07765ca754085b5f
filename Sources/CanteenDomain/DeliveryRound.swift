/// 送餐路线: the stops of one courier, in the order in which they are visited.
public struct DeliveryRound: Sendable, Hashable {
  /// 一站: a person's door.
  public struct Stop: Sendable, Hashable {
    public var diner: Diner.ID
    public var name: String
    /// 居民小组.
    public var group: String
    /// Empty where the register has none.
    public var address: String

    public init(diner: Diner.ID, name: String, group: String, address: String) {
      self.diner = diner
      self.name = name
      self.group = group
      self.address = address
    }
  }

  public var number: Int
  public var courier: String
  public var stops: [Stop]

  public init(number: Int, courier: String, stops: [Stop]) {
    self.number = number
    self.courier = courier
    self.stops = stops
  }

  /// Plans rounds without a map: stops go by resident group and, within it, by address as people write
  /// it (street, building, entrance, floor, door, numbers as numbers); who has no address comes last
  /// of the group. The row is cut into pieces as even as they get, one for each courier, so that
  /// neighbours stay together.
  ///
  /// It knows nothing of distances between streets: a courier who knows better changes the order.
  public static func plan(_ stops: [Stop], couriers: [String]) -> [DeliveryRound] {
    guard !couriers.isEmpty else { return [] }
    let row = stops.sorted(by: isEarlier)
    let (size, rest) = row.count.quotientAndRemainder(dividingBy: couriers.count)
    var start = 0
    return couriers.enumerated().map { index, courier in
      let end = start + size + (index < rest ? 1 : 0)
      defer { start = end }
      return DeliveryRound(number: index + 1, courier: courier, stops: Array(row[start..<end]))
    }.filter { !$0.stops.isEmpty }
  }

  private static func isEarlier(_ left: Stop, _ right: Stop) -> Bool {
    let groups = (NaturalText(left.group), NaturalText(right.group))
    if groups.0 != groups.1 { return groups.0 < groups.1 }
    if left.address.isEmpty != right.address.isEmpty { return right.address.isEmpty }
    let addresses = (NaturalText(left.address), NaturalText(right.address))
    if addresses.0 != addresses.1 { return addresses.0 < addresses.1 }
    return left.diner < right.diner
  }
}

/// A text that is ordered as people order house numbers: 9号 before 10号.
struct NaturalText: Comparable {
  private enum Part: Hashable {
    case number(Int)
    case text(String)
  }

  private let parts: [Part]

  init(_ text: String) {
    var parts: [Part] = []
    var digits = ""
    var letters = ""
    for character in text.normalisedWidth() where character != " " {
      if character.isASCIIDigit {
        if !letters.isEmpty { parts.append(.text(letters)) }
        letters = ""
        digits.append(character)
      } else {
        if let number = Int(digits) { parts.append(.number(number)) }
        digits = ""
        letters.append(character)
      }
    }
    if let number = Int(digits) { parts.append(.number(number)) }
    if !letters.isEmpty { parts.append(.text(letters)) }
    self.parts = parts
  }

  static func < (left: NaturalText, right: NaturalText) -> Bool {
    for (one, other) in zip(left.parts, right.parts) where one != other {
      switch (one, other) {
      case (.number(let first), .number(let second)): return first < second
      case (.text(let first), .text(let second)): return first < second
      case (.number, .text): return true
      case (.text, .number): return false
      }
    }
    return left.parts.count < right.parts.count
  }
}

/// 送餐签收: what happened at a door.
public struct DeliveryReceipt: Sendable, Hashable {
  public var diner: Diner.ID
  public var day: Day
  public var period: MealPeriod
  public var canteen: Canteen.Code
  public var receivedAt: Instant
  /// The person's own name, or who took it.
  public var receivedBy: String
  /// 代收.
  public var isProxy: Bool
  public var courier: String

  public init(
    diner: Diner.ID, day: Day, period: MealPeriod, canteen: Canteen.Code, receivedAt: Instant,
    receivedBy: String, isProxy: Bool, courier: String
  ) {
    self.diner = diner
    self.day = day
    self.period = period
    self.canteen = canteen
    self.receivedAt = receivedAt
    self.receivedBy = receivedBy
    self.isProxy = isProxy
    self.courier = courier
  }
}

/// Why a delivery is not planned or received.
public enum DeliveryRefusal: Refusal, Hashable {
  case noCouriers
  case nothingToDeliver(Day, MealPeriod)
  case notDelivered(Day, MealPeriod)
  case receivedBefore(by: String, Day, TimeOfDay)
  case nobodyReceived
  case inTheFuture

  public var kind: RefusalKind {
    switch self {
    case .noCouriers, .nobodyReceived, .inTheFuture: .invalid
    case .nothingToDeliver, .notDelivered: .notFound
    case .receivedBefore: .conflict
    }
  }

  public var sentence: Sentence {
    switch self {
    case .noCouriers: Sentence(zh: "请给出送餐员", en: "name the couriers")
    case .nothingToDeliver(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)没有要送的餐",
        en: "nothing is to be brought for \(period.name.en) of \(day)")
    case .notDelivered(let day, let period):
      Sentence(
        zh: "此人 \(day) \(period.name.zh)没有送餐订单",
        en: "the person ordered no delivery for \(period.name.en) of \(day)")
    case .receivedBefore(let name, let day, let time):
      Sentence(
        zh: "已于 \(day) \(time.hourAndMinute) 由 \(name) 签收",
        en: "it was received by \(name) on \(day) at \(time.hourAndMinute)")
    case .nobodyReceived: Sentence(zh: "请写明签收人", en: "say who received it")
    case .inTheFuture: Sentence(zh: "签收时间尚未到来", en: "the time of receipt has not come yet")
    }
  }
}
