import CanteenDomain
import CanteenPolicyFiles
import Foundation
import Testing

@Suite("Reading, checking and trying documents")
struct PolicyFormatTests {
  let head = EdgeCaseTests.head

  func findings(_ rules: String) -> [PolicyFinding] {
    PolicyCheck.findings(in: [PolicyFile.read(head + rules, name: "t.yaml")])
      .filter { $0.severity != .warning }
  }

  @Test("a field that does not exist is named with its line and the nearest one")
  func unknownField() {
    let found = findings(
      "stages:\n  - stage: subsidy\n    source: city\n    groups:\n      - {fixd: 3.00, who: {agee: 60+}}\n"
    )
    #expect(found.contains { $0.line == 10 && $0.sentence.zh.contains("是否想写“age”") })
    #expect(found.contains { $0.sentence.zh.contains("没有写补贴方式") })
  }

  @Test("operating subsidies and trips stand in statements; what goes toward a fee is warned of")
  func settlementWarnings() {
    let stages = "stages: [{stage: subsidy, source: city, groups: [{fixed: 2.00}]}]\n"
    let operating = "operating: [{code: op, per: subsidised, amount: 1.00, source: city}]\n"
    func delivery(_ rule: String) -> [String] {
      let text = head + stages + operating + "delivery: [{code: d, source: city, \(rule)}]\n"
      return PolicyCheck.findings(in: [PolicyFile.read(text, name: "t.yaml")])
        .map(\.path).filter { ["operating", "delivery"].contains($0) }
    }

    #expect(delivery("per: trip, amount: 3.00, toward: courier") == [])
    #expect(delivery("per: meal, amount: 1.00, toward: courier") == [])
    #expect(delivery("per: meal, amount: 1.00, toward: fee") == ["delivery"])
  }

  @Test("an open question keeps a policy from being in force and says where it is")
  func openQuestion() throws {
    let rules = """
      stages:
        - stage: subsidy
          source: city
          groups:
            - fixed: 3.00
              min_spend: {at_least: 15.00, of: ASK 优惠前还是优惠后}

      """
    let found = findings(rules)
    #expect(found.map(\.severity) == [.question])
    #expect(found[0].line == 11)
    #expect(found[0].sentence.zh.contains("优惠前还是优惠后"))
    let policy = try #require(PolicyFile.read(head + rules, name: "t").policy)
    #expect(throws: PolicySet.Fault.openQuestions(policyID: "edge", version: "1", count: 1)) {
      try PolicySet([policy])
    }
  }

  @Test("overlapping bands are refused unless the author confirms them; holes are warned of")
  func bands() {
    let rules = """
      stages:
        - stage: subsidy
          source: city
          groups: [{age: 60-75, fixed: 1.00}, {age: 75-85, fixed: 2.00}]

      """
    #expect(findings(rules).map(\.severity) == [.error])
    #expect(findings(rules)[0].sentence.zh.contains("75周岁同时属于"))
    let confirmed = rules.replacing("source: city", with: "source: city\n    overlap: allowed")
    #expect(findings(confirmed).isEmpty)
    let all = PolicyCheck.findings(in: [PolicyFile.read(head + confirmed, name: "t")])
    #expect(all.contains { $0.sentence.zh.contains("86周岁及以上没有对应") })
  }

  @Test("a split that does not add up in some region case is refused")
  func split() {
    let rules: (String) -> String = { extra in
      """
      stages:
        - stage: subsidy
          \(extra)
          split:
            - {source: city, percent: 50%}
            - {source: district, percent: 50%, when: {canteen_in: 511323102}}
            - {source: street, percent: 50%, when: {canteen_in: 511323103}}
          groups: [{fixed: 3.00}]

      """
    }
    let found = findings(rules("code: meal"))
    #expect(found.count == 1)
    #expect(found.first?.sentence.zh.contains("各项地区条件都不符合时") == true)
    #expect(findings(rules("unfunded_to: diner")).isEmpty)
  }

  @Test("a hole between bands is seen beside a category that covers all ages, and nobody else pays")
  func holesAndPayers() {
    let rules = """
      stages:
        - stage: subsidy
          groups:
            - {age: 60-69, fixed: 1.00, source: city}
            - {age: 80+, fixed: 2.00, source: city}
            - {age: 60+, category: 低保, fixed: 3.00, source: 个人}

      """
    let all = PolicyCheck.findings(in: [PolicyFile.read(head + rules, name: "t")])
    #expect(all.contains { $0.sentence.zh.contains("70—79周岁没有对应") })
    #expect(all.filter { $0.severity == .error }.map(\.path) == ["stages[0].groups[2].source"])
  }

  @Test("versions that overlap in time are refused with the day to write")
  func versions() {
    let body = "stages: [{stage: subsidy, source: city, groups: [{fixed: 1.00}]}]\n"
    let second = head.replacing("\"1\"", with: "\"2\"")
      .replacing("2020-01-01", with: "2021-07-01")
    let found = PolicyCheck.findings(in: [
      PolicyFile.read(head + body, name: "a"), PolicyFile.read(second + body, name: "b"),
    ]).filter { $0.severity == .error }
    #expect(found.map(\.file) == ["a"])
    #expect(found[0].sentence.zh.contains("valid_to: 2021-06-30"))
  }

  @Test("broken YAML and a wrong amount are said with their line")
  func broken() {
    let torn = PolicyFile.read("policy: a\nstages: [\n", name: "t")
    #expect(torn.policy == nil && !torn.findings.isEmpty)
    let found = findings(
      "stages:\n  - {stage: subsidy, source: city, groups: [{fixed: three}]}\n")
    #expect(found.contains { $0.line == 7 && $0.sentence.zh.contains("金额按元写") })
  }

  @Test("the paragraph says what the document says")
  func paragraph() throws {
    let text = try example("wuhu-2022").paragraph().zh
    for part in ["60—69周岁，每餐补3.00元", "就高不就低", "入住养老机构", "午餐", "每人每日最多1次"] {
      #expect(text.contains(part))
    }
  }

  @Test("a case in JSON is priced in order of time, with its explanation")
  func runCase() throws {
    let text = """
      {"persons": [{"name": "王", "birth_date": "1943-05-01", "hukou": "310107", "residence": "310107"}],
       "canteens": [{"code": "C1", "region": "310107"}],
       "meals": [
         {"id": "b", "person": "王", "date": "2026-01-05", "time": "17:30", "period": "dinner", "list": 18.00},
         {"id": "a", "person": "王", "date": "2026-01-05", "time": "11:30", "list": "18.00"}]}
      """
    let lines = try PolicyCase(text).run(with: [example("putuo-2025")])
    #expect(lines.map(\.id) == ["a", "b", nil])
    #expect(lines.map(\.dinerFen) == [1230, 1530, 2760])
    #expect(lines[1].explanation.contains { $0.contains("每日限1次，已用完") })
    #expect(try lines[0].json().contains(#""sources":{"district":300,"operator":270}"#))
  }

  @Test("a mistake in a case is named with its line")
  func badCase() throws {
    #expect(throws: PolicyCase.Unreadable.self) {
      try PolicyCase(#"{"persons": [{"name": "A", "borth": "1950-01-01"}], "meals": []}"#)
    }
  }

  @Test("operating tiers by volume use the named denominator, whole or marginal")
  func tiers() throws {
    for (mode, fen) in [("whole", 220_000), ("marginal", 154_000)] {
      let rules = """
        operating:
          - per: served
            source: city
            tiers:
              divided_by: open_days
              mode: \(mode)
              steps: [{from: 0, amount: 0.50}, {from: 30, amount: 1.00}]
            multipliers: {优秀: 200%}

        """
      let set = try PolicySet([policy(head + rules)])
      let period = OperatingPeriod(
        from: day("2026-03-01"), to: day("2026-03-31"),
        canteen: CanteenFacts(code: "C1", regions: RegionPath(expanding: "511323")), openDays: 22,
        rating: "优秀")
      let lines = set.operating(for: period, volume: OperatingVolume(served: 1100))
      #expect(lines.map(\.fen.count) == [fen])
    }
  }

  @Test("the first meal of the day gives 3.00, the second half, the third nothing")
  func nthMeal() throws {
    let set = try PolicySet([
      policy(head + "stages: [{stage: subsidy, source: city, groups: [{nth_meal: [3.00, 50%]}]}]\n")
    ])
    let meals = MealPeriod.allCases.map { aMeal("2026-05-10", 1000, period: $0, at: "511323") }
    #expect(set.priceAll(meals, for: aDiner()).map(\.line.sharesFen) == [300, 500, 0])
  }

  @Test("amounts a period in half yuan, and a charity that takes a third of what is left")
  func periodsAndCharity() throws {
    let rules = """
      stages:
        - stage: subsidy
          source: district
          groups: [{fixed: {breakfast: 0.50, lunch: 1.50}}]
        - stage: charity
          source: charity
          groups: [{percent: 30%}]

      """
    let set = try PolicySet([policy(head + rules)])
    let line = set.price(aMeal("2026-05-10", 1150, at: "511323"), for: aDiner())
    #expect(line.paid(by: .district) == 150)
    #expect(line.paid(by: .charity) == 300)
    #expect(line.dinerFen == 700)
    let dinner = set.price(aMeal("2026-05-10", 1000, period: .dinner, at: "511323"), for: aDiner())
    #expect(dinner.paid(by: .district) == 0)
  }

  @Test("a budget that is used up stops its share; a stored line gives its explanation again")
  func budgetAndStorage() throws {
    let rules = """
      stages: [{stage: subsidy, source: city, groups: [{fixed: 3.00}]}]
      budgets: [{source: city, year: 2026, amount: 100.00, when_exhausted: stop}]

      """
    let set = try PolicySet([policy(head + rules)])
    let key = BudgetUse.Key(policyID: "edge", source: .city, year: 2026)
    let meal = aMeal("2026-05-10", 1000, at: "511323")
    #expect(set.price(meal, for: aDiner(), budget: BudgetUse(spent: [key: 9700])).dinerFen == 700)
    let line = set.price(meal, for: aDiner(), budget: BudgetUse(spent: [key: 9701]))
    #expect(line.dinerFen == 1000)
    let stored = try JSONEncoder().encode(line)
    let read = try JSONDecoder().decode(PricedLine.self, from: stored)
    #expect(read == line)
    #expect(read.explanation() == line.explanation())
  }

  @Test("a group without a title is called by whom it is for")
  func untitled() throws {
    let rules = """
      stages:
        - stage: subsidy
          source: city
          groups:
            - {who: {category: [DIBAO, TEKUN]}, fixed: 3.00}
            - {who: {age: 70-79, hukou: 511323}, fixed: 2.00}
            - {fixed: 1.00}

      """
    let set = try PolicySet([policy(head + rules)])
    let meal = aMeal("2026-05-10", 1000, at: "511323")
    let diners = [
      aDiner(categories: [holding("DIBAO")]), aDiner(), aDiner(born: "1990-06-15"),
    ]
    let lines = diners.map { set.price(meal, for: $0) }
    #expect(lines.map(\.tierTitle) == ["低保、特困", "70—79周岁", "所有人"])
    var old = lines[0]
    old.tierTitle = nil
    #expect(old.tierName == "低保" && PricedLine(listFen: 1000, dinerFen: 1000).tierName == "原价")
  }

  @Test("a budget that ends within a line says what was spent before the line")
  func budgetEndsWithinLine() throws {
    let rules = """
      stages:
        - {stage: subsidy, code: a, source: city, groups: [{fixed: 2.00}]}
        - {stage: subsidy, code: b, source: city, groups: [{fixed: 1.00}]}
      budgets: [{source: city, year: 2026, amount: 100.00, when_exhausted: stop}]

      """
    let set = try PolicySet([policy(head + rules)])
    let key = BudgetUse.Key(policyID: "edge", source: .city, year: 2026)
    let meal = aMeal("2026-05-10", 1000, at: "511323")
    let line = set.price(meal, for: aDiner(), budget: BudgetUse(spent: [key: 9800]))
    let reason = try #require(line.reasons.first { $0.code == .budget })
    #expect(line.dinerFen == 800 && line.shares.map(\.layer) == ["a"])
    #expect(reason.layer == "b" && reason.base == 9800 && reason.limit == 10_000)

    // Lines of before do not say it, and mean the same in words.
    var old = reason
    old.base = nil
    let read = try JSONDecoder().decode(PricingReason.self, from: JSONEncoder().encode(old))
    #expect(read == old && read.sentence == reason.sentence)
  }

  @Test("of two delivery rules on one budget the second sees what the first took")
  func budgetOfTwoDeliveryRules() throws {
    let rules = """
      stages: [{stage: subsidy, source: district, groups: [{fixed: 1.00}]}]
      delivery:
        - {code: fee, per: meal, amount: 3.00, toward: fee, source: city}
        - {code: courier, per: meal, amount: 2.00, toward: courier, source: city}
      budgets: [{source: city, year: 2026, amount: 100.00, when_exhausted: stop}]

      """
    let set = try PolicySet([policy(head + rules)])
    let key = BudgetUse.Key(policyID: "edge", source: .city, year: 2026)
    var meal = aMeal("2026-05-10", 1000, mode: .homeDelivery, at: "511323")
    meal.deliveryFeeFen = 300
    let fits = set.price(meal, for: aDiner(), budget: BudgetUse(spent: [key: 9500]))
    let ends = set.price(meal, for: aDiner(), budget: BudgetUse(spent: [key: 9501]))
    #expect(fits.deliveryShares.map(\.fen) == [300, 200])
    #expect(ends.deliveryShares.map(\.fen) == [300])
    #expect(ends.reasons.first { $0.code == .budget }?.base == 9501)
  }

  @Test("policies of one exclusive group are not added; the better for the diner is used")
  func exclusive() throws {
    let body =
      "not_together: meal\nstages: [{stage: subsidy, source: city, groups: [{fixed: 3.00}]}]\n"
    let richer = body.replacing("3.00", with: "4.00")
    let other = head.replacing("policy: edge", with: "policy: other")
    let set = try PolicySet([policy(head + body), policy(other + richer)])
    let line = set.price(aMeal("2026-05-10", 1000, at: "511323"), for: aDiner())
    #expect(line.shares.map(\.policyID) == ["other"])
    #expect(line.dinerFen == 600)
  }
}
