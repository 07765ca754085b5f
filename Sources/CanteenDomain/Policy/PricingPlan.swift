/// A policy made ready for speed: its conditions as plans, its stages in order.
final class PolicyPlan: Sendable {
  let policy: Policy
  let id: String
  let version: String
  let validFrom: Day
  let validTo: Day
  let when: ConditionPlan
  let excludeWhen: [ConditionPlan]
  let stages: [StagePlan]
  let delivery: [DeliveryPlan]
  let countCaps: [Cap]
  let amountCaps: [Cap]
  /// The windows of all caps of the document, each once.
  let capWindows: [Cap.Window]
  let excludesInstitution: Bool
  let excludesStaff: Bool
  let excludesElsewhere: Bool
  let needsLegalCalendar: Bool
  let hasTerms: Bool
  let hasBudgets: Bool
  let attain: AttainRule
  let scope: PolicyScope

  init(_ policy: Policy) {
    self.policy = policy
    id = policy.id
    scope = policy.scope
    version = policy.version
    validFrom = policy.validFrom
    validTo = policy.validTo ?? Day(number: Int.max)
    when = ConditionPlan(policy.when, in: policy)
    excludeWhen = policy.excludeWhen.map { ConditionPlan($0, in: policy) }
    countCaps = policy.caps.limitingCount
    amountCaps = policy.caps.limitingAmount
    let windows = Set(policy.allCaps.map(\.per))
    capWindows = Cap.Window.allCases.filter(windows.contains)
    excludesInstitution = policy.exclusions.contains(.inInstitution)
    excludesStaff = policy.exclusions.contains(.staff)
    excludesElsewhere = policy.exclusions.contains(.subsidisedElsewhere)
    needsLegalCalendar = policy.conditions.contains {
      $0.days.contains(where: \.needsLegalCalendar)
    }
    hasTerms = policy.evidence != EvidenceTerms() || policy.guidePrice != nil
    hasBudgets = !policy.budgets.isEmpty
    attain = policy.attain
    var rank = 0
    var stages: [StagePlan] = []
    for stage in policy.stages {
      // A discount that a document writes after its subsidy is meant to come after it.
      rank = max(rank, stage.kind.rank)
      stages.append(StagePlan(stage, rank: rank, in: policy))
    }
    self.stages = stages
    delivery = policy.delivery.map { DeliveryPlan($0, in: policy) }
  }

  func isCandidate(_ meal: Meal, _ diner: DinerFacts) -> Bool {
    guard meal.day >= validFrom, meal.day <= validTo else { return false }

    if !scope.canteens.isEmpty, !scope.canteens.contains(meal.canteen.code) { return false }
    if scope.regions.isEmpty { return true }
    switch scope.by {
    case .canteen: return ConditionPlan.isWithin(meal.canteen.regions, scope.regions)
    case .hukou: return ConditionPlan.isWithin(diner.hukou, scope.regions)
    case .residence: return ConditionPlan.isWithin(diner.residence, scope.regions)
    case .any:
      return ConditionPlan.isWithin(meal.canteen.regions, scope.regions)
        || ConditionPlan.isWithin(diner.hukou, scope.regions)
        || ConditionPlan.isWithin(diner.residence, scope.regions)
    }
  }
}

extension StageKind {
  /// Where the step stands among those of other policies.
  var rank: Int {
    switch self {
    case .discount: 0
    case .subsidy: 1
    case .charity: 2
    case .delivery: 3
    }
  }
}

extension Policy {
  /// Every condition of the document, nested ones included.
  var conditions: [Condition] {
    var top = [when] + excludeWhen
    for stage in stages {
      top.append(stage.when)
      top += stage.split.shares.map(\.when)
      for group in stage.groups {
        top.append(group.when)
        top += group.split?.shares.map(\.when) ?? []
      }
    }
    for rule in delivery { top += [rule.when] + rule.split.shares.map(\.when) }
    for rule in operating { top += [rule.when] + rule.split.shares.map(\.when) }
    return top.flatMap(\.withNested)
  }

  /// Every cap of the document.
  var allCaps: [Cap] {
    caps + stages.flatMap { $0.caps + $0.groups.flatMap(\.caps) } + delivery.flatMap(\.caps)
  }
}

extension Condition {
  var withNested: [Condition] { [self] + (any + none).flatMap(\.withNested) }
}

/// A stage made ready for speed.
final class StagePlan: Sendable {
  let kind: StageKind
  let code: String
  let rank: Int
  let stacking: Stacking
  let basis: Basis?
  let basisMax: Fen?
  let when: ConditionPlan
  let minSpend: MinSpend?
  let minCopay: Fen
  let countCaps: [Cap]
  let amountCaps: [Cap]
  let rounding: Rounding
  let split: SplitPlan
  let groups: [GroupPlan]
  /// The age band of each group, which is looked at before the group itself: most groups of most
  /// policies are bands, and all but one of them fall away by it. Nil where age is told otherwise.
  let ageBands: [AgeBand?]
  /// The rule by which those ages are told.
  let attain: AttainRule
  let unlessGranted: [String]
  let onlyIfGranted: [String]

  init(_ stage: Stage, rank: Int, in policy: Policy) {
    kind = stage.kind
    code = stage.code
    self.rank = rank
    stacking = stage.stacking
    basis = stage.basis
    basisMax = stage.basisMax
    when = ConditionPlan(stage.when, in: policy)
    minSpend = stage.minSpend
    let policyCopay = stage.kind == .discount ? .zero : policy.minCopay ?? .zero
    minCopay = max(stage.minCopay ?? .zero, policyCopay)
    countCaps = stage.caps.limitingCount
    amountCaps = stage.caps.limitingAmount
    rounding = stage.rounding ?? policy.rounding
    split = SplitPlan(stage.split, in: policy)
    groups = stage.groups.map { GroupPlan($0, in: policy) }
    attain = policy.attain
    ageBands = groups.map { $0.when.attain == policy.attain ? $0.when.age : nil }
    unlessGranted = stage.unlessGranted
    onlyIfGranted = stage.onlyIfGranted
  }

  func basis(for form: Benefit.Form) -> Basis {
    if let basis { return basis }
    return kind == .subsidy && form != .targetPrice ? .afterDiscount : .remaining
  }
}

/// A group made ready for speed.
final class GroupPlan: Sendable {
  let code: String
  let title: String
  let when: ConditionPlan
  let minSpend: MinSpend?
  let benefit: Benefit
  let countCaps: [Cap]
  let amountCaps: [Cap]
  let split: SplitPlan?

  init(_ group: BenefitGroup, in policy: Policy) {
    code = group.code
    title = Policy.title(of: group)
    when = ConditionPlan(group.when, in: policy)
    minSpend = group.minSpend
    benefit = group.benefit
    countCaps = group.caps.limitingCount
    amountCaps = group.caps.limitingAmount
    split = group.split.map { SplitPlan($0, in: policy) }
  }
}

/// A delivery rule made ready for speed.
final class DeliveryPlan: Sendable {
  let rule: DeliveryRule
  let when: ConditionPlan
  let split: SplitPlan

  init(_ rule: DeliveryRule, in policy: Policy) {
    self.rule = rule
    when = ConditionPlan(rule.when, in: policy)
    split = SplitPlan(rule.split, in: policy)
  }
}

extension [Cap] {
  fileprivate var limitingCount: [Cap] { filter { $0.count != nil } }
  fileprivate var limitingAmount: [Cap] { filter { $0.amount != nil } }
}
