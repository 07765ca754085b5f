import CanteenDomain
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// Brings a year of meals into a database by the services alone, as counters, kitchens and tills would:
/// check-ins as they were taken, undone ones taken back, the counts of every day, the days closed.
struct YearBooks {
  let test: TestDatabase
  private let service: CheckInService

  init(_ test: TestDatabase, _ persons: [HonestYear.Person]) async throws {
    self.test = test
    service = CheckInService(test.database)
    let community = try await SmallCommunity(test.database)
    _ = try await CanteenService(test.database)
      .add(aCanteen("DFL-02", named: "东风路二食堂"))
    let outcome = try await community.register(HonestYear.roster(of: persons))
    try #require(outcome.added == persons.count, "\(outcome.refused.map(\.reason.zh))")
  }

  /// The key of a meal: its place in the list.
  static func id(_ place: Int, retry: Bool = false) -> CheckIn.ID {
    let seal = Seal.of("meal \(place) \(retry)".utf8)
    return CheckIn.ID(bytes: seal.bytes)
  }

  /// Checks everybody in, each by the clerk of the counter and at the time of the meal.
  func write(_ meals: [HonestYear.Meal], of persons: [HonestYear.Person]) async throws {
    for start in stride(from: 0, to: meals.count, by: 400) {
      let places = start..<min(start + 400, meals.count)
      try await submit(places.map { submission($0, meals[$0], persons) })
    }
    let undone = meals.indices.filter { meals[$0].isUndone && meals[$0].entry == .counter }
    for place in undone {
      _ = try await service.reverse(
        Self.id(place), reason: "刷错", by: by(meals[place], after: 90))
    }
    try await submit(
      undone.map { place in
        var again = meals[place]
        again.seconds += 100
        return submission(place, again, persons, retry: true)
      })
  }

  private func submit(_ batch: [CheckInService.Submission]) async throws {
    let outcomes = try await service.checkIn(batch)
    for (submission, outcome) in zip(batch, outcomes) {
      if let refusal = outcome.refusal {
        Issue.record("\(submission.request): \(refusal.sentence.zh)")
      }
    }
  }

  /// Takes meals back long after they were eaten.
  func void(
    _ places: [Int], of meals: [HonestYear.Meal], daysLater: Int = 0
  ) async throws {
    for place in places {
      let at = CanteenCalendar.shanghai.instant(
        meals[place].day + daysLater, Self.time(72_000))
      _ = try await service.reverse(
        Self.id(place), reason: "未取餐", by: Attribution(by: "店长", at: at))
    }
  }

  /// Who holds each card.
  func diners() async throws -> [String: Diner.ID] {
    try await Dictionary(
      test.database.query("select card_no, diner_id from cards").map {
        (try $0.decode("card_no"), try $0.decode("diner_id"))
      }, uniquingKeysWith: { first, _ in first })
  }

  private func submission(
    _ place: Int, _ meal: HonestYear.Meal, _ persons: [HonestYear.Person], retry: Bool = false
  ) -> CheckInService.Submission {
    let request = CheckInRequest(
      id: Self.id(place, retry: retry),
      party: meal.person.map { .card(persons[$0].card) } ?? .guest(.family), canteen: meal.canteen,
      day: meal.day, time: Self.time(meal.seconds), period: meal.period, mode: meal.mode,
      list: meal.list, means: meal.means, auth: meal.auth, wantsFullPrice: meal.isFullPrice,
      terminal: meal.terminal, entry: meal.entry)
    return CheckInService.Submission(request, by: by(meal, after: 2))
  }

  private static func time(_ seconds: Int) -> TimeOfDay {
    guard let time = TimeOfDay(seconds: seconds) else { preconditionFailure("before midnight") }
    return time
  }

  private func by(_ meal: HonestYear.Meal, after seconds: Int) -> Attribution {
    let isLate = meal.entry == .late
    let at = CanteenCalendar.shanghai.instant(
      isLate ? meal.day + 1 : meal.day, Self.time(isLate ? 32_400 : meal.seconds + seconds))
    return Attribution(by: meal.clerk, at: at)
  }

  /// What till, kitchen, couriers and the gate of the second canteen counted: the truth, with the small
  /// inaccuracies of a gate and of a ladle.
  func count() async throws {
    let rows = try await test.database.query(
      """
      select
          canteen_code, service_date, period, count(*)::integer as meals,
          count(*) filter (where mode = 'home_delivery')::integer as delivered,
          count(*) filter (where mode = 'dine_in')::integer as dine_in
      from standing_check_ins
      group by 1, 2, 3
      """)
    let till = try await test.database.query(
      """
      select canteen_code, service_date, means_of_payment, sum(diner_fen)::bigint as fen
      from standing_check_ins
      group by 1, 2, 3
      """)
    var counts: [IndependentCount] = []
    for row in rows {
      let (canteen, date, period): (String, Day, String) = (
        try row.decode("canteen_code"), try row.decode("service_date"), try row.decode("period")
      )
      let (meals, delivered, dineIn): (Int, Int, Int) = (
        try row.decode("meals"), try row.decode("delivered"), try row.decode("dine_in")
      )
      func add(_ source: IndependentCount.Source, _ amount: Int) {
        counts.append(
          IndependentCount(
            canteen: canteen, day: date, source: source, key: period, amount: max(0, amount)))
      }
      let spare = 3 + date.number % 5
      add(.produced, meals + spare + date.number % 3 - 1)
      add(.wasted, spare)
      if delivered > 0 { add(.delivered, delivered) }
      if canteen == "DFL-02" { add(.gate, dineIn + (date.number * 7 + dineIn) % 3 - 1) }
    }
    for row in till {
      counts.append(
        IndependentCount(
          canteen: try row.decode("canteen_code"), day: try row.decode("service_date"),
          source: .till, key: try row.decode("means_of_payment"), amount: try row.decode("fen")))
    }
    for start in stride(from: 0, to: counts.count, by: 2_000) {
      _ = try await IndependentCountService(test.database)
        .add(Array(counts[start..<min(start + 2_000, counts.count)]), by: aClerk)
    }
  }
}
