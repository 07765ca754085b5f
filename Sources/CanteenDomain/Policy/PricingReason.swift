/// One step of the decision in a compact form: stored with the line, turned into a sentence only
/// when somebody asks.
public struct PricingReason: Sendable, Hashable, Codable {
  /// The sorts of step; what the other fields mean depends on it.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// A rule gave `fen` on a basis of `base`; `limit` is what it would have given before clips.
    case granted
    /// A rule matched and another of the stage gave more; `fen` is what it would have given.
    case notBest = "not_best"
    /// A rule's test `test` failed; `value` is what was found, where it is a number.
    case notMet = "not_met"
    /// 消费门槛: `base` was spent, `limit` is asked.
    case belowMinSpend = "min_spend"
    /// The count `value` of the window `detail` was used up before.
    case countCap = "count_cap"
    /// `fen` is what was left of the amount `limit` in the window `detail`.
    case amountCap = "amount_cap"
    /// 最低自付: the benefit was lowered so that the diner pays `limit`.
    case minCopay = "min_copay"
    /// An exclusion; `detail` says which.
    case excluded
    /// No policy is in force for this canteen, person and day.
    case noPolicy = "no_policy"
    /// 按原价 by wish.
    case fullPrice = "full_price"
    /// Another policy of the exclusive group `detail` was applied instead.
    case exclusivePolicy = "exclusive_policy"
    /// The stage waits for, or yields to, the stage `detail`.
    case stageOrder = "stage_order"
    /// The price `base` is outside of the guide price's range around `limit`.
    case guidePrice = "guide_price"
    /// The share of source `detail` was not funded: `fen` went to whoever bears that.
    case unfunded
    /// The yearly budget of source `detail` is used up; `limit` is the budget, `base` what was spent
    /// of it before the line, which lines of before that was kept do not say.
    case budget
    /// Proof that the policy asks for (`detail`) is missing; nothing was changed.
    case evidenceMissing = "evidence"
    /// The legal calendar knows nothing of the year `value`; workdays were told by weekday.
    case calendarGuess = "calendar"
    /// Rounding to the fen dropped `value` millionths of a fen, which the statement makes good.
    case rounded
  }

  public var code: Code
  public var policyID: String?
  public var layer: String?
  public var rule: String?
  public var test: ConditionTest?
  public var detail: String?
  public var fen: Fen?
  public var base: Fen?
  public var limit: Fen?
  public var value: Int?

  public init(
    _ code: Code, policyID: String? = nil, layer: String? = nil, rule: String? = nil,
    test: ConditionTest? = nil, detail: String? = nil, fen: Fen? = nil, base: Fen? = nil,
    limit: Fen? = nil, value: Int? = nil
  ) {
    self.code = code
    self.policyID = policyID
    self.layer = layer
    self.rule = rule
    self.test = test
    self.detail = detail
    self.fen = fen
    self.base = base
    self.limit = limit
    self.value = value
  }

  enum CodingKeys: String, CodingKey {
    case code
    case policyID = "policy"
    case layer, rule, test, detail, fen, base, limit, value
  }
}
