import CanteenDomain
import CanteenSample
import CanteenServices
import CanteenTestSupport
import Testing

/// Forty anomalies of eighteen kinds in an honest year, drawn by a seed: where each is, and what has to
/// find it.
struct PlantedYear {
  /// One anomaly.
  struct Plant: Sendable {
    var check: String
    var canteen: String
    var days: ClosedRange<Day>
    /// Of whom the finding is, where it is of a person.
    var cards: [String] = []

    func explains(_ finding: Finding, _ diners: [String: Diner.ID]) -> Bool {
      finding.check == check && finding.canteen == canteen && days.contains(finding.day)
        && (cards.isEmpty
          || cards.contains { diners[$0].map { finding.subject == "diner \($0)" } ?? false })
    }
  }

  private(set) var plants: [Plant] = []
  private(set) var persons: [HonestYear.Person]
  private(set) var meals: [HonestYear.Meal]
  /// Persons who were paused or died before the register learned of it.
  private(set) var late: [(card: String, status: Diner.Status, from: Day, to: Day?)] = []
  /// Phones of proxies, with whom they fetch for and from when.
  private(set) var proxies: [(card: String, phone: String, from: Day)] = []
  /// Days that a canteen registered as closed and on which it fed people all the same.
  private(set) var closings: [(canteen: String, day: Day)] = []
  /// Whose 低保 ended before the register learned of it, and on which day.
  private(set) var ended: [(card: String, last: Day)] = []
  /// Meals that are taken back on the day after.
  private(set) var lateVoids: [Int] = []
  private var random: SampleRandom
  private var usedPersons: Set<Int> = []
  private var usedDays: Set<String> = []

  init(_ year: HonestYear, seed: UInt64) {
    var year = year
    random = SampleRandom(seed: seed, stream: "planted year")
    persons = year.persons
    meals = year.meals()
    honestProxies()
    for index in 0..<2 {
      alwaysPresent(index)
      dormant()
      twin()
    }
    for canteen in ["DFL-01", "DFL-02"] {
      burst(canteen)
      proxy(canteen)
    }
    block()
    byHand()
    closedDay()
    registeredAsClosed()
    offTheMenu()
    endedEntitlement()
    for _ in 0..<3 {
      lateDeath()
      latePause()
    }
    for _ in 0..<2 { offHours() }
    for index in 0..<3 { travel(elsewhere: index % 2 == 0) }
    meals.sort { ($0.day, $0.seconds, $0.person ?? -1) < ($1.day, $1.seconds, $1.person ?? -1) }
    for check in ["R01", "R01", "R03", "R03", "R25"] { mark(check) }
    for _ in 0..<3 { markDay("R18", HonestYear.canteens) }
    for canteen in HonestYear.canteens { markDay("R19", [canteen]) }
    voids()
    voidLater()
  }

  /// Daughters fetch for their parents, and a volunteer for nine neighbours, all year long.
  private mutating func honestProxies() {
    let fetched = persons.indices.filter { persons[$0].mode == .pickup }
    for (place, index) in fetched.enumerated() where place % 2 == 0 {
      let isNeighbour = place < 18
      proxies.append(
        (
          persons[index].card, isNeighbour ? "19900009999" : "1990001\(1000 + index)",
          HonestYear.first
        ))
    }
  }

  /// A meal that suits and has nothing to do with another anomaly.
  private mutating func pick(_ suits: (HonestYear.Meal) -> Bool) -> Int {
    for _ in 0..<100_000 {
      let place = random.below(meals.count)
      let meal = meals[place]
      guard let person = meal.person, meal.mark == nil, !meal.isUndone, meal.entry == .counter,
        !usedPersons.contains(person), persons[person].partner == nil,
        !usedDays.contains("\(meal.canteen) \(meal.day)"), suits(meal)
      else { continue }
      usedPersons.insert(person)
      usedDays.insert("\(meal.canteen) \(meal.day)")
      return place
    }
    preconditionFailure("no meal suits")
  }

  private mutating func alwaysPresent(_ index: Int) {
    let start = day("2025-11-10") + 120 * index
    let place = pick { $0.mode == .dineIn && $0.canteen != "DFL-02" && $0.period == .lunch }
    let model = meals[place]
    let days = start...(start + 100)
    let had = Set(
      meals.filter { $0.person == model.person && $0.period == .lunch }.map(\.day))
    var today = days.lowerBound
    while today <= days.upperBound {
      if HonestYear.isOpen(model.canteen, on: today), !had.contains(today) {
        var meal = model
        meal.day = today
        meals.append(meal)
      }
      today = today + 1
    }
    plants.append(
      Plant(
        check: "R16", canteen: model.canteen, days: (start + 80)...(start + 100),
        cards: cards(model)))
  }

  private mutating func dormant() {
    let (persons, stop) = (persons, day("2026-02-25") + random.below(100))
    let place = pick { meal in
      guard let person = meal.person, meal.day < stop, meal.day > stop - 5 else { return false }
      return (600...900).contains(persons[person].lunch) && persons[person].away.isEmpty
        && persons[person].isIn.contains(stop) && persons[person].isIn.contains(stop - 80)
    }
    let person = meals[place].person
    meals.removeAll { $0.person == person && $0.day > stop }
    plants.append(
      Plant(
        check: "R17", canteen: meals[place].canteen, days: (stop + 60)...(stop + 90),
        cards: cards(meals[place])))
  }

  private mutating func twin() {
    let place = pick { $0.period == .lunch && $0.mode == .dineIn }
    let model = meals[place]
    guard let person = model.person else { return }
    var twin = persons[person]
    twin.card += "B"
    twin.phone = ""
    let sequence = 1900 + plants.count * 2 % 90 + (twin.isFemale ? 0 : 1)
    twin.idDigits = String(twin.idDigits.prefix(14)) + String(sequence).suffix(3)
    persons.append(twin)
    usedPersons.insert(persons.count - 1)
    for offset in 1...6 where HonestYear.isOpen(model.canteen, on: model.day + offset) {
      guard model.day + offset <= HonestYear.last else { continue }
      var meal = model
      meal.person = persons.count - 1
      meal.day = model.day + offset
      meals.append(meal)
    }
    plants.append(
      Plant(
        check: "R22", canteen: model.canteen, days: HonestYear.first...HonestYear.last,
        cards: [persons[person].card, twin.card]))
  }

  private mutating func burst(_ canteen: String) {
    let place = pick { $0.canteen == canteen && $0.period == .lunch }
    let model = meals[place]
    for number in 0..<110 {
      var meal = model
      meal.person = nil
      meal.seconds = 43_000 + number * 2
      meal.auth = .card
      meals.append(meal)
    }
    plants.append(Plant(check: "R11", canteen: canteen, days: model.day...model.day))
  }

  private mutating func proxy(_ canteen: String) {
    let start = day("2026-03-02") + 60 * plants.count % 100
    let these = persons.indices.filter {
      persons[$0].canteen == canteen && (300...900).contains(persons[$0].lunch)
        && !usedPersons.contains($0) && persons[$0].mode != .pickup
    }.prefix(8)
    for index in these {
      usedPersons.insert(index)
      proxies.append((persons[index].card, "1990002\(plants.count + 1000)", start))
      for place in meals.indices
      where meals[place].person == index && (start...(start + 40)).contains(meals[place].day) {
        meals[place].mode = .pickup
      }
    }
    plants.append(Plant(check: "R15", canteen: canteen, days: start...(start + 40)))
  }

  /// Sixteen days with just as many lunches as the fewest of them had.
  private mutating func block() {
    var days: [Day] = []
    var today = day("2026-03-09")
    while days.count < 16 {
      if HonestYear.isOpen("DFL-02", on: today) { days.append(today) }
      today = today + 1
    }
    func places(_ day: Day) -> [Int] {
      meals.indices.filter {
        meals[$0].canteen == "DFL-02" && meals[$0].day == day && meals[$0].period == .lunch
      }
    }
    let fewest = days.map { places($0).count }.min() ?? 0
    let dropped = Set(days.flatMap { places($0).dropFirst(fewest) })
    meals = meals.indices.filter { !dropped.contains($0) }.map { meals[$0] }
    for day in days { usedDays.insert("DFL-02 \(day)") }
    plants.append(Plant(check: "R10", canteen: "DFL-02", days: days[0]...today))
  }

  /// Whether the block of equal days stays as it is when the person stays away from then on.
  private func leavesBlock(_ meal: HonestYear.Meal) -> Bool {
    meal.canteen != "DFL-02" || meal.day > day("2026-04-01")
  }

  private mutating func byHand() {
    let month = day("2026-05-01")...day("2026-05-31")
    for place in meals.indices
    where meals[place].canteen == "DFL-02" && month.contains(meals[place].day)
      && random.chance(200)
    {
      meals[place].auth = .manual
    }
    plants.append(
      Plant(check: "R14", canteen: "DFL-02", days: month.upperBound...month.upperBound))
  }

  private mutating func closedDay() {
    let closed = day("2026-10-03")
    for _ in 0..<2 {
      let place = pick { $0.canteen == "DFL-01" && $0.period == .lunch }
      var meal = meals[place]
      meal.day = closed
      meals.append(meal)
    }
    plants.append(Plant(check: "R12", canteen: "DFL-01", days: closed...closed))
  }

  private mutating func registeredAsClosed() {
    let meal = meals[pick { $0.canteen == "XFS-01" && $0.period == .lunch }]
    closings.append((meal.canteen, meal.day))
    plants.append(Plant(check: "R12", canteen: meal.canteen, days: meal.day...meal.day))
  }

  /// A price that stands on no menu.
  private mutating func offTheMenu() {
    let place = pick { $0.period == .lunch && $0.list == 1200 }
    meals[place].list = 1350
    plants.append(
      Plant(
        check: "R21", canteen: meals[place].canteen, days: meals[place].day...meals[place].day))
  }

  /// A 低保 that ended while its holder went on eating for two weeks.
  private mutating func endedEntitlement() {
    let (persons, year) = (persons, self)
    let meal = meals[
      pick { meal in
        guard let person = meal.person else { return false }
        return persons[person].isDibao && (61..<80).contains(persons[person].age)
          && persons[person].lunch > 500 && meal.day < HonestYear.last - 30
          && year.leavesBlock(meal)
      }]
    let known = meal.day + 14
    meals.removeAll { $0.person == meal.person && $0.day > known }
    ended.append((cards(meal)[0], meal.day - 1))
    plants.append(Plant(check: "R05", canteen: meal.canteen, days: meal.day...known))
  }

  private mutating func offHours() {
    let place = pick { $0.period == .lunch }
    meals[place].seconds = 51_000 + random.below(600)
    plants.append(
      Plant(
        check: "R12", canteen: meals[place].canteen, days: meals[place].day...meals[place].day))
  }

  /// A second meal at full price: 119 minutes later at the same canteen, or 12 at another one.
  private mutating func travel(elsewhere: Bool) {
    let persons = persons
    let place = pick { meal in
      guard let person = meal.person else { return false }
      return meal.period == .lunch && meal.seconds < 40_500 && persons[person].dinner == 0
        && (!elsewhere || meal.canteen != "XFS-01")
        && (!elsewhere || HonestYear.isOpen("XFS-01", on: meal.day))
    }
    var second = meals[place]
    second.seconds += elsewhere ? 720 : 119 * 60
    second.isFullPrice = true
    if elsewhere {
      (second.canteen, second.terminal, second.clerk) = ("XFS-01", "XFS-01-1", "小周")
    }
    meals.append(second)
    plants.append(Plant(check: "R13", canteen: second.canteen, days: second.day...second.day))
  }

  private mutating func lateDeath() { learnedLate("R06", .deceased, days: 15, stops: true) }

  private mutating func latePause() { learnedLate("R05", .paused, days: 10, stops: false) }

  private mutating func learnedLate(
    _ check: String, _ status: Diner.Status, days: Int, stops: Bool
  ) {
    let (persons, year) = (persons, self)
    let place = pick { meal in
      guard let person = meal.person else { return false }
      return persons[person].lunch > 600 && meal.day < HonestYear.last - 30
        && (!stops || year.leavesBlock(meal))
    }
    let meal = meals[place]
    let known = meal.day + days
    if stops { meals.removeAll { $0.person == meal.person && $0.day > known } }
    late.append(
      (cards(meal)[0], status, meal.day - (stops ? 1 : 0), stops ? nil : known))
    plants.append(Plant(check: check, canteen: meal.canteen, days: meal.day...known))
  }

  /// A lunch whose books somebody changes afterwards.
  private mutating func mark(_ check: String) {
    let persons = persons
    let place = pick { meal in
      guard let person = meal.person else { return false }
      return meal.period == .lunch && meal.canteen != "DFL-02" && persons[person].dinner == 0
    }
    meals[place].mark = plants.count
    plants.append(
      Plant(
        check: check, canteen: meals[place].canteen, days: meals[place].day...meals[place].day))
  }

  private mutating func markDay(_ check: String, _ canteens: [String]) {
    let place = pick {
      canteens.contains($0.canteen) && $0.period == .lunch && $0.means == .cash
    }
    meals[place].mark = plants.count
    plants.append(
      Plant(
        check: check, canteen: meals[place].canteen, days: meals[place].day...meals[place].day))
  }

  /// Six meals taken back in the evening.
  private mutating func voids() {
    let place = pick { $0.canteen == "DFL-01" && $0.period == .lunch }
    let model = meals[place]
    for place in meals.indices.filter({
      meals[$0].day == model.day && meals[$0].canteen == model.canteen && !meals[$0].isUndone
        && meals[$0].mark == nil
    }).prefix(6) {
      meals[place].mark = plants.count
    }
    plants.append(Plant(check: "R20", canteen: model.canteen, days: model.day...model.day))
  }

  /// One meal taken back on the next morning.
  private mutating func voidLater() {
    let place = pick { $0.canteen == "DFL-01" && $0.period == .lunch }
    lateVoids.append(place)
    plants.append(
      Plant(
        check: "R20", canteen: meals[place].canteen, days: meals[place].day...meals[place].day))
  }

  private func cards(_ meal: HonestYear.Meal) -> [String] {
    meal.person.map { [persons[$0].card] } ?? []
  }
}
