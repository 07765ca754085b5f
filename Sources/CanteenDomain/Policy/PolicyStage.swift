/// What sort of step a stage is; across policies the steps are taken in this order.
public enum StageKind: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case discount
  case subsidy
  case charity
  /// Paid toward or beside the delivery fee, never toward the meal.
  case delivery

  public var name: Sentence {
    switch self {
    case .discount: Sentence(zh: "优惠", en: "discount")
    case .subsidy: Sentence(zh: "补贴", en: "subsidy")
    case .charity: Sentence(zh: "慈善", en: "charity")
    case .delivery: Sentence(zh: "送餐补贴", en: "delivery subsidy")
    }
  }
}

/// How the groups of one stage act together.
public enum Stacking: String, Word, Sendable, Hashable, Codable, CaseIterable {
  /// 就高不就低: the one that gives most; of equals the first in the document.
  case bestOf = "best_of"
  /// 叠加: all that match.
  case additive
  /// 不重复享受: the first that matches, in the order of the document.
  case exclusive

  public var name: Sentence {
    switch self {
    case .bestOf: Sentence(zh: "就高不就低", en: "the best of")
    case .additive: Sentence(zh: "可叠加享受", en: "added together")
    case .exclusive: Sentence(zh: "不重复享受，按所列顺序取第一项", en: "the first that applies")
    }
  }
}

/// What an amount is measured on.
public enum Basis: String, Word, Sendable, Hashable, Codable, CaseIterable {
  /// The list price without extras.
  case list
  /// The same, less the discounts that were given before.
  case afterDiscount = "after_discount"
  /// What the diner would still pay at this point, extras left out.
  case remaining

  public var name: Sentence {
    switch self {
    case .list: Sentence(zh: "标价", en: "the list price")
    case .afterDiscount: Sentence(zh: "优惠后价格", en: "the price after discount")
    case .remaining: Sentence(zh: "此前各项扣除后的应付额", en: "what is still to be paid")
    }
  }
}

/// 消费门槛: at least (or more than) an amount must be spent.
public struct MinSpend: Sendable, Hashable, Codable {
  public var amount: Fen
  /// 超过: strictly more than the amount; otherwise the amount itself is enough.
  public var isStrict: Bool
  public var basis: Basis

  public init(amount: Fen, isStrict: Bool, basis: Basis) {
    self.amount = amount
    self.isStrict = isStrict
    self.basis = basis
  }

  func isMet(by spend: Fen) -> Bool { isStrict ? spend > amount : spend >= amount }
}

/// 次数或金额上限: a limit over a window of one person's accepted meals, in all canteens.
public struct Cap: Sendable, Hashable, Codable {
  /// The windows; weeks run from Monday to Sunday and nothing unused is carried over.
  public enum Window: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case meal, period, day, week, month, quarter, year

    public var name: Sentence {
      switch self {
      case .meal: Sentence(zh: "每餐", en: "a meal")
      case .period: Sentence(zh: "每日同一餐次", en: "a meal period of a day")
      case .day: Sentence(zh: "每日", en: "a day")
      case .week: Sentence(zh: "每自然周", en: "a week (Monday to Sunday)")
      case .month: Sentence(zh: "每月", en: "a month")
      case .quarter: Sentence(zh: "每季度", en: "a quarter")
      case .year: Sentence(zh: "每年", en: "a year")
      }
    }

    /// The first day of the window that `day` belongs to.
    public func start(of day: Day) -> Day {
      switch self {
      case .meal, .period, .day: day
      case .week: day.monday
      case .month: day.firstOfMonth
      case .quarter: day.firstOfMonth.addingMonths(-((day.month - 1) % 3))
      case .year: day.firstOfYear
      }
    }

    /// The last day of the window that `day` belongs to.
    public func end(of day: Day) -> Day {
      let start = start(of: day)
      return switch self {
      case .meal, .period, .day: day
      case .week: start + 6
      case .month: start.lastOfMonth
      case .quarter: start.addingMonths(3) - 1
      case .year: start.addingMonths(12) - 1
      }
    }
  }

  public var per: Window
  public var count: Int?
  public var amount: Fen?
  /// Only meals of these periods count and are limited; empty for all.
  public var periods: [MealPeriod]
  public var modes: [ServiceMode]

  public init(
    per: Window, count: Int? = nil, amount: Fen? = nil, periods: [MealPeriod] = [],
    modes: [ServiceMode] = []
  ) {
    self.per = per
    self.count = count
    self.amount = amount
    self.periods = periods
    self.modes = modes
  }
}

/// One share of a split: who bears how much, and when.
public struct SplitShare: Sendable, Hashable, Codable {
  public var source: FundingSource
  /// A fixed amount, a rate, or (with neither) whatever is left: the residual.
  public var amount: Fen?
  public var rate: Rate?
  public var when: Condition

  public init(
    _ source: FundingSource, amount: Fen? = nil, rate: Rate? = nil, when: Condition = Condition()
  ) {
    self.source = source
    self.amount = amount
    self.rate = rate
    self.when = when
  }

  public var isResidual: Bool { amount == nil && rate == nil }
}

/// 资金分担: how a benefit is divided among sources, in order, and who bears what nobody funds.
public struct FundingSplit: Sendable, Hashable, Codable {
  public var shares: [SplitShare]
  /// Who bears a share whose condition fails or whose budget is spent; `diner` lowers the benefit.
  public var unfunded: FundingSource
  /// Who takes the last fen of a division; nil for the largest remainder, in the order of sources.
  public var remainder: FundingSource?

  public init(
    _ shares: [SplitShare], unfunded: FundingSource = .diner, remainder: FundingSource? = nil
  ) {
    self.shares = shares
    self.unfunded = unfunded
    self.remainder = remainder
  }

  /// Everything from one source.
  public static func all(_ source: FundingSource) -> FundingSplit {
    FundingSplit([SplitShare(source)])
  }
}

/// 取整: to what unit and which way an amount is rounded.
public struct Rounding: Sendable, Hashable, Codable {
  /// Which way a fraction goes.
  public enum Mode: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case down
    case halfUp = "half_up"
    case up

    public var name: Sentence {
      switch self {
      case .down: Sentence(zh: "舍去", en: "down")
      case .halfUp: Sentence(zh: "四舍五入", en: "half up")
      case .up: Sentence(zh: "进位", en: "up")
      }
    }
  }

  /// Which amount is made round; the other side takes the remainder.
  public enum Side: String, Sendable, Hashable, Codable, CaseIterable {
    case benefit
    case diner
  }

  /// When it is made round.
  public enum Moment: String, Sendable, Hashable, Codable, CaseIterable {
    case line
    /// Lines are rounded down to the fen; what was dropped is made good once per statement.
    case statement
  }

  public var unit: Fen
  public var mode: Mode
  public var side: Side
  public var moment: Moment

  public init(
    unit: Fen = 1, mode: Mode = .down, side: Side = .benefit, moment: Moment = .line
  ) {
    self.unit = unit
    self.mode = mode
    self.side = side
    self.moment = moment
  }
}

/// One rule of a stage: who gets what.
public struct BenefitGroup: Sendable, Hashable, Codable {
  public var code: String
  public var title: String?
  public var when: Condition
  public var minSpend: MinSpend?
  public var benefit: Benefit
  public var caps: [Cap]
  /// Replaces the stage's own split.
  public var split: FundingSplit?

  public init(
    code: String, title: String? = nil, when: Condition = Condition(), minSpend: MinSpend? = nil,
    benefit: Benefit, caps: [Cap] = [], split: FundingSplit? = nil
  ) {
    self.code = code
    self.title = title
    self.when = when
    self.minSpend = minSpend
    self.benefit = benefit
    self.caps = caps
    self.split = split
  }
}

/// One step of pricing: a set of rules that act together and are funded together.
public struct Stage: Sendable, Hashable, Codable {
  public var kind: StageKind
  public var code: String
  public var stacking: Stacking
  /// Nil means: what is still to be paid for discounts, charity and target prices, and the price
  /// after discount for everything else.
  public var basis: Basis?
  /// The benefit is computed on at most this much.
  public var basisMax: Fen?
  public var when: Condition
  public var minSpend: MinSpend?
  /// 个人最低自付: the diner pays at least this after the stage.
  public var minCopay: Fen?
  public var caps: [Cap]
  public var rounding: Rounding?
  public var split: FundingSplit
  public var groups: [BenefitGroup]
  /// Nothing is given if one of these stages of the same policy gave something.
  public var unlessGranted: [String]
  /// Something is given only if one of these stages of the same policy gave something.
  public var onlyIfGranted: [String]
  /// The author has confirmed that age bands of this stage overlap on purpose.
  public var allowsOverlap: Bool

  public init(
    kind: StageKind, code: String, stacking: Stacking = .bestOf, basis: Basis? = nil,
    basisMax: Fen? = nil, when: Condition = Condition(), minSpend: MinSpend? = nil,
    minCopay: Fen? = nil, caps: [Cap] = [], rounding: Rounding? = nil, split: FundingSplit,
    groups: [BenefitGroup], unlessGranted: [String] = [], onlyIfGranted: [String] = [],
    allowsOverlap: Bool = false
  ) {
    self.kind = kind
    self.code = code
    self.stacking = stacking
    self.basis = basis
    self.basisMax = basisMax
    self.when = when
    self.minSpend = minSpend
    self.minCopay = minCopay
    self.caps = caps
    self.rounding = rounding
    self.split = split
    self.groups = groups
    self.unlessGranted = unlessGranted
    self.onlyIfGranted = onlyIfGranted
    self.allowsOverlap = allowsOverlap
  }
}
