import CanteenDomain
import Foundation

/// What checks take from the policies in force rather than from a list of their own, which could only
/// disagree with them.
struct ReconciliationPolicies {
  /// Parameters that no office sets, by check.
  static let parameters: [String: Set<String>] = [
    "R03": ["cap"], "R05": ["tiers"], "R04": ["week_cap", "month_cap", "quarter_cap", "year_cap"],
    "R23": ["budgets"],
  ]

  /// Stands for "no cap" in the files.
  private static let none = "9999"

  /// The parameters of checks for days of which these policies price some.
  /// - Returns: by check; nothing where there is no policy at all, so that the files' defaults hold.
  static func values(
    _ set: PolicySet, from: Day, to: Day
  ) throws -> [String: [String: String]] {
    let policies = set.policies.filter { policy in
      policy.validFrom <= to && policy.validTo.map { $0 >= from } ?? true
    }
    guard !policies.isEmpty else { return [:] }
    func cap(_ windows: Cap.Window...) -> String {
      policies.flatMap { leastCounts($0, windows) }.min().map(String.init) ?? none
    }
    var values = [
      "R03": ["cap": cap(.day, .period)],
      "R04": [
        "week_cap": cap(.week), "month_cap": cap(.month), "quarter_cap": cap(.quarter),
        "year_cap": cap(.year),
      ],
      "R05": ["tiers": try tiers(policies)],
      "R23": ["budgets": try budgets(policies)],
    ]
    if let share = policies.compactMap(\.evidence.manualShareMax).min() {
      values["R14"] = ["share": String(share.percent.dropLast())]
    }
    return values
  }

  /// How many subsidised meals of a window no policy can refuse: one line more is looked at. Where an
  /// amount or the order of the meals decides, every further meal is.
  private static func leastCounts(_ policy: Policy, _ windows: [Cap.Window]) -> [Int] {
    let groups = policy.stages.flatMap(\.groups)
    let caps = policy.caps + policy.stages.flatMap(\.caps) + groups.flatMap(\.caps)
    var counts = caps.filter { windows.contains($0.per) }.map {
      $0.amount == nil ? $0.count ?? 1 : 1
    }
    let goesByOrder =
      policy.exclusions.contains(.subsidisedElsewhere)
      || groups.contains { $0.benefit.form == .nthMeal }
    if windows.contains(.day), goesByOrder { counts.append(1) }
    return counts
  }

  private struct Tier: Encodable {
    var tier: String
    /// The least age that any of its rules asks for; nil where one asks for none.
    var minAge: Int?
    /// Whether each of its rules asks for an entitlement.
    var entitled: Bool

    private enum CodingKeys: String, CodingKey {
      case tier, entitled
      case minAge = "min_age"
    }
  }

  /// What the tiers of the policies ask of a person; those whose rules have alternatives are left out.
  private static func tiers(_ policies: [Policy]) throws -> String {
    let groups = Dictionary(grouping: policies.flatMap(\.stages).flatMap(\.groups), by: \.code)
    let tiers = groups.compactMap { code, groups -> Tier? in
      let conditions = groups.map(\.when)
      guard conditions.allSatisfy(\.any.isEmpty) else { return nil }
      let ages = conditions.compactMap { $0.age?.min }
      return Tier(
        tier: code, minAge: ages.count == conditions.count ? ages.min() : nil,
        entitled: conditions.allSatisfy(\.asksForEntitlement))
    }
    return try CanonicalJSON.text(tiers.sorted { $0.tier < $1.tier })
  }

  private struct Budget: Encodable {
    var policy: String
    var source: String
    var year: Int
    var fen: Int
  }

  /// A budget that stands in several versions of a policy is one; the last version names it.
  private static func budgets(_ policies: [Policy]) throws -> String {
    var known: [String: Budget] = [:]
    for policy in policies.sorted(by: { $0.validFrom < $1.validFrom }) {
      for budget in policy.budgets {
        known["\(policy.id) \(budget.source.rawValue) \(budget.year)"] = Budget(
          policy: policy.id, source: budget.source.rawValue, year: budget.year,
          fen: budget.amount.count)
      }
    }
    let list = known.sorted { $0.key < $1.key }.map(\.value)
    return list.isEmpty ? "[]" : try CanonicalJSON.text(list)
  }
}

extension Condition {
  /// Whether nobody without an entitlement meets it.
  fileprivate var asksForEntitlement: Bool {
    !categoriesAny.isEmpty || !categoriesAll.isEmpty || careLevelMin != nil
      || disabilityGradeMax != nil
  }
}
