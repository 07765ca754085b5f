import CanteenDomain
import CanteenFiles

/// The sample's meals: three months at two canteens, closed over the National Day holiday.
struct SampleMeals {
  static let firstDay = day(2026, 8, 1)
  static let lastDay = day(2026, 10, 31)
  private static let holiday = day(2026, 10, 1)...day(2026, 10, 7)
  /// How many people of a hundred of the roster come at all.
  private static let dinersPercent = 27

  private var random: SampleRandom
  private var serials: [String: Int] = [:]

  init(seed: UInt64) { random = SampleRandom(seed: seed, stream: "meals") }

  /// Somebody who comes, with how often in a thousand days.
  private struct Regular {
    let person: SamplePerson
    let lunchPerMille: Int
    let dinnerPerMille: Int
  }

  private struct Meal {
    let person: SamplePerson
    let canteen: String
    let period: MealPeriod
    let time: TimeOfDay
  }

  mutating func signIns(of people: [SamplePerson]) -> [UInt8] {
    let regulars = regulars(among: people)
    var rows: [[CSVCell]] = []
    var day = SampleMeals.firstDay
    while day <= SampleMeals.lastDay {
      if !SampleMeals.holiday.contains(day) { rows += meals(on: day, of: regulars) }
      day = day + 1
    }
    return CSVWriter.bytes(
      header: ["流水号", "日期", "时间", "餐次", "卡号", "助餐点", "用餐方式", "餐费", "支付方式", "核验方式"], rows: rows)
  }

  private mutating func regulars(among people: [SamplePerson]) -> [Regular] {
    people.filter { _ in random.chance(SampleMeals.dinersPercent * 10) }.map { person in
      Regular(
        person: person, lunchPerMille: random.within(80...520),
        dinnerPerMille: random.chance(400) ? random.within(40...300) : 0)
    }
  }

  /// The meals of one day in order of time. Nobody takes the same meal twice; some take lunch and
  /// dinner, and a few of these at two canteens.
  private mutating func meals(on day: Day, of regulars: [Regular]) -> [[CSVCell]] {
    var meals: [Meal] = []
    for regular in regulars {
      let home = regular.person.community.canteen
      let takesLunch = random.chance(regular.lunchPerMille)
      if takesLunch { meals.append(meal(of: regular.person, at: home, .lunch)) }
      if random.chance(regular.dinnerPerMille) {
        let goesElsewhere = takesLunch && random.chance(60)
        let canteen =
          goesElsewhere
          ? SamplePlaces.communities.first { $0.canteen != home }?.canteen ?? home : home
        meals.append(meal(of: regular.person, at: canteen, .dinner))
      }
    }
    // By card where the second is the same, so that the order never depends on the sorting.
    return
      meals
      .sorted { ($0.time, $0.canteen, $0.person.card) < ($1.time, $1.canteen, $1.person.card) }
      .map { row(of: $0, on: day) }
  }

  /// Between two ends of a window, most often in its middle.
  private mutating func meal(
    of person: SamplePerson, at canteen: String, _ period: MealPeriod
  ) -> Meal {
    let (from, length) = period == .lunch ? (10 * 3600 + 1800, 8_900) : (17 * 3600, 8_900)
    guard let time = TimeOfDay(seconds: from + (random.below(length) + random.below(length)) / 2)
    else { preconditionFailure("the windows end before midnight") }
    return Meal(person: person, canteen: canteen, period: period, time: time)
  }

  private mutating func row(of meal: Meal, on day: Day) -> [CSVCell] {
    let serial = serials[meal.canteen, default: 0] + 1
    serials[meal.canteen] = serial
    let mode: ServiceMode = random.weighted([
      (.dineIn, weight: 88), (.pickup, weight: 9), (.homeDelivery, weight: 3),
    ])
    let price: Fen = random.weighted([
      (850, weight: 17), (1000, weight: 17), (1200, weight: 50), (1500, weight: 16),
    ])
    let payment: MeansOfPayment = random.weighted([
      (.cash, weight: 50), (.wechat, weight: 26), (.alipay, weight: 24),
    ])
    let auth: AuthMethod =
      mode == .homeDelivery
      ? .manual
      : random.weighted([
        (.card, weight: 58), (.idCard, weight: 22), (.socialSecurityCard, weight: 9),
        (.seniorCard, weight: 7), (.manual, weight: 4),
      ])
    return [
      .text("\(meal.canteen)-\(SamplePeople.digits(serial, 6))"), .day(day),
      .text(meal.time.description), .text(meal.period.name.zh), .text(meal.person.card),
      .text(meal.canteen), .text(mode.name.zh), .money(price), .text(payment.name.zh),
      .text(auth.name.zh),
    ]
  }

  static func day(_ year: Int, _ month: Int, _ day: Int) -> Day {
    guard let day = Day(year, month, day) else { preconditionFailure("the day exists") }
    return day
  }
}
