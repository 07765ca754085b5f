import CanteenDomain
import CanteenSample
import CanteenTestSupport

/// A year of three canteens as honest people live it, from a seed: habits, illnesses, holidays, couples
/// who come together, people who never miss a day, carers who fetch for others, guests, and a power cut.
struct HonestYear {
  static let first = day("2025-11-01")
  static let last = day("2026-10-31")
  static let canteens = ["DFL-01", "DFL-02", "XFS-01"]
  /// Closed to all, but for the third, which is open on holidays other than the Spring Festival.
  static let festival = day("2026-02-15")...day("2026-02-21")
  static let holidays =
    [day("2026-01-01")...day("2026-01-03"), day("2026-05-01")...day("2026-05-03")]
    + [day("2026-10-01")...day("2026-10-07")]

  /// One person with habits.
  struct Person {
    var card: String
    var name: String
    var idDigits: String
    var isFemale: Bool
    var isAtXingfu: Bool
    var group: Int
    var phone: String
    var canteen: String
    /// Of a thousand open days.
    var lunch: Int
    var dinner: Int
    /// Seconds after the window opens at which they usually come.
    var usual: Int
    var mode: ServiceMode
    var auth: AuthMethod
    var means: MeansOfPayment
    /// Who comes with them in the same minute.
    var partner: Int?
    /// Days without a meal: illness, a stay with the children.
    var away: [ClosedRange<Day>] = []
    var isIn: ClosedRange<Day> = HonestYear.first...HonestYear.last
    /// 低保, since before the year.
    var isDibao = false

    /// The age that the year of birth makes in 2026.
    var age: Int { 2026 - (Int(idDigits.dropFirst(6).prefix(4)) ?? 0) }
  }

  /// One meal as it was taken.
  struct Meal {
    /// Nil for a guest.
    var person: Int?
    var canteen: String
    var day: Day
    var seconds: Int
    var period: MealPeriod
    var mode: ServiceMode
    var list: Fen
    var means: MeansOfPayment
    var auth: AuthMethod
    var terminal: String
    var clerk: String
    var entry: CheckInEntry = .counter
    var isFullPrice = false
    /// Whether the clerk took it back within minutes and keyed it again.
    var isUndone = false
    /// Which anomaly it belongs to, if it belongs to one.
    var mark: Int?
  }

  private var random: SampleRandom
  let persons: [Person]
  /// On this day the second canteen had no power: its list was typed in the next morning.
  static let powerCut = day("2026-07-16")

  init(seed: UInt64, persons count: Int) {
    random = SampleRandom(seed: seed, stream: "honest year")
    var persons: [Person] = []
    while persons.count < count { persons.append(Self.person(persons.count, &random)) }
    for index in stride(from: 3, to: count, by: 7) { persons[index].isDibao = true }
    for index in stride(from: 0, to: count - 1, by: 9) {
      // Couples: one phone, one minute, one habit.
      persons[index + 1].partner = index
      persons[index + 1].phone = persons[index].phone
      persons[index + 1].canteen = persons[index].canteen
      persons[index + 1].mode = persons[index].mode
    }
    self.persons = persons
  }

  private static func person(_ index: Int, _ random: inout SampleRandom) -> Person {
    let isFemale = random.chance(550)
    let names =
      isFemale ? ["秀英", "桂芳", "淑华", "玉兰", "素珍", "春梅"] : ["建国", "志强", "德明", "永福", "世清", "文学"]
    let birth = day("1965-01-01") - random.below(365 * 32)
    let digits =
      "511323" + birth.description.filter { $0 != "-" }
      + String(1000 + index * 2 % 998 + (isFemale ? 0 : 1)).suffix(3)
    let canteen = random.weighted([
      ("DFL-01", weight: 5), ("DFL-02", weight: 3), ("XFS-01", weight: 3),
    ])
    let lunch = random.weighted([
      (random.within(965...995), weight: 8), (random.within(600...900), weight: 30),
      (random.within(250...600), weight: 37), (random.within(20...120), weight: 25),
    ])
    let mode = random.weighted([
      (ServiceMode.dineIn, weight: 84), (.pickup, weight: 10), (.homeDelivery, weight: 6),
    ])
    var person = Person(
      card: "Y\(10_000 + index)",
      name: random.one(of: Array("王李张刘陈杨黄赵吴周徐孙").map(String.init)) + random.one(of: names),
      idDigits: digits, isFemale: isFemale, isAtXingfu: canteen == "XFS-01",
      group: random.within(1...6), phone: "1990000\(1000 + index)", canteen: canteen, lunch: lunch,
      dinner: random.chance(350) ? random.within(30...500) : 0,
      usual: (random.below(7_000) + random.below(7_000)) / 2 + 600, mode: mode,
      auth: random.weighted([
        (.card, weight: 70), (.idCard, weight: 20), (.socialSecurityCard, weight: 10),
      ]),
      means: random.weighted([(.cash, weight: 5), (.wechat, weight: 3), (.alipay, weight: 2)]))
    for _ in 0..<random.below(4) {
      let start = first + random.below(360)
      person.away.append(
        start...(start + random.weighted([(6, weight: 5), (20, weight: 3), (55, weight: 1)])))
    }
    if random.chance(60) { person.isIn = first...(first + random.within(200...350)) }
    if random.chance(60) { person.isIn = (first + random.within(20...200))...last }
    return person
  }

  static func isOpen(_ canteen: String, on day: Day) -> Bool {
    if festival.contains(day) { return false }
    if canteen == "XFS-01" { return true }
    // The second is a workday canteen.
    if canteen == "DFL-02", day.weekday > 5 { return false }
    return !holidays.contains { $0.contains(day) }
  }

  /// Every meal of the year, in order of service.
  mutating func meals() -> [Meal] {
    var meals: [Meal] = []
    var today = Self.first
    while today <= Self.last {
      for canteen in Self.canteens where Self.isOpen(canteen, on: today) {
        meals += self.meals(at: canteen, on: today)
      }
      today = today + 1
    }
    return meals
  }

  private mutating func meals(at canteen: String, on today: Day) -> [Meal] {
    // Rain and heat: the same for all.
    let weather = random.weighted([(1000, weight: 7), (920, weight: 2), (700, weight: 1)])
    var meals: [Meal] = []
    var seconds: [Int: Int] = [:]
    for index in persons.indices where persons[index].canteen == canteen {
      let person = persons[index]
      guard person.isIn.contains(today), !person.away.contains(where: { $0.contains(today) }) else {
        continue
      }
      let (lunch, dinner) = (random.chance(person.lunch), random.chance(person.dinner))
      let stays = !random.chance(weather) && person.lunch < 960
      if lunch, !stays {
        let at =
          person.partner.flatMap { seconds[$0] } ?? max(0, person.usual + random.within(-900...900))
        seconds[index] = at
        meals.append(meal(index, today, .lunch, at: 37_800 + min(at, 9_000)))
      }
      if dinner, !stays, canteen != "DFL-02" {
        let guest = random.chance(20) && canteen == "DFL-01"
        var meal = meal(index, today, .dinner, at: 61_200 + min(person.usual, 8_900))
        // Now and then somebody eats with the neighbours.
        if guest { (meal.canteen, meal.terminal, meal.clerk) = ("XFS-01", "XFS-01-1", "小周") }
        if !guest || Self.isOpen("XFS-01", on: today) { meals.append(meal) }
      }
    }
    for _ in 0..<random.below(4) {
      var guest = meal(nil, today, .lunch, at: 40_000 + random.below(6_000))
      guest.canteen = canteen
      (guest.terminal, guest.clerk) = ("\(canteen)-1", clerk(canteen, guest.seconds))
      meals.append(guest)
    }
    if canteen == "DFL-02", today == Self.powerCut {
      for index in meals.indices {
        meals[index].entry = .late
        meals[index].auth = .manual
        meals[index].terminal = "补录"
      }
    }
    return meals.sorted { ($0.seconds, $0.person ?? -1) < ($1.seconds, $1.person ?? -1) }
  }

  private func clerk(_ canteen: String, _ seconds: Int) -> String {
    switch canteen {
    case "DFL-01": seconds % 2 == 0 ? "小王" : "小李"
    case "DFL-02": "小陈"
    default: "小周"
    }
  }

  private mutating func meal(
    _ index: Int?, _ today: Day, _ period: MealPeriod, at seconds: Int
  ) -> Meal {
    let person = index.map { persons[$0] }
    let canteen = person?.canteen ?? ""
    let forgot = random.chance(35)
    return Meal(
      person: index, canteen: canteen, day: today, seconds: seconds, period: period,
      mode: person?.mode ?? .dineIn,
      list: random.weighted([(1000, weight: 3), (1200, weight: 6), (1500, weight: 1)]),
      means: person?.means ?? .cash, auth: index == nil || forgot ? .manual : person?.auth ?? .card,
      terminal: "\(canteen)-1", clerk: clerk(canteen, seconds), isUndone: random.chance(6))
  }

  /// The roster of an office.
  static func roster(of persons: [Person]) -> String {
    var text = "姓名,性别,身份证号,联系电话,户籍地,居住社区,居民小组,卡号,人员类别,类别起始\n"
    for person in persons {
      text += """
        \(person.name),\(person.isFemale ? "女" : "男"),\(SmallCommunity.number(person.idDigits)),\
        \(person.phone),蓬安县,\(person.isAtXingfu ? "幸福社区" : "东风路社区"),\
        \(person.isAtXingfu ? "" : "\(person.group)组"),\(person.card),\
        \(person.isDibao ? "低保,2024-01-01" : ",")

        """
    }
    return text
  }
}
