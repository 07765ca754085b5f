import CanteenDomain
import CanteenPolicyFiles
import Testing

@Suite("The example by age bands")
struct ExampleAgeBandsTests {
  @Test(
    "the worked cases in its comments hold",
    arguments: [
      ("1961-01-01", false, MealPeriod.lunch, 1200, 1100, 60, 40),
      ("1950-01-01", false, .lunch, 1200, 1000, 120, 80),
      ("1941-01-01", false, .dinner, 1000, 700, 180, 120),
      ("1934-01-01", false, .lunch, 1200, 700, 300, 200),
      ("1961-01-01", true, .lunch, 1200, 800, 240, 160),
      ("1934-01-01", true, .lunch, 1200, 700, 300, 200),
      ("1950-01-01", false, .breakfast, 500, 500, 0, 0),
      ("1934-01-01", false, .lunch, 300, 0, 180, 120),
    ])
  func workedCases(
    born: String, poor: Bool, period: MealPeriod, list: Int, diner: Int, district: Int, street: Int
  ) throws {
    let set = try PolicySet([example("example-age-bands")])
    let person = aDiner(born: born, categories: poor ? [holding("DIBAO")] : [])
    let line = set.price(
      aMeal("2026-10-20", Fen(list), period: period, at: "511323102001"), for: person)
    #expect(line.dinerFen == Fen(diner))
    #expect(line.paid(by: .district) == Fen(district))
    #expect(line.paid(by: .street) == Fen(street))
  }

  @Test("in an institution, living elsewhere, or with a subsidised meal that day: list price")
  func listPrice() throws {
    let set = try PolicySet([example("example-age-bands")])
    let lunch = aMeal("2026-10-20", 1200, at: "511323102001")
    var inside = aDiner()
    inside.institutionStays = [DaySpan(from: day("2026-10-01"))]
    #expect(set.price(lunch, for: inside).dinerFen == 1200)
    #expect(set.price(lunch, for: aDiner(hukou: "511323", residence: "510104")).dinerFen == 1200)
    let both = set.priceAll(
      [lunch, aMeal("2026-10-20", 1200, period: .dinner, at: "510104", canteen: "C2")],
      for: aDiner())
    #expect(both.map(\.line.dinerFen) == [1000, 1200])
  }
}
