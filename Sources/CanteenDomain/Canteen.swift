/// 社区食堂 or 助餐点: where meals are served and whose statement the street office signs.
public struct Canteen: Sendable, Hashable, Codable {
  /// The canteen's own short code, such as `DFL-01`; printed on statements and cards.
  public typealias Code = String

  /// What sort of place it is.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case kitchen
    case distribution
    case centralKitchen = "central_kitchen"

    public var name: Sentence {
      switch self {
      case .kitchen: Sentence(zh: "食堂", en: "kitchen")
      case .distribution: Sentence(zh: "助餐点", en: "service point")
      case .centralKitchen: Sentence(zh: "中央厨房", en: "central kitchen")
      }
    }
  }

  public var code: Code
  public var name: String
  public var kind: Kind
  public var region: Region.Code
  /// 运营单位.
  public var operatorName: String
  /// 统一社会信用代码, if known.
  public var creditCode: String?
  /// Nil where nobody counted.
  public var seats: Int?
  /// The first day whose books the canteen keeps.
  public var openedOn: Day
  public var windows: [ServiceWindow]

  public init(
    code: Code, name: String, kind: Kind = .kitchen, region: Region.Code, operatorName: String,
    creditCode: String? = nil, seats: Int? = nil, openedOn: Day, windows: [ServiceWindow]
  ) {
    self.code = code
    self.name = name
    self.kind = kind
    self.region = region
    self.operatorName = operatorName
    self.creditCode = creditCode
    self.seats = seats
    self.openedOn = openedOn
    self.windows = windows
  }

  /// The meal being served at `time`: the one whose window holds it, or else the nearest one.
  public func period(at time: TimeOfDay) -> MealPeriod? {
    windows.min { $0.distance(to: time) < $1.distance(to: time) }?.period
  }

  /// The meal that ends a day, if it has not ended at `time`.
  public func lastWindow(endingAfter time: TimeOfDay) -> ServiceWindow? {
    windows.max { $0.to < $1.to }.flatMap { $0.to > time ? $0 : nil }
  }
}

/// When a canteen serves one meal of the day.
public struct ServiceWindow: Sendable, Hashable, Codable {
  public var period: MealPeriod
  public var from: TimeOfDay
  public var to: TimeOfDay

  public init(period: MealPeriod, from: TimeOfDay, to: TimeOfDay) {
    self.period = period
    self.from = from
    self.to = to
  }

  /// Seconds by which `time` misses the window; 0 inside it.
  func distance(to time: TimeOfDay) -> Int {
    max(0, from.seconds - time.seconds, time.seconds - to.seconds)
  }
}
