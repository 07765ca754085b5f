import CanteenDomain
import Testing

/// Two policies that may pay one person's meal beside each other.
@Suite("policies beside each other")
struct PolicyScopeTests {
  private static func aPolicy(
    in regions: [String] = [], by: PolicyScope.By = .canteen, at canteens: [String] = [],
    from: String = "2025-01-01", to: String? = nil, group: String? = nil
  ) -> Policy {
    Policy(
      id: "p", version: "1", title: "p", validFrom: day(from), validTo: to.map(day),
      scope: PolicyScope(regions: regions.map(Region.Code.init), by: by, canteens: canteens),
      exclusiveGroup: group, stages: [])
  }

  @Test(
    "both pay where a day, a place and no exclusion are common to them",
    arguments: [
      ("everywhere and always", aPolicy(), aPolicy(), true),
      ("a county and a street in it", aPolicy(in: ["511323"]), aPolicy(in: ["511323102"]), true),
      ("a street and another", aPolicy(in: ["511323101"]), aPolicy(in: ["511323102"]), false),
      (
        "homes and canteens, of which a person has both", aPolicy(in: ["511323101"], by: .hukou),
        aPolicy(in: ["511323102"]), true
      ),
      (
        "any of three places", aPolicy(in: ["511323101"], by: .any),
        aPolicy(in: ["511323102"], by: .any), true
      ),
      ("one canteen of two", aPolicy(at: ["A", "B"]), aPolicy(at: ["B"]), true),
      ("other canteens", aPolicy(at: ["A"]), aPolicy(at: ["B"]), false),
      (
        "the last day of one is the first of the other", aPolicy(to: "2025-06-30"),
        aPolicy(from: "2025-06-30"), true
      ),
      ("one after the other", aPolicy(to: "2025-06-30"), aPolicy(from: "2025-07-01"), false),
      ("not enjoyed together", aPolicy(group: "g"), aPolicy(group: "g"), false),
      ("each with a group of its own", aPolicy(group: "g"), aPolicy(group: "h"), true),
    ])
  func beside(what: String, one: Policy, other: Policy, bothPay: Bool) {
    #expect(one.paysBeside(other) { RegionPath(expanding: $0.text) } == bothPay, "\(what)")
    #expect(other.paysBeside(one) { RegionPath(expanding: $0.text) } == bothPay, "\(what)")
  }
}
