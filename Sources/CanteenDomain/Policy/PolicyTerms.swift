/// 送餐补贴: what is paid for bringing meals home, to a payee of its own.
public struct DeliveryRule: Sendable, Hashable, Codable {
  /// What one amount is paid for.
  public enum Per: String, Sendable, Hashable, Codable, CaseIterable {
    case meal, trip, day
  }
  /// Where the money goes.
  public enum Toward: String, Sendable, Hashable, Codable, CaseIterable {
    /// Toward the delivery fee: the diner pays only what is left of it.
    case fee
    /// To the courier beside the fee; the diner still pays the fee.
    case courier
  }

  public var code: String
  public var when: Condition
  public var per: Per
  public var toward: Toward
  public var amount: Fen
  public var payee: String
  public var caps: [Cap]
  public var split: FundingSplit

  public init(
    code: String, when: Condition = Condition(), per: Per, toward: Toward = .fee, amount: Fen,
    payee: String = "courier", caps: [Cap] = [], split: FundingSplit
  ) {
    self.code = code
    self.when = when
    self.per = per
    self.toward = toward
    self.amount = amount
    self.payee = payee
    self.caps = caps
    self.split = split
  }
}

/// 运营补贴: what the operator is paid for a period, from the accepted lines of that period.
public struct OperatingRule: Sendable, Hashable, Codable {
  /// What is counted and paid for.
  public enum Per: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every meal served, subsidised or not.
    case served
    /// Every meal with a subsidy of this policy.
    case subsidised
    /// Each person once a day, if any meal of that day was subsidised.
    case personDay = "person_day"
    /// Each person once a day, subsidised or not.
    case servedPersonDay = "served_person_day"
    /// A sum for the whole settlement period, by tier.
    case settlement
  }
  /// By what the daily average is divided: 日均 is worth nothing without it.
  public enum Denominator: String, Sendable, Hashable, Codable, CaseIterable {
    case openDays = "open_days"
    case calendarDays = "calendar_days"
    case workdays
    case daysWithMeals = "days_with_meals"
  }
  /// Whether a tier's amount holds for all meals or only for those above its threshold.
  public enum TierMode: String, Sendable, Hashable, Codable, CaseIterable {
    case whole, marginal
  }
  /// From this daily average on (included), this amount.
  public struct Tier: Sendable, Hashable, Codable {
    public var from: Int
    public var amount: Fen

    public init(from: Int, amount: Fen) {
      self.from = from
      self.amount = amount
    }
  }
  /// Amounts by daily average, with what is counted and divided by what.
  public struct Tiers: Sendable, Hashable, Codable {
    /// What the average counts.
    public var average: Per
    public var denominator: Denominator
    public var mode: TierMode
    public var steps: [Tier]

    public init(average: Per, denominator: Denominator, mode: TierMode = .whole, steps: [Tier]) {
      self.average = average
      self.denominator = denominator
      self.mode = mode
      self.steps = steps
    }
  }

  public var code: String
  /// Which lines count, by the facts that a line still carries: periods, modes, canteen, days.
  public var when: Condition
  public var per: Per
  public var amount: Fen?
  public var tiers: Tiers?
  /// 满意度、考核系数: a rate by rating; a rating that is missing counts as 100 %.
  public var multipliers: [String: Rate]
  /// The most for one settlement period.
  public var maximum: Fen?
  public var split: FundingSplit

  public init(
    code: String, when: Condition = Condition(), per: Per, amount: Fen? = nil, tiers: Tiers? = nil,
    multipliers: [String: Rate] = [:], maximum: Fen? = nil, split: FundingSplit
  ) {
    self.code = code
    self.when = when
    self.per = per
    self.amount = amount
    self.tiers = tiers
    self.multipliers = multipliers
    self.maximum = maximum
    self.split = split
  }
}

/// 预算上限: the most that one source pays in one year.
public struct Budget: Sendable, Hashable, Codable {
  /// What happens when a share no longer fits.
  public enum Exhaustion: String, Sendable, Hashable, Codable, CaseIterable {
    /// The share falls to whoever bears unfunded shares.
    case stop
    /// It is paid, and the line is flagged.
    case warn
    /// It is owed: the line is flagged as waiting for money.
    case queue
  }

  public var source: FundingSource
  public var year: Int
  public var amount: Fen
  public var whenExhausted: Exhaustion

  public init(source: FundingSource, year: Int, amount: Fen, whenExhausted: Exhaustion) {
    self.source = source
    self.year = year
    self.amount = amount
    self.whenExhausted = whenExhausted
  }
}

/// 结算: how the money is claimed and how far back facts may still change it.
public struct SettlementTerms: Sendable, Hashable, Codable {
  /// How often it is settled.
  public enum Period: String, Sendable, Hashable, Codable, CaseIterable {
    case month, quarter
  }
  /// Who is credited for a meal that was paid too little.
  public enum Payee: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case diner, canteen

    public var name: Sentence {
      switch self {
      case .diner: Sentence(zh: "个人", en: "diner")
      case .canteen: Sentence(zh: "助餐点", en: "canteen")
      }
    }
  }
  /// What is taken back when an entitlement ends retroactively (not death or admission, which are
  /// always reversed).
  public enum Clawback: String, Sendable, Hashable, Codable, CaseIterable {
    case none, canteen, diner
  }

  public var period: Period
  /// 截止日: the day of the next month up to which late lines still join; nil for none.
  public var cutoffDay: Int?
  /// Days after the end of the period within which it must be claimed.
  public var claimDeadlineDays: Int?
  /// How many whole months before the open one a retroactive fact may still change; 0 for none.
  public var retroMonths: Int
  public var adjustmentTo: Payee
  public var clawback: Clawback
  /// 先行垫付: the canteen pays the subsidy first and is repaid.
  public var operatorAdvance: Bool

  public init(
    period: Period = .month, cutoffDay: Int? = nil, claimDeadlineDays: Int? = nil,
    retroMonths: Int = 3, adjustmentTo: Payee = .diner, clawback: Clawback = .none,
    operatorAdvance: Bool = true
  ) {
    self.period = period
    self.cutoffDay = cutoffDay
    self.claimDeadlineDays = claimDeadlineDays
    self.retroMonths = retroMonths
    self.adjustmentTo = adjustmentTo
    self.clawback = clawback
    self.operatorAdvance = operatorAdvance
  }
}

/// 核验要求: what proof a subsidised meal needs.
public struct EvidenceTerms: Sendable, Hashable, Codable {
  /// Meals recognised otherwise get no subsidy; empty for any.
  public var auth: [AuthMethod]
  /// Proof that must be kept, by mode (`dine_in`, `pickup`, `home_delivery`); a missing one is
  /// flagged, never refused, because a meal is never blocked.
  public var required: [String: [MealEvidence]]
  /// The largest part of a canteen's month that may be recognised by hand.
  public var manualShareMax: Rate?

  public init(
    auth: [AuthMethod] = [], required: [String: [MealEvidence]] = [:], manualShareMax: Rate? = nil
  ) {
    self.auth = auth
    self.required = required
    self.manualShareMax = manualShareMax
  }
}

/// 报表要求: which form, columns and masking the claim uses; carried, not interpreted, here.
public struct OutputTerms: Sendable, Hashable, Codable {
  public var form: String?
  public var columns: [String]
  public var masking: String?

  public init(form: String? = nil, columns: [String] = [], masking: String? = nil) {
    self.form = form
    self.columns = columns
    self.masking = masking
  }
}
