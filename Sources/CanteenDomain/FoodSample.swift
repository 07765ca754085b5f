/// 食品留样: what was kept of one dish of one meal, in case somebody falls ill.
public struct FoodSample: Sendable, Hashable {
  public var canteen: Canteen.Code
  public var day: Day
  public var period: MealPeriod
  public var dish: String
  public var grams: Int
  /// When it was put into the refrigerator; nil for one that was only weighed.
  public var takenAt: Instant?
  public var takenBy: String
  /// Nil while it is kept.
  public var destroyedAt: Instant?
  public var destroyedBy: String

  public init(
    canteen: Canteen.Code, day: Day, period: MealPeriod, dish: String, grams: Int,
    takenAt: Instant?, takenBy: String, destroyedAt: Instant? = nil, destroyedBy: String = ""
  ) {
    self.canteen = canteen
    self.day = day
    self.period = period
    self.dish = dish
    self.grams = grams
    self.takenAt = takenAt
    self.takenBy = takenBy
    self.destroyedAt = destroyedAt
    self.destroyedBy = destroyedBy
  }

  /// What an office asks of samples; the defaults are those of the check R30.
  public struct Settings: Sendable, Hashable {
    public var gramsMin: Int
    public var hoursMin: Int

    public init(gramsMin: Int, hoursMin: Int) {
      self.gramsMin = gramsMin
      self.hoursMin = hoursMin
    }
  }

  /// The first moment at which it may be destroyed.
  public func isDue(by settings: Settings) -> Instant? {
    takenAt?.adding(seconds: Int64(settings.hoursMin) * 3600)
  }
}

/// Why a sample is not entered or destroyed.
public enum FoodSampleRefusal: Refusal, Hashable {
  case unknown(String, Day, MealPeriod)
  case destroyed(String)
  case tooEarly(String, Day, TimeOfDay)
  case noDishes(Day, MealPeriod)
  case weighsNothing(Int)

  public var kind: RefusalKind {
    switch self {
    case .unknown, .noDishes: .notFound
    case .destroyed, .tooEarly: .conflict
    case .weighsNothing: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let dish, let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)没有“\(dish)”的留样",
        en: "there is no sample of \(dish) of \(day), \(period.name.en)")
    case .destroyed(let dish):
      Sentence(zh: "“\(dish)”的留样已销毁", en: "the sample of \(dish) was destroyed before")
    case .tooEarly(let dish, let day, let time):
      Sentence(
        zh: "“\(dish)”的留样应保留到 \(day) \(time.hourAndMinute)",
        en: "the sample of \(dish) is to be kept until \(day) \(time.hourAndMinute)")
    case .noDishes(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)没有已发布的食谱，请写明菜名",
        en: "no menu is published for \(period.name.en) of \(day); name the dish")
    case .weighsNothing(let grams):
      Sentence(zh: "留样应大于 0 克，现为 \(grams)", en: "a sample weighs more than 0 g, not \(grams)")
    }
  }
}
