/// 周岁的起算: from which day a birthday counts.
public enum AttainRule: String, Word, Sendable, Hashable, Codable, CaseIterable {
  /// On the birthday itself; 29 February counts on 1 March in common years.
  case birthday
  /// On the day after it, as the courts count.
  case dayAfter = "day_after"
  /// From the first day of the month of the birthday.
  case monthOf = "month_of"
  /// From the first day of the month after it.
  case monthAfter = "month_after"

  /// Full years on `day` by this rule; 0 for a day before the birth.
  public func age(born birth: Day, on day: Day) -> Int {
    switch self {
    case .birthday: return Self.fullYears(from: birth, to: day)
    case .dayAfter: return Self.fullYears(from: birth, to: day - 1)
    case .monthOf, .monthAfter:
      let (birthYear, birthMonth, _) = birth.parts
      let (year, month, _) = day.parts
      let reached = self == .monthOf ? month >= birthMonth : month > birthMonth
      return max(0, year - birthYear - (reached ? 0 : 1))
    }
  }

  private static func fullYears(from birth: Day, to day: Day) -> Int {
    let (birthYear, birthMonth, birthDay) = birth.parts
    let (year, month, dayOfMonth) = day.parts
    let reached = month > birthMonth || (month == birthMonth && dayOfMonth >= birthDay)
    return max(0, year - birthYear - (reached ? 0 : 1))
  }

  public var name: Sentence {
    switch self {
    case .birthday: Sentence(zh: "生日当天满周岁", en: "from the birthday")
    case .dayAfter: Sentence(zh: "生日次日满周岁", en: "from the day after the birthday")
    case .monthOf: Sentence(zh: "生日当月1日起", en: "from the 1st of the month of the birthday")
    case .monthAfter: Sentence(zh: "生日次月1日起", en: "from the 1st of the next month")
    }
  }
}

/// 年龄段: full years, both ends included; a missing end is open.
public struct AgeBand: Sendable, Hashable, Codable {
  public var min: Int?
  public var max: Int?

  public init(min: Int? = nil, max: Int? = nil) {
    self.min = min
    self.max = max
  }

  public func contains(_ age: Int) -> Bool { age >= (min ?? 0) && age <= (max ?? Int.max) }

  public func overlaps(_ other: AgeBand) -> Bool {
    (min ?? 0) <= (other.max ?? Int.max) && (other.min ?? 0) <= (max ?? Int.max)
  }

  public var name: Sentence {
    switch (min, max) {
    case (let min?, let max?): Sentence(zh: "\(min)—\(max)周岁", en: "aged \(min) to \(max)")
    case (let min?, nil): Sentence(zh: "\(min)周岁及以上", en: "aged \(min) or more")
    case (nil, let max?): Sentence(zh: "\(max)周岁及以下", en: "aged \(max) or less")
    case (nil, nil): Sentence(zh: "不限年龄", en: "any age")
    }
  }
}
