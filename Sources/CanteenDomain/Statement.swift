/// 结算单: what a canteen claims for a month, a snapshot of exact lines.
public struct Statement: Sendable, Hashable, Codable {
  /// 补贴类别 with its money: one row of the 汇总表.
  public struct Tier: Sendable, Hashable, Codable {
    /// The code under which policies count it; empty for meals at full price.
    public var code: String
    public var title: String
    /// 补贴对象人数 (去重).
    public var persons: Int
    /// 就餐人次, reversals of earlier periods taken off.
    public var meals: Int
    public var dineIn: Int
    public var pickup: Int
    public var homeDelivery: Int
    public var list: Fen
    public var diner: Fen
    public var sources: [SourceTotal]

    public init(
      code: String, title: String, persons: Int, meals: Int, dineIn: Int, pickup: Int,
      homeDelivery: Int, list: Fen, diner: Fen, sources: [SourceTotal]
    ) {
      self.code = code
      self.title = title
      self.persons = persons
      self.meals = meals
      self.dineIn = dineIn
      self.pickup = pickup
      self.homeDelivery = homeDelivery
      self.list = list
      self.diner = diner
      self.sources = sources
    }
  }

  /// What one funding source owes for the period.
  public struct SourceTotal: Sendable, Hashable, Codable {
    public var source: FundingSource
    public var fen: Fen

    public init(source: FundingSource, fen: Fen) {
      self.source = source
      self.fen = fen
    }
  }

  /// The number printed on it: canteen and month.
  public var number: String
  public var canteen: Canteen.Code
  public var canteenName: String
  public var operatorName: String
  public var creditCode: String?
  /// Names from the widest region to the canteen's own.
  public var regionNames: [String]
  public var from: Day
  public var to: Day
  /// 供餐天数: days with at least one meal.
  public var servingDays: Int
  /// Persons over all tiers, each once.
  public var persons: Int
  public var tiers: [Tier]
  /// Policies and versions that priced the lines.
  public var policies: [String]
  public var closedAt: Instant
  public var closedBy: String

  public init(
    number: String, canteen: Canteen, regionNames: [String], from: Day, to: Day,
    lines: [StatementLine], closedAt: Instant, closedBy: String
  ) {
    self.number = number
    self.canteen = canteen.code
    canteenName = canteen.name
    operatorName = canteen.operatorName
    creditCode = canteen.creditCode
    self.regionNames = regionNames
    self.from = from
    self.to = to
    servingDays = Set(lines.filter { $0.sign > 0 }.map(\.day)).count
    persons = Set(lines.map(\.diner)).count
    tiers = Dictionary(grouping: lines, by: \.tier).sorted { $0.key < $1.key }
      .map { Tier(code: $0.key, lines: $0.value) }
    policies = Set(lines.flatMap(\.policies)).sorted()
    self.closedAt = closedAt
    self.closedBy = closedBy
  }

  public var meals: Int { tiers.reduce(0) { $0 + $1.meals } }
  public var list: Fen { tiers.map(\.list).sum() }
  public var diner: Fen { tiers.map(\.diner).sum() }

  /// Every source over all tiers, in the order of their codes.
  public var sources: [SourceTotal] { tiers.flatMap(\.sources).summed }

  /// 申报金额: what is claimed, the operator's own discount left out.
  public var claimed: Fen {
    sources.filter { $0.source != .operator }.map(\.fen).sum()
  }

  public static func number(canteen: Canteen.Code, month: Day) -> String {
    "\(canteen)-\(month.description.prefix(7))"
  }
}

extension Statement.Tier {
  /// Adds up the lines of one tier.
  init(code: String, lines: [StatementLine]) {
    func meals(_ mode: ServiceMode) -> Int {
      lines.reduce(0) { $0 + ($1.mode == mode ? $1.sign : 0) }
    }
    self.init(
      code: code, title: lines.first?.tierTitle ?? code, persons: Set(lines.map(\.diner)).count,
      meals: lines.reduce(0) { $0 + $1.sign }, dineIn: meals(.dineIn), pickup: meals(.pickup),
      homeDelivery: meals(.homeDelivery), list: lines.map(\.list).sum(),
      diner: lines.map(\.dinerPays).sum(), sources: lines.flatMap(\.sources).summed)
  }
}

extension [Statement.SourceTotal] {
  /// One total a source, in the order of their codes.
  var summed: [Statement.SourceTotal] {
    Dictionary(grouping: self, by: \.source).sorted { $0.key < $1.key }
      .map { Statement.SourceTotal(source: $0.key, fen: $0.value.map(\.fen).sum()) }
  }
}

/// One row of the 明细表: a meal, or the reversal of a meal that an earlier statement counted; then
/// every amount is negative.
public struct StatementLine: Sendable, Hashable, Codable {
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

  public init(
    number: Int, checkIn: CheckIn.ID, sign: Int, diner: Diner.ID, day: Day, period: MealPeriod,
    mode: ServiceMode, name: String, sex: Sex, idNumber: String, age: Int?, hukou: String,
    residence: String, tier: String, tierTitle: String, list: Fen, dinerPays: Fen,
    sources: [Statement.SourceTotal], means: MeansOfPayment, auth: AuthMethod, sourceNo: String?,
    isLate: Bool, policies: [String]
  ) {
    precondition(
      list == dinerPays + sources.map(\.fen).sum(), "a statement line adds up to its list price")
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
  }
}

/// Why a statement is not closed or found.
public enum StatementRefusal: Refusal, Hashable {
  case notOver(lastDay: Day)
  case daysOpen(from: Day, canteen: Canteen.Code)
  case notReconciled(days: Int, canteen: Canteen.Code)
  case findingsOpen(Int)
  case alreadyClosed(String)
  case noLines(Canteen.Code, Day)
  case unknown(String)

  public var kind: RefusalKind {
    switch self {
    case .notOver, .daysOpen, .notReconciled, .findingsOpen: .notAllowed
    case .alreadyClosed: .conflict
    case .noLines, .unknown: .notFound
    }
  }

  public var sentence: Sentence {
    switch self {
    case .notOver(let day):
      Sentence(
        zh: "结算期到 \(day) 才结束，现在不能结算", en: "the period ends on \(day); it cannot be closed yet")
    case .daysOpen(let day, let canteen):
      Sentence(
        zh: "\(canteen) 自 \(day) 起尚未日结，请先运行 canteen day close",
        en: "\(canteen) has open days from \(day) on; run canteen day close first")
    case .notReconciled(let days, let canteen):
      Sentence(
        zh: "\(canteen) 有 \(days) 天尚未核对，请先运行 canteen reconcile",
        en: "\(canteen) has \(days) days that were not reconciled; run canteen reconcile first")
    case .findingsOpen(let count):
      Sentence(
        zh: "有 \(count) 条须说明的异常尚未说明，请用 canteen finding explain 逐条说明",
        en: "\(count) blocking findings are not explained; use canteen finding explain")
    case .alreadyClosed(let number):
      Sentence(
        zh: "结算单 \(number) 已结，不再改动", en: "the statement \(number) is closed and stays as it is")
    case .noLines(let canteen, let month):
      Sentence(
        zh: "\(canteen) 在 \(month.description.prefix(7)) 没有就餐记录",
        en: "\(canteen) has no meals in \(month.description.prefix(7))")
    case .unknown(let number):
      Sentence(zh: "没有结算单 \(number)", en: "there is no statement \(number)")
    }
  }
}
