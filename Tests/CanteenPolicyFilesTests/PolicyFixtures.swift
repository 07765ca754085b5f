import CanteenDomain
import CanteenPolicyFiles
import Testing

func day(_ text: String) -> Day {
  guard let day = Day(iso: text) else { preconditionFailure("\(text) is no day") }
  return day
}

/// An example that the product carries, as its text may be after one replacement.
func example(_ name: String, _ old: String = "", _ new: String = "") throws -> Policy {
  var text = try #require(ExamplePolicies.text(named: name))
  if !old.isEmpty {
    let parts = text.split(separator: old, omittingEmptySubsequences: false)
    #expect(parts.count > 1, "\(name) does not contain \(old)")
    text = parts.joined(separator: new)
  }
  let reading = PolicyFile.read(text, name: name)
  return try #require(reading.policy, "\(reading.findings.map { $0.text(in: .en) })")
}

func policy(_ text: String) throws -> Policy {
  let reading = PolicyFile.read(text, name: "test")
  return try #require(reading.policy, "\(reading.findings.map { $0.text(in: .en) })")
}

func aDiner(
  born: String = "1950-06-15", hukou: String = "511323102001", residence: String? = nil,
  categories: [Entitlement] = []
) -> DinerFacts {
  DinerFacts(
    dinerID: 1, birthDate: day(born), hukou: RegionPath(expanding: hukou),
    residence: RegionPath(expanding: residence ?? hukou), entitlements: categories)
}

func holding(
  _ code: String, from: String = "2000-01-01", to: String? = nil, care: CareLevel? = nil,
  grade: Int? = nil
) -> Entitlement {
  Entitlement(
    category: Category(code), careLevel: care, disabilityGrade: grade, from: day(from),
    to: to.map(day))
}

func aMeal(
  _ date: String, _ fen: Fen, period: MealPeriod = .lunch, mode: ServiceMode = .dineIn,
  at region: String, canteen: String = "C1"
) -> Meal {
  let clock = TimeOfDay(["breakfast": "07:30", "lunch": "11:30"][period.rawValue] ?? "17:30")
  guard let clock else { preconditionFailure("a time") }
  return Meal(
    id: "\(date) \(period.rawValue) \(canteen)", day: day(date), time: clock, period: period,
    mode: mode, canteen: CanteenFacts(code: canteen, regions: RegionPath(expanding: region)),
    listFen: fen)
}

extension PricedLine {
  func paid(by source: FundingSource) -> Fen {
    shares.filter { $0.source == source }.reduce(0) { $0 + $1.fen }
  }
}

extension PolicySet {
  /// Prices meals one after the other, each knowing those before it.
  func priceAll(_ meals: [Meal], for diner: DinerFacts) -> [PricedMeal] {
    var accepted: [AcceptedMeal] = []
    return meals.map { meal in
      let line = price(meal, for: diner, accepted: accepted)
      accepted.append(AcceptedMeal(meal, line))
      return PricedMeal(dinerID: diner.dinerID, meal: meal, line: line)
    }
  }
}
