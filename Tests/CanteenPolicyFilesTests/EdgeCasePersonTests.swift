import CanteenDomain
import CanteenPolicyFiles
import Testing

@Suite("Edge cases of who somebody is and how it was proved")
struct EdgeCasePersonTests {
  private let cases = EdgeCaseTests()

  @Test("two records of one person, merged: the day's second subsidy is found, taken back on order")
  func mergedTwins() throws {
    for (terms, kind) in [
      ("", Adjustment.Kind.waived), ("settlement: {clawback: canteen}\n", .clawback),
    ] {
      let policies = try cases.set(EdgeCaseTests.flat + "caps: [{per: day, times: 1}]\n" + terms)
      let first = policies.priceAll([cases.lunch("2026-05-10")], for: aDiner())
      let second = policies.priceAll([cases.lunch("2026-05-10", canteen: "C2")], for: aDiner())
      let found = policies.reprice(
        first + second, with: aDiner(), openMonth: { _ in day("2026-05-01") })
      #expect(found.map(\.fen) == [-300] && found.map(\.kind) == [kind])
    }
  }

  @Test("a meal that was entered late takes nothing from those that were accepted before it")
  func enteredLate() throws {
    let policies = try cases.set(
      EdgeCaseTests.flat + "caps: [{per: day, times: 1}]\nsettlement: {clawback: canteen}\n")
    var dinner = cases.lunch("2026-05-10")
    dinner.period = .dinner
    dinner.time = try #require(TimeOfDay("17:30"))
    let accepted = policies.priceAll([dinner, cases.lunch("2026-05-10")], for: aDiner())
    #expect(accepted.map(\.line.sharesFen) == [300, 0])
    let found = policies.reprice(
      accepted, with: aDiner(), openMonth: { _ in day("2026-05-01") })
    #expect(found.isEmpty)
  }

  @Test(
    "somebody known by hand is subsidised and a missing proof flagged, unless the policy asks more")
  func proof() throws {
    var pickup = cases.lunch("2026-05-10")
    pickup.mode = .pickup
    pickup.auth = .manual
    let flagged = try cases.set(EdgeCaseTests.flat + "evidence: {required: {pickup: [proxy]}}\n")
      .price(pickup, for: aDiner())
    #expect(flagged.dinerFen == 900 && flagged.reasons.contains { $0.code == .evidenceMissing })
    pickup.evidence = [.proxy]
    let proved = try cases.set(EdgeCaseTests.flat + "evidence: {required: {pickup: [proxy]}}\n")
      .price(pickup, for: aDiner())
    #expect(!proved.reasons.contains { $0.code == .evidenceMissing })
    let strict = try cases.set(EdgeCaseTests.flat + "evidence: {auth: [id_card, card]}\n")
      .price(pickup, for: aDiner())
    #expect(strict.dinerFen == 1200)
  }

  @Test("a district with a new code: people of the old one and canteens of the new one both count")
  func newRegionCode() throws {
    let rules = """
      applies_by: any
      stages:
        - {stage: subsidy, source: city, who: {hukou: [511323, 511399]}, groups: [{fixed: 2.00}]}

      """
    let text = EdgeCaseTests.head.replacing("region: 511323", with: "region: [511323, 511399]")
    let policies = try PolicySet([policy(text + rules)])
    let meal = aMeal("2026-05-10", 1200, at: "511399001001")
    #expect(policies.price(meal, for: aDiner(hukou: "511323102001")).dinerFen == 1000)
    #expect(policies.price(meal, for: aDiner(hukou: "511399001001")).dinerFen == 1000)
    #expect(policies.price(meal, for: aDiner(hukou: "510000")).dinerFen == 1200)
  }

  @Test("without a birth date a category still counts where no age is asked")
  func noBirthDate() throws {
    var diner = aDiner(categories: [holding("DIBAO")])
    diner.birthDate = nil
    let rules = "stages: [{stage: subsidy, source: city, groups: [{category: 低保, fixed: 4.00}]}]\n"
    #expect(try cases.set(rules).price(cases.lunch("2026-05-10"), for: diner).dinerFen == 800)
  }

  @Test("a version that changes in mid-month prices each day by its own text")
  func versionInMidMonth() throws {
    let old = EdgeCaseTests.head + "valid_to: 2026-05-14\n" + EdgeCaseTests.flat
    let new =
      EdgeCaseTests.head.replacing("version: \"1\"", with: "version: \"2\"")
      .replacing("2020-01-01", with: "2026-05-15")
      + EdgeCaseTests.flat.replacing("fixed: 3.00", with: "fixed: 4.00")
    let policies = try PolicySet([policy(old), policy(new)])
    let lines = ["2026-05-14", "2026-05-15"].map {
      policies.price(cases.lunch($0), for: aDiner())
    }
    #expect(lines.map(\.dinerFen) == [900, 800])
    #expect(lines.flatMap(\.shares).map(\.version) == ["1", "2"])
  }
}
