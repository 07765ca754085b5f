import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenSample
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres

/// Measures the simulation of a draft over past check-ins against psql reading the same check-ins:
/// `policy/simulate-vs-read`, time over time.
struct SimulationBench {
  let url: String
  let meals: Int

  private static let logger: Logger = {
    var logger = Logger(label: "policy-bench") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    return logger
  }()

  private static let days = (from: "2026-08-01", to: "2026-10-31")

  /// One JSON row; the database must be a fresh one.
  func run(_ runs: Int) async throws -> String {
    let database = Database(
      try ConnectionConfiguration(url: url), size: 4, logger: Self.logger)
    defer { Task { await database.shutdown() } }
    let count = try await fill(database)
    guard let from = Day(iso: Self.days.from), let to = Day(iso: Self.days.to),
      let text = ExamplePolicies.text(named: "example-age-bands")
    else { throw BenchFault.examplesMissing }
    let draft = PolicyFile.read(
      text.replacing("who: {age: 70-79}, fixed: 2.00", with: "who: {age: 70-79}, fixed: 3.00"),
      name: "draft.yaml")
    var (ours, theirs) = (Double.infinity, Double.infinity)
    for _ in 0..<runs {
      // Whole rows, and only the columns that a simulation needs: the faster of the two counts.
      for columns in ["*", Self.columns] { theirs = min(theirs, try read(columns)) }
      let start = ContinuousClock.now
      let report = try await SimulationService(database).simulate([draft], from: from, to: to)
      ours = min(ours, (ContinuousClock.now - start) / .seconds(1))
      guard report.total.meals == count, report.total.differenceFen > 0 else {
        throw BenchFault.nothingPriced
      }
    }
    let ratio = ours / theirs
    return #"{"name":"policy/simulate-vs-read","meals":\#(count),"ours":\#(Self.rounded(ours)),"#
      + #""ratio":\#(Self.rounded(ratio)),"runs":\#(runs),"theirs":\#(Self.rounded(theirs)),"#
      + #""unit":"s"}"#
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private static let columns = """
    diner_id, service_date, served_at, period, mode, canteen_code, auth_method, list_fen, posted_on, \
    recorded_at, check_in_id, jsonb_build_array(pricing #> '{line,shares}', \
    pricing #> '{line,delivery}', (pricing #> '{inputs,meal}') - \
    '{id,day,time,period,mode,canteen,listFen,auth}'::text[])
    """

  /// The seconds in which psql reads the check-ins and throws them away.
  private func read(_ columns: String) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "psql", "-qX", url, "-c",
      "copy (select \(columns) from check_ins where service_date between "
        + "'\(Self.days.from)' and '\(Self.days.to)') to stdout",
    ]
    process.standardOutput = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchFault.psqlFailed }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// The sample community's meals, priced by the services, and as many copies of its people as it
  /// takes; gives how many meals there are.
  private func fill(_ database: Database) async throws -> Int {
    let now = Instant(seconds: 20_760 * 86_400)
    let by = Attribution(by: "bench", at: now)
    _ = try await Migrator(database).migrate(at: now)
    let files = Dictionary(
      SampleCommunity().files().map { ($0.name, $0.bytes) }, uniquingKeysWith: { $1 })
    func table(_ name: String, _ columns: [Column]) throws -> Table {
      try Table(DecodedText(bytes: files[name] ?? [], fileName: name), columns: columns)
    }
    let regions = RegionRow.read(try table("regions.csv", RegionRow.columns))
    _ = try await RegionService(database)
      .add(regions.compactMap { $0.value?.region }, validFrom: Day(number: 0))
    for row in CanteenRow.read(try table("canteens.csv", CanteenRow.columns)).compactMap(\.value) {
      _ = try await CanteenService(database).add(
        Canteen(
          code: row.code, name: row.name, kind: row.kind, region: row.region,
          operatorName: row.operatorName, openedOn: Day(number: 0), windows: row.windows))
    }
    guard let policy = ExamplePolicies.text(named: "example-age-bands"),
      let key = VaultKey(id: 1, bytes: Array(repeating: 7, count: 32))
    else { throw BenchFault.examplesMissing }
    _ = try await PolicyService(database).activate(policy, name: "example", by: by)
    let roster = RosterRow.read(
      try table("roster.csv", RosterRow.columns), asOf: CanteenCalendar.shanghai.day(of: now))
    _ = try await RosterImport(database, vault: Vault(key: key))
      .run(roster, fileName: "roster.csv", by: by)
    let signIns = SignInRow.read(try table("sign-ins.csv", SignInRow.columns))
    let outcome = try await CheckInImport(CheckInService(database))
      .run(signIns, fileName: "sign-ins.csv", by: by)
    guard outcome.added > 0 else { throw BenchFault.nothingPriced }
    try await multiply(database, copies: meals / outcome.added)
    return try await database.query("select count(*) from check_ins", as: Int.self)[0]
  }

  private func multiply(_ database: Database, copies: Int) async throws {
    let step = 1_000_000
    try await database.execute(
      """
      insert into diners (diner_id, created_at) overriding system value
      select diner_id + n * \(step), created_at
      from diners cross join generate_series(1, \(copies)) as n
      """)
    for table in ["diner_records", "entitlements", "diner_statuses"] {
      let columns = try await database.query(
        """
        select string_agg(column_name, ', ' order by ordinal_position)
        from information_schema.columns
        where table_name = \(table) and column_name <> 'diner_id'
        """, as: String.self)[0]
      try await database.execute(
        """
        insert into \(unescaped: table) (diner_id, \(unescaped: columns))
        select diner_id + n * \(step), \(unescaped: columns)
        from \(unescaped: table) cross join generate_series(1, \(copies)) as n
        """)
    }
    // In the order of the meals, as they come in life.
    try await database.execute(
      """
      insert into check_ins
      select
          diner_id + n * \(step), service_date, gen_random_uuid(), period, meal_no, served_at,
          posted_on, canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
          terminal, recorded_by, recorded_at, source_no, pricing
      from check_ins cross join generate_series(1, \(copies)) as n
      order by service_date, served_at
      """)
    try await database.execute("vacuum analyze")
  }
}
