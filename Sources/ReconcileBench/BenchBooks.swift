import CanteenDomain
import CanteenPolicyFiles
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres

/// A street of canteens with months of meals behind it. One day of meals is checked in by the service;
/// the others are copies of it, so that every line that a night prices again has its facts.
struct BenchBooks: Sendable {
  let database: Database
  let canteens: [Canteen.Code]
  /// The night's day, the last one that has meals.
  let night: Day
  /// The day of which the others are copies, before all of them.
  let model: Day
  let by: Attribution

  /// Each comes to two of three meals: 300 at a meal.
  static let personsPerCanteen = 450

  private let configuration: ConnectionConfiguration

  init(url: String, canteens count: Int, night: Day, months: Int) async throws {
    try await self.init(
      ConnectionConfiguration(url: url),
      canteens: (1...count).map { "C\(String(100 + $0).suffix(2))" },
      night: night, model: night.firstOfMonth.addingMonths(-months - 1))
  }

  /// Other books with the same canteens in a database of their own on the same server, which is made for
  /// them.
  func beside(_ name: String) async throws -> BenchBooks {
    try await database.execute("create database \(unescaped: name)")
    var configuration = configuration
    configuration.parameters["dbname"] = name
    return try await BenchBooks(configuration, canteens: canteens, night: night, model: model)
  }

  /// Ends with books that were made beside these.
  func drop(_ other: BenchBooks) async throws {
    await other.database.shutdown()
    guard let name = other.configuration.parameters["dbname"] else { return }
    try await database.execute("drop database \(unescaped: name)")
  }

  private init(
    _ configuration: ConnectionConfiguration, canteens: [Canteen.Code], night: Day, model: Day
  ) async throws {
    self.configuration = configuration
    self.canteens = canteens
    self.night = night
    self.model = model
    var logger = Logger(label: "reconcile.bench")
    logger.logLevel = .error
    database = Database(configuration, size: 4, logger: logger)
    by = Attribution(
      by: "bench", at: CanteenCalendar.shanghai.instant(night + 1, TimeOfDay.oneInTheMorning))
    _ = try await Migrator(database).migrate(at: by.at)
    try await furnish()
    try await checkInModelDay()
  }

  private func furnish() async throws {
    let regions = [
      ("511323", "蓬安县", Region.Level.county, nil), ("511323001", "周口街道", .street, "511323"),
      ("511323001001", "东风路社区", .community, "511323001"),
    ]
    _ = try await RegionService(database).add(
      regions.map {
        Region(
          code: Region.Code($0.0), name: $0.1, level: $0.2, parent: $0.3.map { Region.Code($0) })
      }, validFrom: Day(number: 0))
    let windows: [(MealPeriod, String, String)] = [
      (.breakfast, "07:00", "09:00"), (.lunch, "10:30", "13:00"), (.dinner, "17:00", "19:30"),
    ]
    for code in canteens {
      _ = try await CanteenService(database).add(
        Canteen(
          code: code, name: "食堂\(code)", region: Region.Code("511323001001"),
          operatorName: "示例餐饮", openedOn: model,
          windows: windows.compactMap { period, from, to in
            guard let from = TimeOfDay(from), let to = TimeOfDay(to) else { return nil }
            return ServiceWindow(period: period, from: from, to: to)
          }))
    }
    guard let policy = ExamplePolicies.text(named: "example-age-bands") else {
      throw Unusable(description: "no policy")
    }
    _ = try await PolicyService(database).activate(
      policy.replacing("2025-01-01", with: model.description), name: "example", by: by)
    let persons = canteens.count * Self.personsPerCanteen
    try await database.execute(
      """
      insert into diners (diner_id, created_at) overriding system value
      select n, \(by.at)::timestamptz from generate_series(1, \(persons)::integer) as n
      """)
    // Ages stay within one band over the years of the copies.
    try await database.execute(
      """
      insert into diner_records (
          diner_id, record_no, recorded_at, recorded_by, name, sex, birth_date, birth_date_source,
          id_kind, hukou_text, residence_region, diets, emergency_name, remark, phone_tail, phone_key
      )
      select n, 1, timestamptz '2020-01-01', 'bench', 'P' || n, 'female',
          \(night)::date - (63 + n % 3 * 10) * 366 - n % 700, 'id', 'none', '', '511323001001', '{}',
          '', '', n % 10000, n
      from generate_series(1, \(persons)::integer) as n
      """)
    try await database.execute("analyze")
  }

  /// Everybody's three meals, by the service.
  private func checkInModelDay() async throws {
    let service = CheckInService(database)
    let meals: [(MealPeriod, Int)] = [(.breakfast, 25_500), (.lunch, 38_400), (.dinner, 61_800)]
    for (index, canteen) in canteens.enumerated() {
      for (period, opens) in meals {
        let requests = try (0..<Self.personsPerCanteen).map { place in
          guard let time = TimeOfDay(seconds: opens + place * 14) else {
            throw Unusable(description: "no such time")
          }
          return CheckInRequest(
            id: CheckIn.ID(bytes: Secret.random(16)),
            party: .diner(Int64(index * Self.personsPerCanteen + place + 1)), canteen: canteen,
            day: model, time: time, period: period,
            mode: place % 15 == 0 ? .pickup : .dineIn, list: 1200, means: .cash,
            auth: place % 30 == 0 ? .manual : .card, terminal: "W\(place % 2)")
        }
        let outcomes = try await service.checkIn(requests, by: by)
        guard outcomes.allSatisfy({ if case .success = $0 { true } else { false } }) else {
          throw Unusable(description: "a check-in of the model day was refused")
        }
      }
    }
  }

  /// Copies the model day to every day of a span.
  /// - Parameter priced: canteens whose copies carry their pricing and transfers; what no check reads of
  ///   older days is left out of the others, or two years would not fit on a small disk.
  func copy(to days: ClosedRange<Day>, priced: [Canteen.Code]) async throws {
    var months: [ClosedRange<Day>] = []
    var day = days.lowerBound
    while day <= days.upperBound {
      try await database.execute("select ensure_service_month(\(day)::date)")
      let last = min(days.upperBound, day.firstOfMonth.addingMonths(1) - 1)
      months.append(day...last)
      day = last + 1
    }
    try await withThrowingTaskGroup(of: ClosedRange<Day>.self) { tasks in
      func start(_ month: ClosedRange<Day>) {
        tasks.addTask {
          try await copyMonth(month, priced: priced)
          return month
        }
      }
      var waiting = months.dropFirst(2)
      for month in months.prefix(2) { start(month) }
      while let month = try await tasks.next() {
        let text = "seeded \(month.lowerBound) to \(month.upperBound)\n"
        FileHandle.standardError.write(Data(text.utf8))
        if let next = waiting.popFirst() { start(next) }
      }
    }
  }

  private func copyMonth(_ days: ClosedRange<Day>, priced: [Canteen.Code]) async throws {
    let (model, night) = (model, night)
    try await database.transaction { transaction in
      _ = try transaction.query("select set_config('synchronous_commit', 'off', true)")
      try transaction.execute(
        """
        insert into check_ins (
            diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on,
            canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
            terminal, recorded_by, recorded_at, pricing
        )
        select
            c.diner_id, d::date, k.id, c.period, 1, c.served_at + (d - \(model)::date::timestamp), d::date,
            c.canteen_code, c.mode, c.means_of_payment, c.auth_method, c.list_fen, c.diner_fen,
            c.category, c.terminal, c.recorded_by, c.recorded_at,
            case when d::date = \(night)::date or c.canteen_code = any(\(priced)::text[]) then
                replace(
                    replace(c.pricing::text, c.check_in_id::text, k.id::text),
                    \(model.description)::text, to_char(d, 'YYYY-MM-DD')
                )::jsonb
            else '{}' end
        from generate_series(
            \(days.lowerBound)::date::timestamp, \(days.upperBound)::date, interval '1 day'
        ) as d
        cross join check_ins as c
        cross join lateral (
            select md5(concat(c.check_in_id, d))::uuid as id
        ) as k
        where c.service_date = \(model)::date
            and hashint4((c.diner_id * 31 + extract(epoch from d)::bigint / 86400 * 7
                + length(c.period))::integer) % 3 <> 0
        """)
      try transaction.execute(
        """
        insert into transfers (
            diner_id, service_date, check_in_id, transfer_no, posted_on, canteen_code,
            debit_account, credit_account, fen
        )
        select c.diner_id, c.service_date, c.check_in_id, t.transfer_no, c.posted_on,
            c.canteen_code, t.debit_account, t.credit_account, t.fen
        from check_ins as c
        join check_ins as m
            on m.diner_id = c.diner_id
            and m.service_date = \(model)::date
            and m.period = c.period
        join transfers as t
            on t.diner_id = m.diner_id
            and t.service_date = m.service_date
            and t.check_in_id = m.check_in_id
        where c.service_date between \(days.lowerBound)::date and \(days.upperBound)::date
            and (c.service_date = \(night)::date or c.canteen_code = any(\(priced)::text[]))
        """)
    }
  }

  /// Marks every day but the last as covered with the lines it has, as the nights before would have.
  func cover() async throws {
    _ = try await ReconciliationService(database).run(
      [canteens[0]], from: model, through: model, by: by)
    // A month's last day has the lines of its month too.
    try await database.execute(
      """
      with lines as (
          select canteen_code, service_date, count(*) as n
          from check_ins
          where service_date < \(night)::date
          group by 1, 2
      )
      insert into reconciled_days (
          canteen_code, service_date, checks_sha256, lines, reconciled_at, findings
      )
      select
          l.canteen_code, l.service_date, s.checks_sha256,
          case
              when extract(day from l.service_date + 1) = 1 then sum(l.n) over month
              else l.n
          end,
          \(by.at)::timestamptz, 0
      from lines as l
      cross join (select distinct checks_sha256 from reconciled_days) as s
      window month as (
          partition by l.canteen_code, s.checks_sha256, date_trunc('month', l.service_date::timestamp)
      )
      on conflict do nothing
      """)
    // Days between the model day and the first copy, on which nobody came.
    try await database.execute(
      """
      insert into reconciled_days (
          canteen_code, service_date, checks_sha256, lines, reconciled_at, findings
      )
      select k.code, d::date, s.checks_sha256, 0, \(by.at)::timestamptz, 0
      from canteens as k
      cross join (select distinct checks_sha256 from reconciled_days) as s
      cross join generate_series(\(model)::date, \(night)::date - 1, interval '1 day') as d
      where not exists (
          select
          from reconciled_days as r
          where r.canteen_code = k.code and r.service_date = d::date
      )
      """)
    try await database.execute("vacuum analyze")
    // What the load leaves behind is written before something is measured.
    try await database.execute("checkpoint")
  }

  /// Forgets what a run found from a day on, so that it can be measured again.
  func forget(_ canteens: [Canteen.Code], from day: Day) async throws {
    for table in ["finding_revisions", "findings", "reconciled_days"] {
      try await database.execute(
        """
        delete from \(unescaped: table)
        where canteen_code = any(\(canteens)::text[]) and service_date >= \(day)::date
        """)
    }
  }
}

extension TimeOfDay {
  fileprivate static var oneInTheMorning: TimeOfDay {
    guard let time = TimeOfDay(seconds: 3600) else { preconditionFailure("before midnight") }
    return time
  }
}

/// Why there is nothing to report.
struct Unusable: Error, CustomStringConvertible { let description: String }
