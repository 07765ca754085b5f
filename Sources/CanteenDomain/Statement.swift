/// 结算单: what a canteen claims for a month or a quarter, a snapshot of exact lines.
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

  /// 本期调整 with its money: credits and clawbacks for meals that were priced before.
  public struct AdjustmentTotals: Sendable, Hashable, Codable {
    /// 笔数.
    public var lines: Int
    public var persons: Int
    /// What diners get back, below zero; above zero they owe it.
    public var diner: Fen
    /// What the canteen bears; below zero it keeps it.
    public var canteen: Fen
    public var sources: [SourceTotal]

    public init(lines: Int, persons: Int, diner: Fen, canteen: Fen, sources: [SourceTotal]) {
      self.lines = lines
      self.persons = persons
      self.diner = diner
      self.canteen = canteen
      self.sources = sources
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
  /// 本期调整: what later-known facts change about earlier meals; nil if nothing is adjusted.
  public var adjustments: AdjustmentTotals?
  /// 运营补贴 and 送餐补贴 of the period; nil if there are none.
  public var subsidies: [StatementSubsidy]?
  /// 核减冲回; nil if there are none.
  public var releases: [StatementRelease]?
  /// The budgets that the period draws on; nil if no policy sets one.
  public var ceilings: [StatementCeiling]?
  /// 考核等次, by which operating subsidies were multiplied; nil if none was given.
  public var rating: String?
  /// 异常清单: what was found about its days; nil in statements of before such lists were kept.
  public var findings: FindingsNote?
  /// 表样: the form that its files have; nil in statements of before forms were kept.
  public var form: String?
  public var closedAt: Instant
  public var closedBy: String

  /// How many findings the list has, and the hash that pins it.
  public struct FindingsNote: Sendable, Hashable, Codable {
    public var count: Int
    /// Hex of the SHA-256 over the canonical text of the findings.
    public var sha256: String

    public init(count: Int, sha256: String) {
      self.count = count
      self.sha256 = sha256
    }
  }

  /// A statement with what its lines add up to, and nothing beside them yet.
  public init(
    number: String, canteen: Canteen, regionNames: [String], from: Day, to: Day,
    tally: StatementTally, closedAt: Instant, closedBy: String
  ) {
    self.number = number
    self.canteen = canteen.code
    canteenName = canteen.name
    operatorName = canteen.operatorName
    creditCode = canteen.creditCode
    self.regionNames = regionNames
    self.from = from
    self.to = to
    servingDays = tally.servingDays
    persons = tally.persons
    tiers = tally.tiers
    policies = tally.policies
    adjustments = tally.adjustments
    self.closedAt = closedAt
    self.closedBy = closedBy
  }

  public var meals: Int { tiers.reduce(0) { $0 + $1.meals } }
  public var list: Fen { tiers.map(\.list).sum() }
  public var diner: Fen { tiers.map(\.diner).sum() + (adjustments?.diner ?? 0) }

  /// What the canteen bears of adjustments (below zero: keeps); `list = diner + canteen + Σ sources`.
  public var canteenBears: Fen { adjustments?.canteen ?? 0 }

  /// Every source over all tiers and adjustments, in the order of their codes.
  public var sources: [SourceTotal] {
    (tiers.flatMap(\.sources) + (adjustments?.sources ?? [])).summed
  }

  /// What each source bears of everything on the statement, the operator's own discount included.
  public var borne: [SourceTotal] {
    (sources + (subsidies ?? []).flatMap(\.sources) + (releases ?? []).flatMap(\.sources)).summed
  }

  /// What each source owes for the statement: for its lines, for the subsidies of the period, and
  /// for disallowances that ended. The operator owes itself nothing.
  public var owed: [SourceTotal] {
    borne.filter { $0.source != .operator }
  }

  /// What one source owes; nothing if it bears nothing.
  public func owed(by source: FundingSource) -> Fen {
    owed.first { $0.source == source }?.fen ?? 0
  }

  /// 申报金额: all that is claimed.
  public var claimed: Fen { owed.map(\.fen).sum() }

  /// What the subsidies of one kind come to; nil if there are none.
  public func subsidy(_ kind: StatementSubsidy.Kind) -> Fen? {
    let these = (subsidies ?? []).filter { $0.kind == kind }
    return these.isEmpty ? nil : these.map(\.fen).sum()
  }

  /// `DFL-01-2026-10` for a month, `DFL-01-2026-Q4` for what is longer.
  public static func number(canteen: Canteen.Code, from: Day, to: Day) -> String {
    guard to > from.lastOfMonth else { return "\(canteen)-\(from.description.prefix(7))" }
    return "\(canteen)-\(to.description.prefix(4))-Q\((to.month + 2) / 3)"
  }
}

extension [Statement.SourceTotal] {
  /// One total a source, in the order of their codes.
  public var summed: [Statement.SourceTotal] {
    Dictionary(grouping: self, by: \.source).sorted { $0.key < $1.key }
      .map { Statement.SourceTotal(source: $0.key, fen: $0.value.map(\.fen).sum()) }
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
