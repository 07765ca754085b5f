/// A condition made ready for speed: only the tests it has, in the order of their cost.
final class ConditionPlan: Sendable {
  let condition: Condition
  let attain: AttainRule
  // The tests of nearly every meal, kept apart because copying a whole condition costs more.
  let age: AgeBand?
  private let periods: [MealPeriod]
  private let modes: [ServiceMode]
  private let homeBy: HomeRule
  private let careRankMin: Int
  private let careScale: [String: Int]
  private let tests: [ConditionTest]
  private let any: [ConditionPlan]
  private let none: [ConditionPlan]

  init(_ condition: Condition, in policy: Policy) {
    self.condition = condition
    age = condition.age
    periods = condition.periods
    modes = condition.modes
    attain = condition.attain ?? policy.attain
    homeBy = policy.homeBy
    careScale = policy.careScale
    careRankMin = condition.careLevelMin?.rank(in: policy.careScale) ?? 0
    any = condition.any.map { ConditionPlan($0, in: policy) }
    none = condition.none.map { ConditionPlan($0, in: policy) }
    tests = condition.tests
  }

  /// A test that was not met, and the number that was found, if it is one.
  struct Failure {
    var test: ConditionTest
    var value: Int?
  }

  var isEmpty: Bool { tests.isEmpty }

  /// Nil if every test is met.
  func firstFailure(in facts: inout PricingFacts) -> Failure? {
    for test in tests where !holds(test, in: &facts) {
      return Failure(test: test, value: test == .age ? facts.age(by: attain) : nil)
    }
    return nil
  }

  func holds(in facts: inout PricingFacts) -> Bool {
    for test in tests where !holds(test, in: &facts) { return false }
    return true
  }

  private func holds(_ test: ConditionTest, in facts: inout PricingFacts) -> Bool {
    switch test {
    case .period, .mode, .day, .date, .time, .auth, .evidence, .price, .standardSet, .canteen,
      .canteenGrade:
      return mealHolds(test, in: facts)
    case .any:
      for plan in any where plan.holds(in: &facts) { return true }
      return false
    case .none:
      for plan in none where plan.holds(in: &facts) { return false }
      return true
    case .age:
      guard let band = age else { return true }
      guard let age = facts.age(by: attain) else { return false }
      return band.contains(age)
    default:
      return personHolds(test, in: facts)
    }
  }

  private func mealHolds(_ test: ConditionTest, in facts: borrowing PricingFacts) -> Bool {
    switch test {
    case .period: return periods.contains(facts.meal.period)
    case .mode: return modes.contains(facts.meal.mode)
    case .day: return condition.days.contains { $0.holds(on: facts.meal.day, in: facts.calendar) }
    case .date: return condition.dates.contains { $0.contains(facts.meal.day) }
    case .time:
      return facts.meal.time >= condition.timeFrom ?? facts.meal.time
        && facts.meal.time <= condition.timeTo ?? facts.meal.time
    case .auth: return condition.auth.contains(facts.meal.auth)
    case .evidence: return condition.evidence.allSatisfy { facts.meal.evidence.contains($0) }
    case .price:
      return facts.meal.listFen >= condition.listPriceMin ?? facts.meal.listFen
        && facts.meal.listFen <= condition.listPriceMax ?? facts.meal.listFen
    case .standardSet: return facts.meal.isStandardSet == condition.standardSet
    case .canteen:
      return
        (condition.canteenWithin.isEmpty
        || Self.isWithin(facts.meal.canteen.regions, condition.canteenWithin))
        && (condition.canteens.isEmpty || condition.canteens.contains(facts.meal.canteen.code))
    default: return facts.meal.canteen.grade.map { condition.canteenGrades.contains($0) } ?? false
    }
  }

  private func personHolds(_ test: ConditionTest, in facts: borrowing PricingFacts) -> Bool {
    switch test {
    case .sex: return facts.diner.sex == condition.sex
    case .hukou: return Self.isWithin(facts.diner.hukou, condition.hukou)
    case .residence: return Self.isWithin(facts.diner.residence, condition.residence)
    case .home: return isHome(facts.diner) { Self.isWithin($0, condition.home) }
    case .residenceMonths:
      guard let since = facts.diner.residenceSince, let months = condition.residenceMonthsMin else {
        return false
      }
      return since.addingMonths(months) <= facts.meal.day
    case .permit: return facts.diner.hasResidencePermit == condition.hasResidencePermit
    case .sameRegion: return isSameRegion(facts.diner, facts.meal.canteen.regions)
    case .splitResidence:
      guard let level = condition.splitResidence, let hukou = facts.diner.hukou,
        let residence = facts.diner.residence
      else { return false }
      return !hukou.shares(level, with: residence)
    case .institution: return facts.isInInstitution == condition.inInstitution
    case .staff: return facts.diner.isStaff == condition.isStaff
    default: return entitlementHolds(test, in: facts)
    }
  }

  private func entitlementHolds(_ test: ConditionTest, in facts: borrowing PricingFacts) -> Bool {
    let day = facts.meal.day
    let entitlements = facts.diner.entitlements
    switch test {
    case .category:
      let has: (Category) -> Bool = { category in
        entitlements.contains { $0.category == category && $0.isActive(on: day) }
      }
      return (condition.categoriesAny.isEmpty || condition.categoriesAny.contains(where: has))
        && condition.categoriesAll.allSatisfy(has)
    case .careLevel:
      return entitlements.contains {
        $0.isActive(on: day) && ($0.careLevel?.rank(in: careScale) ?? -1) >= careRankMin
      }
    case .disability:
      return entitlements.contains {
        $0.isActive(on: day) && ($0.disabilityGrade ?? Int.max) <= condition.disabilityGradeMax ?? 0
      }
    default: return true
    }
  }

  private func isSameRegion(_ diner: DinerFacts, _ canteen: RegionPath) -> Bool {
    if let level = condition.homeSameAsCanteen,
      !isHome(diner, { $0.map { $0.shares(level, with: canteen) } ?? false })
    {
      return false
    }
    if let level = condition.hukouSameAsCanteen, diner.hukou?.shares(level, with: canteen) != true {
      return false
    }
    if let level = condition.residenceSameAsCanteen,
      diner.residence?.shares(level, with: canteen) != true
    {
      return false
    }
    return true
  }

  private func isHome(_ diner: DinerFacts, _ holds: (RegionPath?) -> Bool) -> Bool {
    switch homeBy {
    case .hukou: holds(diner.hukou)
    case .residence: holds(diner.residence)
    case .either: holds(diner.hukou) || holds(diner.residence)
    case .both: holds(diner.hukou) && holds(diner.residence)
    }
  }

  static func isWithin(_ path: RegionPath?, _ regions: [Region.Code]) -> Bool {
    guard let path else { return false }
    for region in regions where path.isWithin(region) { return true }
    return false
  }
}

extension Condition {
  /// The tests that this condition has, the cheapest first.
  var tests: [ConditionTest] {
    var tests: [ConditionTest] = []
    func add(_ test: ConditionTest, _ isPresent: Bool) { if isPresent { tests.append(test) } }
    add(.period, !periods.isEmpty)
    add(.mode, !modes.isEmpty)
    add(.age, age != nil)
    add(.standardSet, standardSet != nil)
    add(.price, listPriceMin != nil || listPriceMax != nil)
    add(.category, !categoriesAny.isEmpty || !categoriesAll.isEmpty)
    add(.sex, sex != nil)
    add(.day, !days.isEmpty)
    add(.date, !dates.isEmpty)
    add(.time, timeFrom != nil || timeTo != nil)
    add(.auth, !auth.isEmpty)
    add(.evidence, !evidence.isEmpty)
    add(.hukou, !hukou.isEmpty)
    add(.residence, !residence.isEmpty)
    add(.home, !home.isEmpty)
    add(.residenceMonths, residenceMonthsMin != nil)
    add(.permit, hasResidencePermit != nil)
    add(
      .sameRegion,
      homeSameAsCanteen != nil || hukouSameAsCanteen != nil || residenceSameAsCanteen != nil)
    add(.splitResidence, splitResidence != nil)
    add(.canteen, !canteenWithin.isEmpty || !canteens.isEmpty)
    add(.canteenGrade, !canteenGrades.isEmpty)
    add(.careLevel, careLevelMin != nil)
    add(.disability, disabilityGradeMax != nil)
    add(.institution, inInstitution != nil)
    add(.staff, isStaff != nil)
    add(.any, !any.isEmpty)
    add(.none, !none.isEmpty)
    return tests
  }
}

/// The inputs of one pricing, with the ages that were asked for so far.
///
/// It cannot be copied, so that no test of a condition copies the meal and the person.
struct PricingFacts: ~Copyable {
  let meal: Meal
  let diner: DinerFacts
  let accepted: [AcceptedMeal]
  let calendar: ServiceCalendar
  private var ageByBirthday: Int?

  init(meal: Meal, diner: DinerFacts, accepted: [AcceptedMeal], calendar: ServiceCalendar) {
    self.meal = meal
    self.diner = diner
    self.accepted = accepted
    self.calendar = calendar
  }

  mutating func age(by rule: AttainRule) -> Int? {
    guard let birth = diner.birthDate else { return nil }
    if rule == .birthday, let ageByBirthday { return ageByBirthday }
    let age = rule.age(born: birth, on: meal.day)
    if rule == .birthday { ageByBirthday = age }
    return age
  }

  var isInInstitution: Bool { diner.institutionStays.contains { $0.contains(meal.day) } }
}
