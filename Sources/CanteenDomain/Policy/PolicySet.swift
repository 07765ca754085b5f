/// The policies that may apply, all versions of them, made ready for pricing many meals.
///
/// A value: give it the policies once and share it; it holds no state of its own.
public struct PolicySet: Sendable {
  let plans: [PolicyPlan]
  public let calendar: ServiceCalendar

  /// Why policies cannot be in force together.
  public enum Fault: Refusal, Hashable {
    /// The document still has open questions (`ASK`).
    case openQuestions(policyID: String, version: String, count: Int)
    /// Two versions of one policy are in force on the same day.
    case overlappingVersions(policyID: String, first: String, second: String, day: Day)

    public var kind: RefusalKind {
      switch self {
      case .openQuestions: .invalid
      case .overlappingVersions: .conflict
      }
    }

    public var sentence: Sentence {
      switch self {
      case .openQuestions(let id, let version, let count):
        Sentence(
          zh: "政策 \(id)（\(version)）还有 \(count) 处待明确（ASK），不能启用",
          en: "policy \(id) (\(version)) has \(count) open questions (ASK) and cannot be in force")
      case .overlappingVersions(let id, let first, let second, let day):
        Sentence(
          zh:
            "政策 \(id) 的两个版本 \(first) 与 \(second) 在 \(day) 同时有效：前一版须先结束（已启用的用 policy retire 废止），新版本从其后一天开始",
          en:
            "versions \(first) and \(second) of policy \(id) are both in force on \(day): end the first"
            + " (policy retire, if it is active) and begin the next on the day after")
      }
    }
  }

  /// - Throws: `Fault` for a policy with open questions and for versions that overlap in time.
  public init(_ policies: [Policy], calendar: ServiceCalendar = ServiceCalendar()) throws(Fault) {
    for policy in policies where !policy.openQuestions.isEmpty {
      throw .openQuestions(
        policyID: policy.id, version: policy.version, count: policy.openQuestions.count)
    }
    let sorted = policies.sorted {
      ($0.priority ?? Int.max, $0.id, $0.validFrom) < ($1.priority ?? Int.max, $1.id, $1.validFrom)
    }
    for (index, policy) in sorted.enumerated() {
      for other in sorted[(index + 1)...] where other.id == policy.id {
        let start = max(other.validFrom, policy.validFrom)
        if policy.isInForce(on: start), other.isInForce(on: start) {
          throw .overlappingVersions(
            policyID: policy.id, first: policy.version, second: other.version, day: start)
        }
      }
    }
    plans = sorted.map(PolicyPlan.init)
    self.calendar = calendar
  }

  /// Every policy of the set, in the order in which they are asked.
  public var policies: [Policy] { plans.map(\.policy) }

  /// The policies that are in force on `day`, wherever they apply.
  public func policies(on day: Day) -> [Policy] {
    policies.filter { $0.isInForce(on: day) }
  }

  /// The first day whose accepted meals matter for a meal on `day`: the start of the widest window
  /// of any cap in force, and the day itself at the latest.
  public func capsWindow(for day: Day) -> Day {
    plans.reduce(day) { first, plan in
      guard day >= plan.validFrom, day <= plan.validTo else { return first }
      return plan.capWindows.reduce(first) { min($0, $1.start(of: day)) }
    }
  }

  /// The last day whose accepted meals matter for a meal on `day`: the end of the widest window.
  public func capsWindowEnd(for day: Day) -> Day {
    plans.reduce(day) { last, plan in
      guard day >= plan.validFrom, day <= plan.validTo else { return last }
      return plan.capWindows.reduce(last) { max($0, $1.end(of: day)) }
    }
  }

  /// The days whose accepted meals matter for meals on some days.
  public func capsWindow(for days: ClosedRange<Day>) -> ClosedRange<Day> {
    capsWindow(for: days.lowerBound)...capsWindowEnd(for: days.upperBound)
  }

  /// Whose money of a year is limited by a budget, in the order in which they are locked.
  public func budgets(in year: Int) -> [BudgetUse.Key] {
    guard plans.contains(where: \.hasBudgets) else { return [] }
    return Set(
      policies.flatMap { policy in
        policy.budgets.filter { $0.year == year }.map {
          BudgetUse.Key(policyID: policy.id, source: $0.source, year: year)
        }
      }
    ).sorted()
  }

  /// Prices one meal: the one place where a subsidy is computed.
  ///
  /// `accepted` are the person's meals that still stand and were accepted before this one, of whatever
  /// day from `capsWindow(for:)` to `capsWindowEnd(for:)`; others do no harm. Never refuses: a meal
  /// without a subsidy has its list price. The result always satisfies
  /// `listFen = dinerFen + Σ shares`. Points come last: they pay of what the diner would pay, and take
  /// nothing from anybody's subsidy.
  public func price(
    _ meal: Meal, for diner: DinerFacts, accepted: [AcceptedMeal] = [],
    budget: BudgetUse = BudgetUse()
  ) -> PricedLine {
    if !diner.isOfOneDay {
      return price(meal, for: diner.asOf(meal.day), accepted: accepted, budget: budget)
    }
    var line = priceByPolicies(meal, for: diner, accepted: accepted, budget: budget)
    if let points = meal.pointsFen { line.pay(withPointsWorth: points) }
    return line
  }

  private func priceByPolicies(
    _ meal: Meal, for diner: DinerFacts, accepted: [AcceptedMeal], budget: BudgetUse
  ) -> PricedLine {
    if meal.wantsFullPrice {
      return PricedLine(
        listFen: meal.listFen, dinerFen: meal.listFen,
        delivery: PricingRun.unsubsidisedDelivery(of: meal), reasons: [PricingReason(.fullPrice)])
    }
    func newRun() -> PricingRun {
      PricingRun(
        PricingFacts(meal: meal, diner: diner, accepted: accepted, calendar: calendar), budget)
    }
    var run = newRun()
    guard let first = plans.firstIndex(where: { $0.isCandidate(meal, diner) }) else {
      run.price(with: nil)
      return run.finished()
    }
    let others = plans[(first + 1)...].filter { $0.isCandidate(meal, diner) }
    let candidates = others.isEmpty ? [] : [plans[first]] + others
    if others.isEmpty {
      run.price(with: plans[first])
    } else if candidates.contains(where: { $0.policy.exclusiveGroup != nil }) {
      run.price(with: chosen(among: candidates, newRun))
    } else {
      run.price(with: candidates)
    }
    return run.finished()
  }

  /// Of each exclusive group only one policy stays: the first by priority if priorities are set,
  /// otherwise the one that is better for the diner, and of equals the first by id.
  private func chosen(
    among candidates: [PolicyPlan], _ newRun: () -> PricingRun
  ) -> PricingRun.Choice {
    var kept = candidates
    var reasons: [PricingReason] = []
    for group in Set(candidates.compactMap(\.policy.exclusiveGroup)).sorted() {
      let rivals = kept.filter { $0.policy.exclusiveGroup == group }
      let others = kept.filter { $0.policy.exclusiveGroup != group }
      var best: (plan: PolicyPlan, diner: Fen)?
      for rival in rivals {
        var trial = newRun()
        trial.price(with: (others + [rival]).inOrder(of: candidates))
        let line = trial.finished()
        guard line.shares.contains(where: { $0.policyID == rival.id }) else { continue }
        if let current = best {
          if current.plan.policy.priority != nil || current.diner <= line.dinerFen {
            continue
          }
        }
        best = (rival, line.dinerFen)
      }
      guard let winner = best?.plan ?? rivals.first else { continue }
      for rival in rivals where rival !== winner {
        reasons.append(
          PricingReason(.exclusivePolicy, policyID: rival.id, detail: group, value: nil))
      }
      kept = (others + [winner]).inOrder(of: candidates)
    }
    return PricingRun.Choice(plans: kept, reasons: reasons)
  }
}

extension [PolicyPlan] {
  fileprivate func inOrder(of all: [PolicyPlan]) -> [PolicyPlan] {
    all.filter { plan in contains { $0 === plan } }
  }
}
