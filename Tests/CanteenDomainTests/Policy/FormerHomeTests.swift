import CanteenDomain
import Foundation
import Testing

/// 户籍、常住地变动: a meal is priced by where the person was at home on its day.
@Suite("former homes")
struct FormerHomeTests {
  private static let policies: PolicySet = {
    var policy = aPolicy(
      stages: [aStage([aGroup("all", 60, nil, .fixed(yuan("3.00")))])])
    policy.scope.by = .residence
    guard let set = try? PolicySet([policy]) else { preconditionFailure("a sound policy") }
    return set
  }()

  private static func moved(_ until: String...) -> DinerFacts {
    var diner = aDiner(residence: "510100001001")
    diner.formerHomes = until.enumerated().map { place, last in
      FormerHome(
        until: day(last), hukou: diner.hukou,
        residence: RegionPath(expanding: place == 0 ? "511323102001" : "510100001002"))
    }
    return diner
  }

  @Test("the last day at the former home has its price, the next one has that of the new home")
  func lastDay() {
    let diner = Self.moved("2026-10-20")
    let prices = ["2026-10-01", "2026-10-20", "2026-10-21", "2026-11-30"].map {
      Self.policies.price(aMeal($0), for: diner).dinerFen
    }
    #expect(prices == ["9.00", "9.00", "12.00", "12.00"].map(yuan))
  }

  @Test("of several former homes the one of the day counts, in whatever order they stand")
  func several() {
    var diner = Self.moved("2026-10-10", "2026-10-20")
    diner.formerHomes.reverse()
    let codes = ["2026-10-10", "2026-10-11", "2026-10-21"].map {
      diner.asOf(day($0)).residence?.codes.last?.text
    }
    #expect(codes == ["511323102001", "510100001002", "510100001001"])
  }

  @Test("what is kept with a meal is the person of its day and reads as it always did")
  func kept() throws {
    let diner = Self.moved("2026-10-20").asOf(day("2026-10-20"))
    let data = try JSONEncoder().encode(diner)
    #expect(!String(decoding: data, as: UTF8.self).contains("formerHomes"))
    #expect(try JSONDecoder().decode(DinerFacts.self, from: data) == diner)
  }
}
