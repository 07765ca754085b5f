import CanteenDomain
import CanteenPolicyFiles
import CanteenSQL
import CanteenServices
import CanteenVault
import Logging
import Postgres

/// Books made by SQL from one real check-in: as many meals as are asked for, each with its price, its
/// inputs and its transfers, so that everything adds up as if it had come over the counter.
struct BenchBooks {
  let database: Database
  let by: Attribution
  private let now: Instant
  private let configuration: ConnectionConfiguration
  private let logger: Logger

  /// Who may eat at the large canteen, and who eats at the small one.
  static let (many, few) = (1...33_000, 33_001...33_300)
  static let busy = "BIG-01"
  static let small = "STD-01"
  /// A month that is over on every day on which the benchmark may run.
  static let month = Day(number: 20_454)

  init(url: String) async throws { try await self.init(ConnectionConfiguration(url: url)) }

  private init(_ configuration: ConnectionConfiguration) async throws {
    var logger = Logger(label: "statement.bench")
    logger.logLevel = .error
    self.logger = logger
    self.configuration = configuration
    // As the owner: seeding writes past the services.
    database = Database(configuration, size: 4, logger: logger)
    now = CanteenCalendar.shanghai.instant(Self.month.lastOfMonth + 5, Self.noon)
    by = Attribution(by: "bench", at: now)
    _ = try await Migrator(database).migrate(at: now)
    try await furnish()
  }

  /// Other books in a database of their own on the same server, which is made for them.
  func beside(_ name: String) async throws -> BenchBooks {
    try await database.execute("create database \(unescaped: name)")
    var configuration = configuration
    configuration.parameters["dbname"] = name
    return try await BenchBooks(configuration)
  }

  /// Ends with books that were made beside these.
  func drop(_ other: BenchBooks) async throws {
    await other.database.shutdown()
    guard let name = other.configuration.parameters["dbname"] else { return }
    try await database.execute("drop database \(unescaped: name)")
  }

  /// A database with one connection that is open and has prepared nothing: as the command has it that
  /// closes a day each night.
  func fresh() async throws -> Database {
    let database = Database(configuration, size: 1, logger: logger)
    _ = try await database.query("select 1")
    return database
  }

  private static var noon: TimeOfDay {
    guard let noon = TimeOfDay("12:00") else { preconditionFailure("noon is a time of day") }
    return noon
  }

  /// Places, the example policy, the persons, all of 76, and one meal of the first of them.
  private func furnish() async throws {
    let levels: [(String, String, Region.Level, String?)] = [
      ("511323", "蓬安县", .county, nil), ("511323001", "周口街道", .street, "511323"),
      ("511323001001", "东风路社区", .community, "511323001"),
    ]
    _ = try await RegionService(database).add(
      levels.map {
        Region(code: Region.Code($0.0), name: $0.1, level: $0.2, parent: $0.3.map(Region.Code.init))
      }, validFrom: Day(number: 0))
    guard let from = TimeOfDay("10:30"), let to = TimeOfDay("13:30") else { return }
    for code in [Self.busy, Self.small] {
      _ = try await CanteenService(database).add(
        Canteen(
          code: code, name: code, region: Region.Code("511323001001"), operatorName: "示例餐饮",
          openedOn: Self.month.addingMonths(-60),
          windows: [ServiceWindow(period: .lunch, from: from, to: to)]))
    }
    guard let policy = ExamplePolicies.text(named: "example-age-bands") else {
      throw Unusable(description: "the example policy is missing")
    }
    _ = try await PolicyService(database).activate(policy, name: "example", by: by)
    try await database.execute(
      """
      insert into diners (diner_id, created_at) overriding system value
      select n, \(now) from generate_series(1, \(Self.few.upperBound)::integer) as n
      """)
    try await database.execute(
      """
      insert into diner_records (
          diner_id, record_no, recorded_at, recorded_by, name, sex, birth_date, birth_date_source,
          id_kind, hukou_text, residence_region, diets, emergency_name, remark
      )
      select n, 1, \(now), 'bench', '王某' || n, 'female', date '1949-06-01', 'id', 'none', '',
          '511323001001', '{}', '', ''
      from generate_series(1, \(Self.few.upperBound)::integer) as n
      """)
    let outcome = try await CheckInService(database).checkIn(
      [
        CheckInRequest(
          id: CheckIn.ID(bytes: Array("bench-pattern-00".utf8)), party: .diner(1),
          canteen: Self.busy, day: Self.month - 1, time: Self.noon, period: .lunch, mode: .dineIn,
          list: 1200, means: .cash, auth: .card, terminal: "一号窗")
      ], by: by)
    guard case .success(let receipt) = outcome.first, receipt.checkIn.dinerPays < 1200 else {
      throw Unusable(description: "the pattern was not subsidised")
    }
  }

  /// Lunches of some persons on each of the days, like the pattern.
  func meals(at canteen: String, from: Day, to: Day, persons: ClosedRange<Int>) async throws {
    var month = from.firstOfMonth
    while month <= to {
      try await database.execute("select ensure_service_month(\(month)::date)")
      month = month.firstOfNextMonth
    }
    try await database.execute(
      """
      insert into check_ins (
          diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on, canteen_code,
          mode, means_of_payment, auth_method, list_fen, diner_fen, category, terminal,
          recorded_by, recorded_at, pricing
      )
      select n, d::date, gen_random_uuid(), 'lunch', 1,
          (d + interval '10 hours 30 minutes' + n * interval '1 second') at time zone 'Asia/Shanghai',
          d::date, \(canteen), p.mode, p.means_of_payment, p.auth_method, p.list_fen, p.diner_fen,
          p.category, p.terminal, p.recorded_by, p.recorded_at, p.pricing
      from generate_series(\(from)::date::timestamp, \(to)::date::timestamp, interval '1 day') as d
      cross join generate_series(
          \(persons.lowerBound)::integer, \(persons.upperBound)::integer
      ) as n
      cross join (select * from check_ins order by recorded_at, check_in_id limit 1) as p
      on conflict do nothing
      """)
    try await database.execute(
      """
      insert into transfers (
          diner_id, service_date, check_in_id, transfer_no, posted_on, canteen_code, debit_account,
          credit_account, fen
      )
      select c.diner_id, c.service_date, c.check_in_id, t.transfer_no, c.posted_on, c.canteen_code,
          t.debit_account, t.credit_account, t.fen
      from check_ins as c
      cross join (
          select transfer_no, debit_account, credit_account, fen
          from transfers where service_date = \(Self.month - 1)::date and diner_id = 1
              and canteen_code = \(Self.busy)
      ) as t
      where c.canteen_code = \(canteen)
          and c.service_date between \(from)::date and \(to)::date
      """)
    try await settle()
  }

  /// Lets the server finish what a large load leaves behind it, before something is measured.
  func settle() async throws {
    try await database.execute("vacuum analyze")
    try await database.execute("checkpoint")
  }

  /// Days that were closed long ago: what a close looks back at is its last seal alone.
  func closedDays(at canteen: String, from: Day, to: Day) async throws {
    try await database.execute(
      """
      insert into day_closes (
          canteen_code, closed_day, closed_at, closed_by, check_ins, reversals, list_fen, totals,
          lines_sha256, seal
      )
      select \(canteen), d::date, \(now), 'bench', p.check_ins, 0, p.list_fen, p.totals,
          p.lines_sha256, p.seal
      from generate_series(\(from)::date::timestamp, \(to)::date::timestamp, interval '1 day') as d
      cross join (
          select * from day_closes where canteen_code = \(canteen) order by closed_day limit 1
      ) as p
      on conflict do nothing
      """)
    try await settle()
  }

  /// Marks the days of a canteen as seen by the checks, which have a benchmark of their own to come.
  func reconciled(_ canteen: String) async throws {
    let edition = Seal.of(
      CanteenSQL.checks.map { $0.name + "\n" + $0.text }.joined().utf8)
    try await database.execute(
      """
      insert into reconciled_days (
          canteen_code, service_date, checks_sha256, lines, reconciled_at, findings
      )
      select
          canteen_code, service_date, \(edition.bytes),
          -- A month's last day has the lines of its month too.
          case
              when extract(day from service_date + 1) = 1
                  then sum(count(*)) over (partition by date_trunc('month', service_date::timestamp))
              else count(*)
          end::integer,
          \(now), 0
      from check_ins
      where canteen_code = \(canteen)
      group by canteen_code, service_date
      """)
  }
}

/// Why there is nothing to report.
struct Unusable: Error, CustomStringConvertible { let description: String }
