import CanteenDomain
import Testing

@Suite("Properties of pricing over random policies, persons and meals")
struct PricingPropertyTests {
  /// Each seed makes its own policies, persons and meals; a failing one can be run alone.
  static let seeds = Array(UInt64(1)...150)

  @Test("every line balances, nobody pays below 0, no source is negative", arguments: seeds)
  func balance(seed: UInt64) throws {
    var scene = try RandomScene(seed: seed)
    for (_, priced) in scene.priceEverything() {
      for meal in priced {
        let line = meal.line
        #expect(line.listFen == line.dinerFen + line.shares.map(\.fen).sum())
        #expect(line.dinerFen >= 0)
        #expect(line.shares.allSatisfy { $0.fen >= 0 })
        if let delivery = line.delivery {
          #expect(delivery.feeFen == delivery.dinerFen + delivery.shares.map(\.fen).sum())
          #expect(delivery.dinerFen >= 0)
        }
      }
    }
  }

  @Test(
    "the order of independent persons does not matter, and twice gives the same", arguments: seeds)
  func order(seed: UInt64) throws {
    var scene = try RandomScene(seed: seed)
    let first = scene.priceEverything()
    scene.diners.reverse()
    let second = scene.priceEverything()
    #expect(Dictionary(uniqueKeysWithValues: first) == Dictionary(uniqueKeysWithValues: second))
  }

  @Test("a cap never raises what a stage gives", arguments: seeds)
  func caps(seed: UInt64) throws {
    var random = Seeded(seed)
    let stage = RandomScene.stage(&random, code: "meal", kind: .subsidy)
    var capped = stage
    capped.caps.append(RandomScene.cap(&random))
    var cappedGroup = stage
    cappedGroup.groups[0].caps.append(RandomScene.cap(&random))
    let free = try PolicySet([aPolicy(stages: [stage])])
    for variant in [capped, cappedGroup] {
      let held = try PolicySet([aPolicy(stages: [variant])])
      for index in 0..<20 {
        let diner = RandomScene.diner(&random, Int64(index))
        let meals = RandomScene.meals(&random, count: 4)
        let earlier = meals.dropLast().map { AcceptedMeal($0, free.price($0, for: diner)) }
        let with = held.price(meals[3], for: diner, accepted: earlier)
        let without = free.price(meals[3], for: diner, accepted: earlier)
        #expect(with.sharesFen <= without.sharesFen)
      }
    }
  }

  @Test("repricing from stored inputs with unchanged facts finds nothing", arguments: seeds)
  func repricing(seed: UInt64) throws {
    var scene = try RandomScene(seed: seed)
    let diners = Dictionary(uniqueKeysWithValues: scene.diners.map { ($0.dinerID, $0) })
    for (dinerID, priced) in scene.priceEverything() {
      let diner = try #require(diners[dinerID])
      let adjustments = scene.set.reprice(
        priced, with: diner, openMonth: { _ in day("2026-03-01") })
      #expect(adjustments.isEmpty)
    }
  }
}

/// A small generator of numbers that gives the same for the same seed on every machine.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func fen(_ range: ClosedRange<Int>) -> Fen { Fen(Int.random(in: range, using: &self)) }
  mutating func maybe() -> Bool { Bool.random(using: &self) }
  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &self)] }
}

/// Random policies in force together, with people who eat for a few days.
struct RandomScene {
  var set: PolicySet
  var diners: [DinerFacts]
  private var mealsByDiner: [Int64: [Meal]] = [:]

  init(seed: UInt64) throws {
    var random = Seeded(seed)
    var policies: [Policy] = []
    for number in 0..<Int.random(in: 1...3, using: &random) {
      let kinds: [StageKind] = [.discount, .subsidy, .charity, .discount]
      let stages = kinds.prefix(Int.random(in: 1...4, using: &random)).enumerated().map {
        Self.stage(&random, code: "s\($0)", kind: $1)
      }
      var policy = aPolicy(id: "p\(number)", stages: stages)
      if random.maybe() { policy.exclusiveGroup = "one" }
      if random.maybe() { policy.caps = [Self.cap(&random)] }
      if random.maybe() { policy.minCopay = random.fen(0...300) }
      policy.exclusions = random.maybe() ? [.inInstitution] : []
      policy.delivery = [
        DeliveryRule(
          code: "d", per: random.pick([.meal, .day]), toward: random.pick([.fee, .courier]),
          amount: random.fen(0...600), split: Self.split(&random))
      ]
      policies.append(policy)
    }
    set = try PolicySet(policies)
    diners = (1...6).map { Self.diner(&random, $0) }
    for diner in diners { mealsByDiner[diner.dinerID] = Self.meals(&random, count: 8) }
  }

  mutating func priceEverything() -> [(Int64, [PricedMeal])] {
    diners.map { diner in
      var accepted: [AcceptedMeal] = []
      let meals = (mealsByDiner[diner.dinerID] ?? []).sorted {
        ($0.day, $0.time, $0.id) < ($1.day, $1.time, $1.id)
      }
      let priced = meals.map { meal in
        let line = set.price(meal, for: diner, accepted: accepted)
        accepted.append(AcceptedMeal(meal, line))
        return PricedMeal(dinerID: diner.dinerID, meal: meal, line: line)
      }
      return (diner.dinerID, priced)
    }
  }

  static func stage(_ random: inout Seeded, code: String, kind: StageKind) -> Stage {
    let groups = (0..<Int.random(in: 1...4, using: &random)).map { index in
      let low = Int.random(in: 55...90, using: &random)
      return BenefitGroup(
        code: "g\(index)",
        when: Condition(age: AgeBand(min: low, max: random.maybe() ? low + 9 : nil)),
        minSpend: random.maybe()
          ? MinSpend(
            amount: random.fen(0...1500), isStrict: random.maybe(),
            basis: random.pick(Basis.allCases)) : nil,
        benefit: benefit(&random), caps: random.maybe() ? [cap(&random)] : [])
    }
    var stage = aStage(
      groups, kind: kind, code: code, stacking: random.pick(Stacking.allCases),
      caps: random.maybe() ? [cap(&random)] : [], split: split(&random))
    stage.basis = random.maybe() ? random.pick(Basis.allCases) : nil
    stage.minCopay = random.maybe() ? random.fen(0...500) : nil
    stage.rounding = Rounding(
      unit: random.pick([1, 10, 50, 100]), mode: random.pick(Rounding.Mode.allCases),
      side: random.pick(Rounding.Side.allCases), moment: random.pick(Rounding.Moment.allCases))
    return stage
  }

  static func benefit(_ random: inout Seeded) -> Benefit {
    switch Int.random(in: 0...5, using: &random) {
    case 0: .fixed(random.fen(0...2000))
    case 1:
      .percent(
        Rate(millionths: Int.random(in: 0...1_000_000, using: &random)), cap: random.fen(0...900))
    case 2: .upToActual(random.fen(0...2500))
    case 3: .targetPrice(random.fen(0...2000))
    case 4: .discount(Rate(percent: Int.random(in: 0...100, using: &random)))
    default: .nthMeal([.fixed(random.fen(0...600)), .percent(Rate(percent: 30))])
    }
  }

  static func cap(_ random: inout Seeded) -> Cap {
    random.maybe()
      ? Cap(per: random.pick(Cap.Window.allCases), count: Int.random(in: 0...3, using: &random))
      : Cap(per: random.pick(Cap.Window.allCases), amount: random.fen(0...1500))
  }

  static func split(_ random: inout Seeded) -> FundingSplit {
    var near = Condition()
    near.canteenWithin = ["511323102"].map { Region.Code($0) }
    let first = Int.random(in: 0...100, using: &random)
    return FundingSplit(
      [
        SplitShare(.city, rate: Rate(percent: first), when: random.maybe() ? near : Condition()),
        SplitShare(.district, amount: random.maybe() ? random.fen(0...200) : nil),
        SplitShare(.street, rate: Rate(percent: 100 - first)),
      ], unfunded: random.pick([.diner, .operator]))
  }

  static func diner(_ random: inout Seeded, _ id: Int64) -> DinerFacts {
    var diner = aDiner(born: nil)
    diner.dinerID = id
    diner.birthDate = day("1926-01-01") + Int.random(in: 0...18_000, using: &random)
    if random.maybe() { diner.institutionStays = [DaySpan(from: day("2026-01-05"))] }
    return diner
  }

  static func meals(_ random: inout Seeded, count: Int) -> [Meal] {
    (0..<count).map { index in
      var meal = aMeal(
        (day("2026-01-01") + Int.random(in: 0...9, using: &random)).description, "0",
        period: random.pick(MealPeriod.allCases), mode: random.pick(ServiceMode.allCases),
        at: random.pick(["511323102001", "511323103001"]), id: "m\(index)")
      meal.listFen = random.fen(0...3000)
      meal.extrasFen = random.maybe() ? random.fen(0...500) : 0
      meal.deliveryFeeFen = random.fen(0...600)
      meal.wantsFullPrice = Int.random(in: 0...9, using: &random) == 0
      return meal
    }
  }
}
