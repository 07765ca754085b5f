import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// Three canteens of one street and persons 1 to 150, all of 76 and on the roster, whose meals are
/// written straight into the tables: so that a check sees what no service would write.
struct Scene: Sendable {
  static let canteens = ["DFL-01", "DFL-02", "DFL-03"]
  private let test: TestDatabase
  let service: ReconciliationService

  init(_ test: TestDatabase) async throws {
    self.test = test
    service = ReconciliationService(test.database)
    _ = try await RegionService(test.database).add(theRegions, validFrom: Day(number: 0))
    for code in Self.canteens { _ = try await CanteenService(test.database).add(aCanteen(code)) }
    try await run(
      """
      insert into diners (diner_id, created_at) overriding system value
      select n, now() from generate_series(1, 150) as n;
      insert into diner_records (
          diner_id, record_no, recorded_at, recorded_by, name, sex, birth_date, birth_date_source,
          id_kind, hukou_text, residence_region, diets, emergency_name, remark
      )
      select n, 1, timestamptz '2020-01-01', 'test', 'P' || n, 'female', date '1950-01-01' + n, 'id', 'none', '',
          '511323001001', '{}', '', ''
      from generate_series(1, 150) as n
      """)
  }

  func run(_ sql: String) async throws { try await test.asOwner(sql) }

  /// One meal each of some persons, `step` seconds apart; 3.00 of 12.00 are subsidised.
  func meals(
    _ days: String..., persons: ClosedRange<Int>, canteen: String = "DFL-01",
    at clock: String = "10:40", step: Double = 20, period: String = "lunch",
    mode: String = "dine_in",
    auth: String = "card", means: String = "cash", list: Int = 1200, diner: Int = 900,
    category: String = "age", by: String = "clerk", no: Int = 1, postedLater: Int = 0,
    pricing: String = "{}", terminal: String = "W1"
  ) async throws {
    for day in days {
      try await run(
        """
        select ensure_service_month('\(day)');
        insert into check_ins (
            diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on, canteen_code,
            mode, means_of_payment, auth_method, list_fen, diner_fen, category, terminal,
            recorded_by, recorded_at, pricing
        )
        select n, '\(day)', gen_random_uuid(), '\(period)', \(no),
            (timestamp '\(day) \(clock)' + (n - \(persons.lowerBound)) * \(step) * interval '1 second')
                at time zone 'Asia/Shanghai',
            date '\(day)' + \(postedLater), '\(canteen)', '\(mode)', '\(means)', '\(auth)', \(list),
            \(diner), '\(category)', '\(terminal)', '\(by)', timestamptz '\(day) 13:00+08', '\(pricing)'
        from generate_series(\(persons.lowerBound), \(persons.upperBound)) as n;
        insert into late_check_ins
        select diner_id, service_date, check_in_id, canteen_code, posted_on, recorded_at
        from check_ins
        where posted_on > service_date and recorded_at = timestamptz '\(day) 13:00+08'
        on conflict do nothing
        """)
    }
  }

  /// A lunch each of some persons on every day from one to another.
  func daily(
    _ from: String, _ to: String, persons: ClosedRange<Int>, canteen: String = "DFL-01",
    weekdays: ClosedRange<Int> = 1...7
  ) async throws {
    try await run(
      """
      select ensure_service_month(d::date)
      from generate_series(date '\(from)', date '\(to)' + 31, interval '1 month') as d;
      insert into check_ins (
          diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on, canteen_code,
          mode, means_of_payment, auth_method, list_fen, diner_fen, category, terminal,
          recorded_by, recorded_at, pricing
      )
      select n, d::date, gen_random_uuid(), 'lunch', 1,
          (d + interval '10 hours 40 minutes' + n * interval '20 seconds') at time zone 'Asia/Shanghai',
          d::date, '\(canteen)', 'dine_in', 'cash', 'card', 1200, 900, 'age', 'W1', 'clerk',
          (d + interval '13 hours') at time zone 'Asia/Shanghai', '{}'
      from generate_series(date '\(from)'::timestamp, date '\(to)', interval '1 day') as d,
          generate_series(\(persons.lowerBound), \(persons.upperBound)) as n
      where extract(isodow from d) between \(weekdays.lowerBound) and \(weekdays.upperBound)
      """)
  }

  /// A count that others made.
  func count(
    _ day: String, _ source: String, _ key: String, _ amount: Int
  ) async throws {
    try await run(
      """
      insert into independent_counts
      values ('DFL-01', '\(day)', '\(source)', '\(key)', 1, \(amount), 'test', now())
      """)
  }

  func eligible(_ category: String, _ persons: Int) async throws {
    try await run(
      """
      insert into eligible_counts
      values ('DFL-01', '\(category)', '2026-01-01', 1, \(persons), 'test', now())
      """)
  }

  /// What a check finds in 2026.
  func findings(_ check: String, canteen: String = "DFL-01") async throws -> [Finding] {
    try await service.look(check, canteen, from: day("2026-01-01"), to: day("2026-12-31"))
      .sorted { ($0.day, $0.subject) < ($1.day, $1.subject) }
  }

  /// The days on which it finds something.
  func days(_ check: String, canteen: String = "DFL-01") async throws -> [String] {
    try await findings(check, canteen: canteen).map(\.day.description)
  }
}
