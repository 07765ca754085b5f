import CanteenDomain
import Testing

@Suite("Pricing a meal")
struct PricingTests {
  let bands = aPolicy(stages: [
    aStage(
      [
        aGroup("60-69", 60, 69, .fixed(100)), aGroup("70-79", 70, 79, .fixed(200)),
        aGroup("80+", 80, nil, .fixed(500)),
      ],
      caps: [Cap(per: .day, count: 1)],
      split: FundingSplit([
        SplitShare(.district, rate: Rate(percent: 60)), SplitShare(.street),
      ]))
  ])

  @Test("a person of 76 gets what the band of 70 to 79 gives, divided 60 to 40")
  func ageBand() throws {
    let line = try aSet(bands).price(aMeal(), for: aDiner(born: "1950-06-15"))
    #expect(line.dinerFen == 1000)
    #expect(line.paid(by: .district) == 120)
    #expect(line.paid(by: .street) == 80)
    #expect(line.tier == "70-79")
    #expect(line.age == 76)
  }

  @Test("the second meal of a day has its list price, in whichever canteen")
  func dayCap() throws {
    let policies = try aSet(bands)
    let lunch = aMeal(period: .lunch)
    let first = policies.price(lunch, for: aDiner())
    let second = policies.price(
      aMeal(period: .dinner, canteen: "C2"), for: aDiner(),
      accepted: [AcceptedMeal(lunch, first)])
    #expect(second.dinerFen == 1200)
    #expect(second.reasons.contains { $0.code == .countCap && $0.detail == "day" })
  }

  @Test("by wish a meal has its list price and uses nothing of the cap")
  func fullPrice() throws {
    let policies = try aSet(bands)
    var wish = aMeal()
    wish.wantsFullPrice = true
    let first = policies.price(wish, for: aDiner())
    let second = policies.price(
      aMeal(period: .dinner), for: aDiner(), accepted: [AcceptedMeal(wish, first)])
    #expect(first.dinerFen == 1200)
    #expect(second.dinerFen == 1000)
  }

  @Test("nobody is paid for eating: a benefit above the price is clipped")
  func clipped() throws {
    let line = try aSet(bands).price(aMeal("2026-10-20", "3.00"), for: aDiner(born: "1930-01-01"))
    #expect(line.dinerFen == 0)
    #expect(line.sharesFen == 300)
    #expect(line.standardFen == 500)
  }
}
