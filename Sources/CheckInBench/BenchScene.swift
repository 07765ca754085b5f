import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres
import Synchronization

/// A canteen with its register, its policy, and meals that nobody has taken yet.
final class BenchScene: Sendable {
  let database: Database
  let canteen = "XFS-01"
  let dinerCount = 20_000
  /// The first day of our meals; the opponent's lie before it.
  let firstDay: Day
  private let service: CheckInService
  private let next = Atomic<Int>(0)
  private let now: Instant
  private let salt = Secret.random(8)
  /// What the register is sealed with; the server opens it with the same.
  let key = VaultKey.random()
  /// The first policy ends here, and one with a budget begins.
  private static let daysBeforeBudget = 30

  init(url: String) async throws {
    var configuration = try ConnectionConfiguration(url: url)
    var logger = Logger(label: "check-in.bench")
    logger.logLevel = .error
    let owner = Database(configuration, size: 1, logger: logger)
    now = Instant(seconds: Int64(Date().timeIntervalSince1970))
    firstDay = CanteenCalendar.shanghai.day(of: now) - 58
    _ = try await Migrator(owner).migrate(at: now)
    await owner.shutdown()
    configuration.role = "canteen_app"
    database = Database(configuration, size: 4, logger: logger)
    service = CheckInService(database)
    try await furnish()
    try await database.execute("select ensure_service_month(current_date - 200)")
  }

  private func furnish() async throws {
    let by = Attribution(by: "bench", at: now)
    let codes = [
      ("511323", "蓬安县", Region.Level.county, nil), ("511323001", "东风镇", .street, "511323"),
      ("511323001001", "东风路社区", .community, "511323001"),
    ]
    _ = try await RegionService(database).add(
      codes.map {
        Region(
          code: Region.Code($0.0), name: $0.1, level: $0.2, parent: $0.3.map { Region.Code($0) })
      }, validFrom: Day(number: 0))
    guard let from = TimeOfDay("10:30"), let to = TimeOfDay("13:00"),
      let evening = TimeOfDay("17:00"), let night = TimeOfDay("19:30")
    else { throw Unusable(description: "no times") }
    _ = try await CanteenService(database).add(
      Canteen(
        code: canteen, name: "幸福社区食堂", region: Region.Code("511323001001"),
        operatorName: "示例餐饮", openedOn: firstDay - 300,
        windows: [
          ServiceWindow(period: .lunch, from: from, to: to),
          ServiceWindow(period: .dinner, from: evening, to: night),
        ]))
    guard let policy = ExamplePolicies.text(named: "example-age-bands") else {
      throw Unusable(description: "no policy")
    }
    let lastDay = firstDay + (Self.daysBeforeBudget - 1)
    _ = try await PolicyService(database).activate(
      policy.replacing("2025-01-01", with: "2025-01-01\nvalid_to: \(lastDay)"),
      name: "example", by: by)
    var roster = "姓名,性别,身份证号,户籍地,居住社区,人员类别,类别起始\n"
    for place in 0..<dinerCount {
      let birth = Day(number: -14_600 + place % 9_000).description.filter { $0 != "-" }
      let digits = "511323\(birth)" + String(1000 + place / 9_000).suffix(3)
      let check = ResidentID.checkCharacter(for: digits.compactMap(\.wholeNumberValue))
      roster +=
        "王某\(place),女,\(digits)\(check),蓬安县,东风路社区,\(place % 8 == 0 ? "低保,2024-01-01" : ",")\n"
    }
    let table = try Table(
      DecodedText(bytes: Array(roster.utf8), fileName: "名册.csv"), columns: RosterRow.columns)
    let outcome = try await RosterImport(database, vault: Vault(key: key))
      .run(
        RosterRow.read(table, asOf: CanteenCalendar.shanghai.day(of: now)), fileName: "名册.csv",
        by: by)
    guard outcome.added == dinerCount else {
      throw Unusable(description: "only \(outcome.added) diners were registered")
    }
    try await database.execute("analyze")
  }

  /// The next meal that nobody has taken: every person once, then the next meal.
  private func request() throws -> CheckInRequest {
    let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
    let meal = place / dinerCount
    let isLunch = meal % 2 == 0
    guard let time = TimeOfDay(seconds: (isLunch ? 41_400 : 64_800) + place % 5_000) else {
      throw Unusable(description: "no such time")
    }
    return CheckInRequest(
      id: CheckIn.ID(bytes: bytes(of: place)), party: .diner(Int64(place % dinerCount) + 1),
      canteen: canteen, day: firstDay + meal / 2, time: time, period: isLunch ? .lunch : .dinner,
      mode: .dineIn, list: 1200, means: .cash, auth: .card, terminal: "一号窗")
  }

  /// A key of its own for each meal of each scene.
  private func bytes(of place: Int) -> [UInt8] {
    // A key's bits of version and variant stand in its seventh and ninth byte.
    salt + [0] + (0..<7).map { UInt8(truncatingIfNeeded: place >> (8 * $0)) }
  }

  /// From here on a policy with a yearly budget is in force, which no meal of ours uses up.
  func beginBudget() async throws {
    guard let example = ExamplePolicies.text(named: "example-age-bands") else {
      throw Unusable(description: "no policy")
    }
    let change = firstDay + Self.daysBeforeBudget
    next.store(Self.daysBeforeBudget * 2 * dinerCount, ordering: .relaxed)
    let years = Set([change.year, (firstDay + 58).year]).sorted()
    let text =
      example.replacing("2025-01-01", with: change.description)
      .replacing("version: \"2025\"", with: "version: \"2026\"")
      + "budgets:\n"
      + years.map {
        "  - {source: district, year: \($0), amount: 9000000.00, when_exhausted: stop}\n"
      }.joined()
    _ = try await PolicyService(database).activate(
      text, name: "budget", by: Attribution(by: "bench", at: now))
  }

  /// Claims a stretch of meals for a load that comes from elsewhere.
  func claim(_ meals: Int) -> Int { next.wrappingAdd(meals, ordering: .relaxed).oldValue }

  func engineRun(clients: Int, seconds: Int) async throws -> EngineRun {
    let end = ContinuousClock.now + .seconds(seconds)
    return try await run(clients) { .now < end }
  }

  @discardableResult
  func engineRun(clients: Int, meals: Int) async throws -> EngineRun {
    let left = Atomic<Int>(meals)
    return try await run(clients) { left.wrappingSubtract(1, ordering: .relaxed).newValue >= 0 }
  }

  private func run(
    _ clients: Int, while goesOn: @escaping @Sendable () -> Bool
  ) async throws -> EngineRun {
    let engine = CheckInEngine(service)
    let by = Attribution(by: "bench", at: now)
    let start = ContinuousClock.now
    let times = try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<clients {
        group.addTask {
          var times: [Double] = []
          while goesOn() {
            let began = ContinuousClock.now
            _ = try await engine.checkIn(self.request(), by: by).get()
            times.append((ContinuousClock.now - began) / .milliseconds(1))
          }
          return times
        }
      }
      return try await group.reduce(into: [Double]()) { $0 += $1 }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return EngineRun(
      perSecond: Double(times.count) / seconds, p99Milliseconds: times.percentile(0.99))
  }
}

/// What one run through the engine gave.
struct EngineRun: Sendable {
  var perSecond: Double
  var p99Milliseconds: Double
}
