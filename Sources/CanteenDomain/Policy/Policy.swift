/// One version of one policy: the whole of a published notice as typed data.
///
/// It is a value: reading it from a document, checking it and pricing with it are elsewhere. A
/// version never changes once it is active; a new text is a new version.
public struct Policy: Sendable, Hashable, Codable {
  /// Stays the same over all versions.
  public var id: String
  public var version: String
  public var title: String
  /// 发文单位.
  public var authority: String?
  /// 文号.
  public var documentNumber: String?
  /// The first service day that it prices.
  public var validFrom: Day
  /// The last; nil while nobody has ended it.
  public var validTo: Day?
  public var scope: PolicyScope
  public var attain: AttainRule
  /// Which region `home` means where hukou and residence differ.
  public var homeBy: HomeRule
  /// Words for care levels and their rank from 0 to 6.
  public var careScale: [String: Int]
  public var exclusions: [PolicyExclusion]
  /// People or meals to whom nothing in this policy applies, beyond the named exclusions.
  public var excludeWhen: [Condition]
  /// Meals to which nothing in this policy applies unless this holds (periods, modes, calendar).
  public var when: Condition
  public var guidePrice: GuidePrice?
  /// Limits over all stages together; discounts neither count nor are limited.
  public var caps: [Cap]
  public var minCopay: Fen?
  public var rounding: Rounding
  /// Policies that share this name are not enjoyed together.
  public var exclusiveGroup: String?
  /// Among exclusive policies: a smaller number wins when set; otherwise the better for the diner.
  public var priority: Int?
  public var stages: [Stage]
  public var delivery: [DeliveryRule]
  public var operating: [OperatingRule]
  public var budgets: [Budget]
  public var settlement: SettlementTerms
  public var evidence: EvidenceTerms
  public var output: OutputTerms
  /// What the published text leaves open; a policy with an open question cannot be in force.
  public var openQuestions: [OpenQuestion]

  public init(
    id: String, version: String, title: String, authority: String? = nil,
    documentNumber: String? = nil, validFrom: Day, validTo: Day? = nil, scope: PolicyScope,
    attain: AttainRule = .birthday, homeBy: HomeRule = .residence,
    careScale: [String: Int] = CareLevel.usualScale, exclusions: [PolicyExclusion] = [],
    excludeWhen: [Condition] = [], when: Condition = Condition(), guidePrice: GuidePrice? = nil,
    caps: [Cap] = [], minCopay: Fen? = nil, rounding: Rounding = Rounding(),
    exclusiveGroup: String? = nil, priority: Int? = nil, stages: [Stage],
    delivery: [DeliveryRule] = [], operating: [OperatingRule] = [], budgets: [Budget] = [],
    settlement: SettlementTerms = SettlementTerms(), evidence: EvidenceTerms = EvidenceTerms(),
    output: OutputTerms = OutputTerms(), openQuestions: [OpenQuestion] = []
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.authority = authority
    self.documentNumber = documentNumber
    self.validFrom = validFrom
    self.validTo = validTo
    self.scope = scope
    self.attain = attain
    self.homeBy = homeBy
    self.careScale = careScale
    self.exclusions = exclusions
    self.excludeWhen = excludeWhen
    self.when = when
    self.guidePrice = guidePrice
    self.caps = caps
    self.minCopay = minCopay
    self.rounding = rounding
    self.exclusiveGroup = exclusiveGroup
    self.priority = priority
    self.stages = stages
    self.delivery = delivery
    self.operating = operating
    self.budgets = budgets
    self.settlement = settlement
    self.evidence = evidence
    self.output = output
    self.openQuestions = openQuestions
  }

  public func isInForce(on day: Day) -> Bool {
    DaySpan(from: validFrom, to: validTo).contains(day)
  }
}

/// A place in a document where the published text does not say what is meant (`ASK`).
public struct OpenQuestion: Sendable, Hashable, Codable {
  /// Such as `stages[1].groups[0].min_spend.of`.
  public var path: String
  public var line: Int
  /// What stands after ASK.
  public var question: String

  public init(path: String, line: Int, question: String) {
    self.path = path
    self.line = line
    self.question = question
  }
}

/// Where a policy applies.
public struct PolicyScope: Sendable, Hashable, Codable {
  /// Whose region must lie in one of the scope's regions.
  public enum By: String, Sendable, Hashable, Codable, CaseIterable {
    case canteen, hukou, residence
    /// Any of the three.
    case any
  }

  public var regions: [Region.Code]
  public var by: By
  /// Only these canteens; empty for all.
  public var canteens: [String]

  public init(regions: [Region.Code], by: By = .canteen, canteens: [String] = []) {
    self.regions = regions
    self.by = by
    self.canteens = canteens
  }
}

/// 人户分离时按哪里: which of hukou and residence counts as home.
public enum HomeRule: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case hukou, residence, either, both

  public var name: Sentence {
    switch self {
    case .hukou: Sentence(zh: "户籍地", en: "hukou")
    case .residence: Sentence(zh: "常住地", en: "residence")
    case .either: Sentence(zh: "户籍地或常住地", en: "hukou or residence")
    case .both: Sentence(zh: "户籍地且常住地", en: "hukou and residence")
    }
  }
}

/// 不予补贴的情形. The dead and the suspended are always excluded; a document need not say so.
public enum PolicyExclusion: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case inInstitution = "in_institution"
  case deceased
  case suspended
  case staff
  /// Another policy already paid for a meal of that day.
  case subsidisedElsewhere = "subsidised_elsewhere"

  public var name: Sentence {
    switch self {
    case .inInstitution: Sentence(zh: "入住养老机构", en: "lives in an institution")
    case .deceased: Sentence(zh: "已去世", en: "has died")
    case .suspended: Sentence(zh: "补贴资格暂停", en: "is suspended")
    case .staff: Sentence(zh: "食堂工作人员", en: "is staff")
    case .subsidisedElsewhere:
      Sentence(zh: "当日已享受其他政策补贴", en: "another policy paid that day")
    }
  }
}

/// 指导价: what a standard set should cost, and what happens outside of the range.
public struct GuidePrice: Sendable, Hashable, Codable {
  /// What happens to a meal whose price is out of range.
  public enum Outside: String, Sendable, Hashable, Codable, CaseIterable {
    /// The meal is subsidised and flagged.
    case flag
    case noSubsidy = "no_subsidy"
  }

  public var amount: Fen
  public var float: Rate
  public var outside: Outside
  /// Only meals sold as the standard set are held to it.
  public var standardSetOnly: Bool

  public init(amount: Fen, float: Rate, outside: Outside, standardSetOnly: Bool = true) {
    self.amount = amount
    self.float = float
    self.outside = outside
    self.standardSetOnly = standardSetOnly
  }

  /// The lowest and the highest price in range, both allowed.
  public var range: ClosedRange<Fen> {
    let width = float.exact(of: amount) / 1_000_000
    return (amount - Fen(min(width, amount.count)))...(amount + Fen(width))
  }
}

extension Policy {
  /// Whether one person's meal may be subsidised by both: some day, some place, and nothing that says
  /// that they are not enjoyed together.
  /// - Parameter pathTo: a region with everything above it.
  public func paysBeside(_ other: Policy, pathTo: (Region.Code) -> RegionPath) -> Bool {
    guard validTo.map({ other.validFrom <= $0 }) ?? true,
      other.validTo.map({ validFrom <= $0 }) ?? true,
      exclusiveGroup == nil || exclusiveGroup != other.exclusiveGroup
    else { return false }
    return scope.meets(other.scope, pathTo: pathTo)
  }
}

extension PolicyScope {
  /// Whether one meal may lie in both.
  func meets(_ other: PolicyScope, pathTo: (Region.Code) -> RegionPath) -> Bool {
    guard
      canteens.isEmpty || other.canteens.isEmpty || !Set(canteens).isDisjoint(with: other.canteens)
    else { return false }
    // By different rules a person has two places, such as the hukou and the canteen: both may hold.
    guard by == other.by, by != .any, !regions.isEmpty, !other.regions.isEmpty else { return true }
    return regions.contains { mine in
      other.regions.contains {
        pathTo(mine).isWithin($0) || pathTo($0).isWithin(mine)
      }
    }
  }
}
