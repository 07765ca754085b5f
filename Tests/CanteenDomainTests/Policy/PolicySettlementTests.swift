import CanteenDomain
import Testing

@Suite("Simulation, trips and explanations")
struct PolicySettlementTests {
  @Test("a draft that pays 1.00 more costs its source 1.00 a meal; who pays less is counted once")
  func simulation() throws {
    let now = try aSet(aPolicy(stages: [aStage([aGroup("60+", 60, nil, .fixed(200))])]))
    let draft = try aSet(
      aPolicy(stages: [
        aStage([aGroup("70+", 70, nil, .fixed(300)), aGroup("60-69", 60, 69, .fixed(200))])
      ]))
    var simulation = Simulation()
    for (id, born, canteen) in [
      (Int64(1), "1950-01-01", "A"), (1, "1950-01-01", "B"), (2, "1963-01-01", "A"),
    ] {
      var diner = aDiner(born: born)
      diner.dinerID = id
      let meal = aMeal(canteen: canteen)
      simulation.add(
        old: now.price(meal, for: diner), new: draft.price(meal, for: diner), canteen: canteen,
        dinerID: id)
    }
    let report = simulation.report
    #expect(report.total.meals == 3)
    #expect(report.total.persons == 2)
    #expect(report.sources.map(\.differenceFen) == [200])
    #expect(report.canteens.map(\.persons) == [2, 1])
    #expect(report.ageBands.map(\.key) == ["60-69", "70-79"])
    #expect(report.personsPayingLess == 1)
    #expect(report.personsUnchanged == 1)
    #expect(report.sources.map(\.oldFen) == [600] && report.sources.map(\.newFen) == [800])
    #expect(report.chart(width: 8).contains("████████ 8.00"))
  }

  @Test("a trip is paid once, however many meals it carried, and only to those the rule covers")
  func trips() throws {
    var policy = aPolicy(stages: [])
    var care = Condition()
    care.careLevelMin = .moderate
    policy.delivery = [
      DeliveryRule(
        code: "t", when: care, per: .trip, toward: .courier, amount: 500, payee: "team",
        split: .all(.street))
    ]
    let set = try aSet(policy)
    let need = Entitlement(
      category: Category("DISABLED_CARE"), careLevel: .severe, from: day("2020-01-01"))
    let meals = (1...3).map { index in
      var meal = aMeal(mode: .homeDelivery, id: "m\(index)")
      meal.tripID = "t1"
      return PricedMeal(
        dinerID: Int64(index), meal: meal, line: set.price(meal, for: aDiner()))
    }
    let diners = [
      Int64(1): aDiner(entitlements: [need]), 2: aDiner(entitlements: [need]), 3: aDiner(),
    ]
    let lines = set.trips(meals: meals, diners: diners)
    #expect(lines.map(\.fen) == [500])
    #expect(lines.map(\.mealCount) == [2])
    #expect(lines.map(\.payee) == ["team"])
  }

  @Test("an explanation names the rule that failed, what was found, and the sum")
  func explanation() throws {
    let set = try aSet(aPolicy(stages: [aStage([aGroup("70-79", 70, 79, .fixed(200))])]))
    let none = set.price(aMeal(), for: aDiner(born: "1940-01-01")).explanation()
    #expect(none.map(\.zh) == ["【p/meal/70-79】不符合：年龄（实为86）", "标价12.00元，个人付12.00元"])
    let given = set.price(aMeal(), for: aDiner(born: "1950-01-01")).explanation()
    #expect(given.first?.zh == "【p/meal/70-79】按12.00元计算，给予2.00元")
  }

  @Test("a discount written after the subsidy is taken off what is left")
  func discountAfterSubsidy() throws {
    let set = try aSet(
      aPolicy(stages: [
        aStage([aGroup("60+", 60, nil, .fixed(200))]),
        aStage(
          [BenefitGroup(code: "d", benefit: .discount(Rate(percent: 10)))], kind: .discount,
          code: "after", split: .all(.operator)),
      ]))
    let line = set.price(aMeal(), for: aDiner())
    #expect(line.paid(by: .operator) == 100)
    #expect(line.dinerFen == 900)
  }

  @Test("city and district policies add up, and a version starts on its day")
  func layersAndVersions() throws {
    let city = aPolicy(
      id: "city", region: "511300",
      stages: [aStage([BenefitGroup(code: "c", benefit: .fixed(100))], split: .all(.city))])
    let old = aPolicy(
      id: "county", to: "2026-06-30",
      stages: [aStage([BenefitGroup(code: "o", benefit: .fixed(200))])])
    let new = aPolicy(
      id: "county", version: "2", from: "2026-07-01",
      stages: [aStage([BenefitGroup(code: "n", benefit: .fixed(300))])])
    let set = try aSet(city, old, new)
    let paid = ["2026-06-30", "2026-07-01"].map { set.price(aMeal($0), for: aDiner()).sharesFen }
    #expect(paid == [300, 400])
    #expect(throws: PolicySet.Fault.self) {
      try aSet(old, aPolicy(id: "county", version: "3", stages: []))
    }
  }

  @Test("the diner's payment rounded to half a yuan leaves the remainder to the source")
  func rounding() throws {
    var stage = aStage([BenefitGroup(code: "p", benefit: .percent(Rate(percent: 25)))])
    stage.rounding = Rounding(unit: 50, mode: .halfUp, side: .diner)
    let line = try aSet(aPolicy(stages: [stage])).price(aMeal("2026-10-20", "9.90"), for: aDiner())
    #expect(line.dinerFen == 750)
    #expect(line.sharesFen == 240)
  }
}
