import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Two canteens, the example policy and a handful of persons, for tests of one rule each.
struct SmallCommunity: Sendable {
  let database: Database

  /// Person A is 76 and has card A1; B is 65 and holds 低保 (card B1); nobody is real.
  static let roster = """
    姓名,性别,身份证号,户籍地,居住社区,居民小组,人员类别,类别起始,卡号
    甲某,女,\(number("51132319500308152")),蓬安县,东风路社区,1组,,,A1
    乙某,男,\(number("51132319610613319")),蓬安县,东风路社区,2组,低保,2024-01-01,B1

    """

  /// The first 17 characters with their check digit.
  static func number(_ digits: String) -> String {
    digits + String(ResidentID.checkCharacter(for: digits.compactMap(\.wholeNumberValue)))
  }

  /// - Parameters:
  ///   - text: another document than the example by age bands.
  ///   - edit: makes another policy of the document's text.
  init(
    _ database: Database, policy text: String? = nil, edit: (String) -> String = { $0 }
  ) async throws {
    self.database = database
    _ = try await RegionService(database).add(theRegions, validFrom: Day(number: 0))
    _ = try await CanteenService(database).add(aCanteen())
    _ = try await CanteenService(database)
      .add(aCanteen("XFS-01", named: "幸福社区食堂", region: "511323002001"))
    let policy = try #require(text ?? ExamplePolicies.text(named: "example-age-bands"))
    _ = try await PolicyService(database).activate(edit(policy), name: "example", by: aClerk)
    let outcome = try await register(Self.roster)
    try #require(outcome.added == 2)
  }

  func register(_ text: String) async throws -> RosterImport.Outcome {
    let table = try Table(
      DecodedText(bytes: Array(text.utf8), fileName: "名册.csv"), columns: RosterRow.columns)
    return try await RosterImport(database, vault: theVault)
      .run(RosterRow.read(table, asOf: day("2026-11-23")), fileName: "名册.csv", by: aClerk)
  }

  /// A request for lunch at noon on a Monday; every part can be another.
  func request(
    _ key: Int, card: String = "A1", canteen: String = "DFL-01", on date: String = "2026-11-16",
    at clock: String = "12:04", period: MealPeriod = .lunch, mode: ServiceMode = .dineIn,
    list: Fen = 1200, fullPrice: Bool = false
  ) -> CheckInRequest {
    CheckInRequest(
      id: CheckIn.ID(bytes: (0..<16).map { UInt8(truncatingIfNeeded: key >> (8 * ($0 % 4))) }),
      card: card, canteen: canteen, day: day(date), time: time(clock), period: period,
      mode: mode, list: list, means: .cash, auth: .card, wantsFullPrice: fullPrice,
      terminal: "一号窗")
  }

  func checkIn(_ requests: CheckInRequest...) async throws -> [CheckInService.Outcome] {
    try await CheckInService(database).checkIn(requests, by: aClerk)
  }

  /// Closes and reconciles up to a month's end, and states the month.
  /// - Parameter explained: the checks whose blocking findings the test expects, and explains; any
  ///   other blocking finding fails it.
  func state(
    _ month: String, at moment: String, canteen: String = "DFL-01", rating: String? = nil,
    explaining explained: Set<String> = []
  ) async throws -> StatementService.Closed {
    let by = Attribution(
      by: "测试员", at: CanteenCalendar.shanghai.instant(day(moment), time("09:00")))
    let last = day(month + "-01").lastOfMonth
    _ = try await DayCloseService(database).close(canteen, through: last, by: by)
    let service = ReconciliationService(database)
    for finding in try await service.run([canteen], through: last, by: by).open
    where finding.severity == .blocking {
      try #require(explained.contains(finding.check), "\(finding)")
      try await service.explain(
        check: finding.check, canteen: canteen, day: finding.day, subject: finding.subject,
        explanation: "已核实", by: by)
    }
    return try await StatementService(database, vault: theVault)
      .closeAndRead(canteen, month: day(month + "-01"), rating: rating, by: by)
  }
}

extension StatementService {
  /// Closes a month, and reads it back with its lines.
  func closeAndRead(
    _ canteen: Canteen.Code, month: Day, rating: String? = nil, by: Attribution
  ) async throws -> Closed {
    let head = try await close(canteen, month: month, rating: rating, by: by)
    return try await closed(head.statement.number)
  }
}

extension CheckInService.Outcome {
  /// Why it was refused; nil if it was not.
  var refusal: CheckInRefusal? {
    if case .failure(let error) = self { error.refusal } else { nil }
  }

  /// What the diner pays, in fen; nil if refused.
  var dinerPays: Int? {
    if case .success(let receipt) = self { receipt.checkIn.dinerPays.count } else { nil }
  }
}
