/// 志愿者: somebody who helps, and earns points by it.
public struct Volunteer: Sendable, Hashable {
  /// The number of a volunteer.
  public typealias ID = Int64

  public var id: ID
  public var name: String
  /// Who they are in the register; nil for somebody who is not in it.
  public var diner: Diner.ID?
  public var joinedOn: Day

  public init(id: ID, name: String, diner: Diner.ID?, joinedOn: Day) {
    self.id = id
    self.name = name
    self.diner = diner
    self.joinedOn = joinedOn
  }
}

/// 班次: when somebody helps, and how long it was.
public struct VolunteerShift: Sendable, Hashable {
  public var volunteer: Volunteer.ID
  public var number: Int
  public var canteen: Canteen.Code
  public var day: Day
  /// Such as 帮厨 or 送餐: what a rule for points is named after.
  public var task: String
  public var plannedMinutes: Int
  /// Nil until somebody has confirmed it.
  public var workedMinutes: Int?

  public init(
    volunteer: Volunteer.ID, number: Int, canteen: Canteen.Code, day: Day, task: String,
    plannedMinutes: Int, workedMinutes: Int? = nil
  ) {
    self.volunteer = volunteer
    self.number = number
    self.canteen = canteen
    self.day = day
    self.task = task
    self.plannedMinutes = plannedMinutes
    self.workedMinutes = workedMinutes
  }
}

/// 积分规则: what earns points and what they pay. One published scheme gives 15 points for two and a
/// half hours in the kitchen and asks 2 for a breakfast.
public struct PointRules: Sendable, Hashable {
  /// So many points for so many minutes.
  public struct Earning: Sendable, Hashable {
    public var points: Int
    public var minutes: Int

    public init(points: Int, minutes: Int) {
      self.points = points
      self.minutes = minutes
    }

    /// Points for some minutes, in proportion, the fraction of a point dropped.
    public func points(for worked: Int) -> Int { worked * points / minutes }
  }

  /// So many points for a meal, worth so many fen of what the diner would pay.
  public struct Spending: Sendable, Hashable {
    public var points: Int
    public var fen: Fen

    public init(points: Int, fen: Fen) {
      self.points = points
      self.fen = fen
    }
  }

  /// By task.
  public var earning: [String: Earning]
  public var spending: [MealPeriod: Spending]

  public init(earning: [String: Earning] = [:], spending: [MealPeriod: Spending] = [:]) {
    self.earning = earning
    self.spending = spending
  }
}

/// 积分账: one entry of a volunteer's points.
public struct PointEntry: Sendable, Hashable {
  /// Why points came or went.
  public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
    case earned
    case spent
    /// A meal that they paid was reversed.
    case returned
    case adjusted

    public var name: Sentence {
      switch self {
      case .earned: Sentence(zh: "获得", en: "earned")
      case .spent: Sentence(zh: "兑餐", en: "spent")
      case .returned: Sentence(zh: "退回", en: "returned")
      case .adjusted: Sentence(zh: "调整", en: "adjusted")
      }
    }
  }

  public var volunteer: Volunteer.ID
  /// From 1.
  public var number: Int
  public var kind: Kind
  /// Below zero if they went.
  public var points: Int
  public var balance: Int
  public var shift: Int?
  public var checkIn: CheckIn.ID?
  public var note: String

  public init(
    volunteer: Volunteer.ID, number: Int, kind: Kind, points: Int, balance: Int,
    shift: Int? = nil, checkIn: CheckIn.ID? = nil, note: String = ""
  ) {
    self.volunteer = volunteer
    self.number = number
    self.kind = kind
    self.points = points
    self.balance = balance
    self.shift = shift
    self.checkIn = checkIn
    self.note = note
  }
}

/// What a batch of check-ins may take from a volunteer's points.
public struct PointPurse: Sendable, Hashable {
  public var balance: Int
  public var rules: PointRules

  public init(balance: Int, rules: PointRules) {
    self.balance = balance
    self.rules = rules
  }

  /// What a meal costs in points and what these are worth.
  /// - Throws: `PointRefusal.noRule`, `.notEnough`.
  public func spending(for period: MealPeriod) throws(PointRefusal) -> PointRules.Spending {
    guard let rule = rules.spending[period] else { throw .noRule(period) }
    guard balance >= rule.points else { throw .notEnough(balance: balance, needed: rule.points) }
    return rule
  }
}

/// Why points do not move.
public enum PointRefusal: Refusal, Hashable {
  case unknownVolunteer(Volunteer.ID)
  case unknownShift(Int)
  case noRule(MealPeriod)
  case noRuleForTask(String)
  case notEnough(balance: Int, needed: Int)
  case guestsPayOtherwise
  case confirmedBefore(Int)
  case notPossible

  public var kind: RefusalKind {
    switch self {
    case .unknownVolunteer, .unknownShift, .noRule, .noRuleForTask: .notFound
    case .notEnough, .confirmedBefore: .conflict
    case .guestsPayOtherwise, .notPossible: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknownVolunteer(let id):
      Sentence(zh: "没有第 \(id) 号志愿者", en: "there is no volunteer \(id)")
    case .unknownShift(let number):
      Sentence(zh: "没有第 \(number) 号班次", en: "there is no shift \(number)")
    case .noRule(let period):
      Sentence(
        zh: "\(period.name.zh)没有积分兑换规则", en: "no rule says what a \(period.name.en) costs in points"
      )
    case .noRuleForTask(let task):
      Sentence(zh: "“\(task)”没有积分规则", en: "no rule says what \(task) earns")
    case .notEnough(let balance, let needed):
      Sentence(
        zh: "积分不足：余 \(balance) 分，需 \(needed) 分",
        en: "\(balance) points are left, \(needed) are needed")
    case .guestsPayOtherwise:
      Sentence(zh: "用积分兑餐的人须在登记册中", en: "who eats for points must be in the register")
    case .confirmedBefore(let number):
      Sentence(
        zh: "第 \(number) 号班次已登记时长，可用 volunteer adjust 调整积分",
        en: "the shift \(number) was confirmed before; adjust the points instead")
    case .notPossible:
      Sentence(zh: "数值不合理", en: "the number makes no sense")
    }
  }
}
