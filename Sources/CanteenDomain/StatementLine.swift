/// One row of the 明细表: a meal; the reversal of a meal that an earlier statement counted, and then
/// every amount is negative; or an adjustment of a meal, which leaves its list price alone.
public struct StatementLine: Sendable, Hashable, Codable {
  /// What makes a line an adjustment, and which line it adjusts.
  public struct AdjustmentNote: Sendable, Hashable, Codable {
    /// From 1 for each meal.
    public var number: Int
    public var kind: Adjustment.Kind
    public var cause: Adjustment.Cause
    /// What the canteen bears of it; below zero it keeps it.
    public var canteen: Fen
    /// The statement that has the meal's own line.
    public var original: String

    public init(
      number: Int, kind: Adjustment.Kind, cause: Adjustment.Cause, canteen: Fen, original: String
    ) {
      self.number = number
      self.kind = kind
      self.cause = cause
      self.canteen = canteen
      self.original = original
    }
  }

  public var number: Int
  public var checkIn: CheckIn.ID
  /// 1 or -1.
  public var sign: Int
  public var diner: Diner.ID
  public var day: Day
  public var period: MealPeriod
  public var mode: ServiceMode
  /// Masked (张*梅).
  public var name: String
  public var sex: Sex
  /// Masked; never beside a birth date.
  public var idNumber: String
  /// 周岁 on the day of the meal; nil if the birth date is not known.
  public var age: Int?
  public var hukou: String
  public var residence: String
  public var tier: String
  public var tierTitle: String
  public var list: Fen
  public var dinerPays: Fen
  public var sources: [Statement.SourceTotal]
  public var means: MeansOfPayment
  public var auth: AuthMethod
  public var sourceNo: String?
  /// Entered after its day was closed.
  public var isLate: Bool
  public var policies: [String]
  /// Nil for a meal and for its reversal.
  public var adjustment: AdjustmentNote?
  /// How the meal came in; nil in statements of before that was kept.
  public var origin: Origin?

  /// How a meal came into the books.
  public struct Origin: Sendable, Hashable, Codable {
    /// 窗口.
    public var terminal: String
    public var entry: CheckInEntry
    /// 代领: whether a registered proxy fetched it.
    public var isByProxy: Bool

    public init(of checkIn: CheckIn) {
      terminal = checkIn.terminal
      entry = checkIn.entry
      isByProxy = checkIn.proxy != nil
    }
  }

  public init(
    number: Int, checkIn: CheckIn.ID, sign: Int, diner: Diner.ID, day: Day, period: MealPeriod,
    mode: ServiceMode, name: String, sex: Sex, idNumber: String, age: Int?, hukou: String,
    residence: String, tier: String, tierTitle: String, list: Fen, dinerPays: Fen,
    sources: [Statement.SourceTotal], means: MeansOfPayment, auth: AuthMethod, sourceNo: String?,
    isLate: Bool, policies: [String], adjustment: AdjustmentNote? = nil, origin: Origin? = nil
  ) {
    precondition(
      list == dinerPays + (adjustment?.canteen ?? 0) + sources.map(\.fen).sum(),
      "a statement line adds up to its list price")
    self.number = number
    self.checkIn = checkIn
    self.sign = sign
    self.diner = diner
    self.day = day
    self.period = period
    self.mode = mode
    self.name = name
    self.sex = sex
    self.idNumber = idNumber
    self.age = age
    self.hukou = hukou
    self.residence = residence
    self.tier = tier
    self.tierTitle = tierTitle
    self.list = list
    self.dinerPays = dinerPays
    self.sources = sources
    self.means = means
    self.auth = auth
    self.sourceNo = sourceNo
    self.isLate = isLate
    self.policies = policies
    self.adjustment = adjustment
    self.origin = origin
  }

  /// 状态: what kind of line it is.
  public var state: Sentence {
    guard let adjustment else {
      if sign < 0 { return Sentence(zh: "冲正", en: "reversal") }
      return isLate ? Sentence(zh: "补录", en: "late entry") : Sentence(zh: "正常", en: "meal")
    }
    guard sign > 0 else { return Sentence(zh: "冲正调整", en: "adjustment reversed") }
    let kind = adjustment.kind.name
    return Sentence(zh: "调整:\(kind.zh)", en: "adjustment: \(kind.en)")
  }
}
