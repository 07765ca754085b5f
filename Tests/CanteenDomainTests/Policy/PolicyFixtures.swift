import CanteenDomain

/// A day of the tests, written as the offices write it.
func day(_ text: String) -> Day {
  guard let day = Day(iso: text) else { preconditionFailure("\(text) is no day") }
  return day
}

/// An amount in yuan.
func yuan(_ text: String) -> Fen {
  guard let fen = Fen(yuan: text) else { preconditionFailure("\(text) is no amount") }
  return fen
}

func time(_ text: String) -> TimeOfDay {
  guard let time = TimeOfDay(text) else { preconditionFailure("\(text) is no time") }
  return time
}

func aDiner(
  born: String? = "1950-06-15", hukou: String? = "511323102001",
  residence: String? = "511323102001", entitlements: [Entitlement] = []
) -> DinerFacts {
  DinerFacts(
    dinerID: 1, birthDate: born.map(day), sex: .female,
    hukou: hukou.map { RegionPath(expanding: $0) },
    residence: residence.map { RegionPath(expanding: $0) }, entitlements: entitlements)
}

func aMeal(
  _ date: String = "2026-10-20", _ price: String = "12.00", period: MealPeriod = .lunch,
  mode: ServiceMode = .dineIn, canteen: String = "C1", at region: String = "511323102001",
  id: String = "m1"
) -> Meal {
  Meal(
    id: id, day: day(date), time: time(period == .dinner ? "17:30" : "11:30"), period: period,
    mode: mode, canteen: CanteenFacts(code: canteen, regions: RegionPath(expanding: region)),
    listFen: yuan(price))
}

func aGroup(_ code: String, _ min: Int?, _ max: Int?, _ benefit: Benefit) -> BenefitGroup {
  BenefitGroup(code: code, when: Condition(age: AgeBand(min: min, max: max)), benefit: benefit)
}

func aPolicy(
  id: String = "p", version: String = "1", from: String = "2025-01-01", to: String? = nil,
  region: String = "511323", stages: [Stage]
) -> Policy {
  Policy(
    id: id, version: version, title: id, validFrom: day(from), validTo: to.map(day),
    scope: PolicyScope(regions: [Region.Code(region)]), stages: stages)
}

func aStage(
  _ groups: [BenefitGroup], kind: StageKind = .subsidy, code: String = "meal",
  stacking: Stacking = .bestOf, caps: [Cap] = [], split: FundingSplit = .all(.district)
) -> Stage {
  Stage(kind: kind, code: code, stacking: stacking, caps: caps, split: split, groups: groups)
}

func aSet(_ policies: Policy..., calendar: ServiceCalendar = ServiceCalendar()) throws -> PolicySet
{
  try PolicySet(policies, calendar: calendar)
}

extension PricedLine {
  /// What a source pays of this line.
  func paid(by source: FundingSource) -> Fen {
    shares.filter { $0.source == source }.reduce(0) { $0 + $1.fen }
  }
}
