/// 订餐: one meal of one person, ordered ahead.
public struct Order: Sendable, Hashable {
  /// 份量.
  public enum Size: String, Word, Sendable, Hashable, CaseIterable {
    case small
    case regular
    case large

    public var name: Sentence {
      switch self {
      case .small: Sentence(zh: "小份", en: "small")
      case .regular: Sentence(zh: "常规", en: "regular")
      case .large: Sentence(zh: "大份", en: "large")
      }
    }
  }

  /// 下单方式: who brought the order.
  public enum Channel: String, Word, Sendable, Hashable, CaseIterable {
    case clerk
    case phone
    /// 帮办: a neighbour or a relative.
    case proxy
    /// 团体: a day-care centre, a care home; one line a person.
    case group

    public var name: Sentence {
      switch self {
      case .clerk: Sentence(zh: "窗口", en: "at the window")
      case .phone: Sentence(zh: "电话", en: "by phone")
      case .proxy: Sentence(zh: "帮办", en: "by proxy")
      case .group: Sentence(zh: "团体", en: "by a group")
      }
    }
  }

  /// What is wanted: the same for a single order and a standing one.
  public struct Wish: Sendable, Hashable {
    public var canteen: Canteen.Code
    public var period: MealPeriod
    public var mode: ServiceMode
    public var size: Size
    /// Names of dishes of the day's menu; empty for the set.
    public var dishes: [String]
    public var note: String
    public var channel: Channel
    /// The proxy or the group; empty for the person.
    public var orderedBy: String

    public init(
      canteen: Canteen.Code, period: MealPeriod, mode: ServiceMode = .dineIn,
      size: Size = .regular, dishes: [String] = [], note: String = "",
      channel: Channel = .clerk, orderedBy: String = ""
    ) {
      self.canteen = canteen
      self.period = period
      self.mode = mode
      self.size = size
      self.dishes = dishes
      self.note = note
      self.channel = channel
      self.orderedBy = orderedBy
    }
  }

  public var diner: Diner.ID
  public var day: Day
  public var wish: Wish
  /// Which standing order it comes from; nil for a single one.
  public var standing: Int?
  /// False once it was cancelled.
  public var isWanted: Bool
  /// Whether it came, or was cancelled, after the cut-off.
  public var isLate: Bool

  public init(
    diner: Diner.ID, day: Day, wish: Wish, standing: Int? = nil, isWanted: Bool = true,
    isLate: Bool = false
  ) {
    self.diner = diner
    self.day = day
    self.wish = wish
    self.standing = standing
    self.isWanted = isWanted
    self.isLate = isLate
  }
}

/// 长期订餐: the weekdays on which a person eats, until it ends.
public struct StandingOrder: Sendable, Hashable {
  public var diner: Diner.ID
  public var number: Int
  public var wish: Order.Wish
  /// 1 for Monday.
  public var weekdays: [Int]
  public var from: Day
  /// The last day; nil while it has no end.
  public var to: Day?

  public init(
    diner: Diner.ID, number: Int, wish: Order.Wish, weekdays: [Int], from: Day, to: Day? = nil
  ) {
    self.diner = diner
    self.number = number
    self.wish = wish
    self.weekdays = weekdays
    self.from = from
    self.to = to
  }

  /// Whether it asks for a meal on a day.
  public func isDue(on day: Day) -> Bool {
    day >= from && (to.map { day <= $0 } ?? true) && weekdays.contains(day.weekday)
  }
}

/// 订餐规则 of a canteen's meal.
public struct OrderRules: Sendable, Hashable {
  /// Orders are taken until this time, so many days before.
  public var cutoffDays: Int
  public var cutoffAt: TimeOfDay
  /// Nil where the kitchen sets no limit.
  public var capacity: Int?
  /// How many sides a main brings with it.
  public var sidesPerMain: Int
  /// So many meals not fetched within 30 days put standing orders on hold; nil for never.
  public var noShowLimit: Int?

  /// The window in which meals that were not fetched count.
  public static let noShowDays = 30

  /// How many days ahead an order is taken.
  public static let daysAhead = 366

  public init(
    cutoffDays: Int = 1, cutoffAt: TimeOfDay = OrderRules.usualCutoff, capacity: Int? = nil,
    sidesPerMain: Int = 1, noShowLimit: Int? = nil
  ) {
    self.cutoffDays = cutoffDays
    self.cutoffAt = cutoffAt
    self.capacity = capacity
    self.sidesPerMain = sidesPerMain
    self.noShowLimit = noShowLimit
  }

  /// Four in the afternoon, before the kitchen buys for the next day.
  public static let usualCutoff: TimeOfDay = {
    guard let time = TimeOfDay(seconds: 16 * 3600) else { preconditionFailure("a time of day") }
    return time
  }()

  /// The last moment at which an order for a day is taken.
  public func cutoff(for day: Day, _ calendar: CanteenCalendar) -> Instant {
    calendar.instant(day - cutoffDays, cutoffAt)
  }
}

/// Why an order is not taken.
public enum OrderRefusal: Refusal, Hashable {
  case tooLate(Day, MealPeriod, lastDay: Day, lastTime: TimeOfDay)
  case full(Day, MealPeriod, capacity: Int)
  case closed(Day, name: String)
  case notServed(MealPeriod, canteen: String)
  case notOnTheMenu(String, Day, MealPeriod)
  case unknown(Day, MealPeriod)
  case unknownStanding(Int)
  case noWeekdays
  case notInTheScheme(Diner.Status, Day)
  case past(Day)
  /// Nobody knows yet what is cooked then.
  case tooFar(Day, last: Day)
  case served(Day, MealPeriod)
  case orderedElsewhere(Day, MealPeriod, canteen: String)

  public var kind: RefusalKind {
    switch self {
    case .tooLate, .closed: .closed
    case .full, .notInTheScheme, .served, .orderedElsewhere: .conflict
    case .notServed, .notOnTheMenu, .noWeekdays, .past, .tooFar: .invalid
    case .unknown, .unknownStanding: .notFound
    }
  }

  public var sentence: Sentence {
    switch self {
    case .tooLate(let day, let period, let lastDay, let time):
      Sentence(
        zh: "\(day) \(period.name.zh)的订餐已于 \(lastDay) \(time.hourAndMinute) 截止；负责人可用“加单”",
        en: "orders for \(period.name.en) of \(day) closed on \(lastDay) at \(time.hourAndMinute)")
    case .full(let day, let period, let capacity):
      Sentence(
        zh: "\(day) \(period.name.zh)已订满（\(capacity) 份）",
        en: "\(period.name.en) of \(day) is full (\(capacity))")
    case .closed(let day, let name):
      Sentence(
        zh: "\(day) 停餐\(name.isEmpty ? "" : "（\(name)）")", en: "the canteen is closed on \(day)")
    case .notServed(let period, let canteen):
      Sentence(zh: "\(canteen) 不供应\(period.name.zh)", en: "\(canteen) serves no \(period.name.en)")
    case .notOnTheMenu(let dish, let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)的食谱上没有“\(dish)”",
        en: "\(dish) is not on the menu of \(day), \(period.name.en)")
    case .unknown(let day, let period):
      Sentence(
        zh: "没有 \(day) \(period.name.zh)的订餐",
        en: "there is no order for \(period.name.en) of \(day)")
    case .unknownStanding(let number):
      Sentence(zh: "没有第 \(number) 号长期订餐", en: "there is no standing order \(number)")
    case .noWeekdays:
      Sentence(zh: "请给出星期几（1 至 7）", en: "give weekdays from 1 to 7")
    case .notInTheScheme(let status, let day):
      Sentence(
        zh: "\(day) 此人状态为“\(status.name.zh)”，不能订餐",
        en: "the person is \(status.name.en) on \(day)")
    case .past(let day):
      Sentence(zh: "\(day) 已经过去", en: "\(day) has passed")
    case .tooFar(let day, let last):
      Sentence(
        zh: "\(day) 太远，最晚可订到 \(last)", en: "\(day) is too far ahead; the last day is \(last)")
    case .orderedElsewhere(let day, let period, let canteen):
      Sentence(
        zh: "\(day) \(period.name.zh)已在 \(canteen) 订餐，请先在那里取消",
        en: "\(period.name.en) of \(day) is ordered at \(canteen); cancel it there first")
    case .served(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)已就餐，不能再取消", en: "\(period.name.en) of \(day) was eaten already"
      )
    }
  }
}
