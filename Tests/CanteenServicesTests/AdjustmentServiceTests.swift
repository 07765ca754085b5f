import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Facts that come late, end to end: found, adjusted in the open month, and seen in its statement.
@Suite("repricing", .database)
struct AdjustmentServiceTests {
  /// A canteen in Wuhu under its policy, with one person of 66 (card A1) and one of 86 (card B1).
  private struct Wuhu {
    let database: Database

    static let head = "姓名,性别,身份证号,居住社区,人员类别,类别起始,卡号\n"
    static let young = "甲某,女,\(SmallCommunity.number("34020219600101022")),镜湖社区,,,A1\n"
    static let poor = "甲某,女,\(SmallCommunity.number("34020219600101022")),镜湖社区,低保,2026-04-01,A1\n"
    static let old = "乙某,男,\(SmallCommunity.number("34020219400101013")),镜湖社区,,,B1\n"

    init(_ database: Database) async throws {
      self.database = database
      func region(_ code: String, _ name: String, _ level: Region.Level, _ up: String?) -> Region {
        Region(
          code: Region.Code(code), name: name, level: level, parent: up.map(Region.Code.init))
      }
      _ = try await RegionService(database).add(
        [
          region("340200", "芜湖市", .city, nil), region("340202", "镜湖区", .county, "340200"),
          region("340202001", "镜湖街道", .street, "340202"),
          region("340202001001", "镜湖社区", .community, "340202001"),
        ], validFrom: Day(number: 0))
      _ = try await CanteenService(database)
        .add(aCanteen("JH-01", named: "镜湖食堂", region: "340202001001"))
      let policy = try #require(ExamplePolicies.text(named: "wuhu-2022"))
      _ = try await PolicyService(database).activate(policy, name: "wuhu", by: aClerk)
      try await register(Self.head + Self.young + Self.old, on: "2026-03-31")
    }

    func register(
      _ text: String, on date: String, homeChanges: RosterImport.HomeChanges? = nil
    ) async throws {
      let table = try Table(
        DecodedText(bytes: Array(text.utf8), fileName: "名册.csv"), columns: RosterRow.columns)
      let outcome = try await RosterImport(database, vault: theVault).run(
        RosterRow.read(table, asOf: day(date)), fileName: "名册.csv", by: clerk(on: date),
        homeChanges: homeChanges)
      try #require(outcome.refused.isEmpty)
    }

    func clerk(on date: String) -> Attribution {
      Attribution(by: "王主任", at: CanteenCalendar.shanghai.instant(day(date), time("20:00")))
    }

    /// Lunches at 12.00 on some days, each entered on its day.
    func lunch(_ card: String, on dates: [String]) async throws {
      for (index, date) in dates.enumerated() {
        let request = CheckInRequest(
          id: CheckIn.ID(bytes: Array("\(card) \(date)    ".utf8)), card: card, canteen: "JH-01",
          day: day(date), time: time("12:0\(index % 10)"), period: .lunch, mode: .dineIn,
          list: 1200, means: .cash, auth: .card, terminal: "一号窗")
        let outcome = try await CheckInService(database).checkIn([request], by: clerk(on: date))
        try #require(outcome[0].refusal == nil)
      }
    }

    /// Closes, reconciles and states a month.
    /// - Parameter known: checks that may have found something grave in months before.
    func state(
      _ month: String, known: Set<String> = []
    ) async throws -> StatementService.Closed {
      let first = day(month + "-01")
      let by = clerk(on: (first.lastOfMonth + 3).description)
      _ = try await DayCloseService(database).close("JH-01", through: first.lastOfMonth, by: by)
      let report = try await ReconciliationService(database)
        .run(["JH-01"], through: first.lastOfMonth, by: by)
      let grave = report.open.filter { $0.severity == .blocking }
      try #require(grave.allSatisfy { known.contains($0.check) && $0.day < first })
      return try await StatementService(database, vault: theVault)
        .closeAndRead("JH-01", month: first, by: by)
    }

    func reprice(
      since: String, on date: String, isDryRun: Bool = false
    ) async throws -> [AdjustmentService.Found] {
      try await AdjustmentService(database)
        .reprice(since: day(since), isDryRun: isDryRun, by: clerk(on: date))
    }

    func rows() async throws -> [Int] {
      try await database.query(
        "select (select count(*) from adjustments) + (select count(*) from transfers)", as: Int.self
      )
    }
  }

  private static let april = ["01", "02", "03", "07", "08", "09"].map { "2026-04-\($0)" }
  private static let may = ["07", "08", "11", "12", "13", "14", "20"].map { "2026-05-\($0)" }

  @Test("C15: an approval dated back is credited 2.00 for each of six lunches in the open month")
  func approvalDatedBack() async throws {
    let wuhu = try await Wuhu(TestDatabase.current.database)
    try await wuhu.lunch("A1", on: Self.april)
    let april = try await wuhu.state("2026-04")
    try await wuhu.lunch("B1", on: ["2026-05-06"])
    try await wuhu.register(Wuhu.head + Wuhu.poor, on: "2026-05-10")

    let before = try await wuhu.rows()
    let tried = try await wuhu.reprice(since: "2026-04-01", on: "2026-05-10", isDryRun: true)
    #expect(try await wuhu.rows() == before)
    let found = try await wuhu.reprice(since: "2026-04-01", on: "2026-05-10")
    let after = try await wuhu.rows()
    let again = try await wuhu.reprice(since: "2026-04-01", on: "2026-05-11")
    #expect(try await wuhu.rows() == after)

    #expect(tried.map(\.adjustment) == found.map(\.adjustment) && again.isEmpty)
    #expect(found.map(\.adjustment.kind) == Array(repeating: .credit, count: 6))
    #expect(found.map(\.adjustment.fen).sum() == 1200)
    #expect(found.allSatisfy { $0.postedOn == day("2026-05-01") && $0.name == "甲*" })
    let may = try await wuhu.state("2026-05")
    #expect(may.statement.list == 1200 && may.statement.meals == 1)
    #expect(may.statement.adjustments?.lines == 6 && may.statement.adjustments?.diner == -1200)
    #expect(may.statement.claimed == 1700)
    #expect(may.statement.list == may.statement.diner + may.statement.sources.map(\.fen).sum())
    #expect(
      may.lines.compactMap(\.adjustment?.original) == Array(repeating: "JH-01-2026-04", count: 6))
    #expect(
      try await StatementService(wuhu.database, vault: theVault).closed("JH-01-2026-04") == april)
    #expect(try await AuditService(wuhu.database).verify("JH-01").broken == nil)
    let files = try await StatementFiles(wuhu.database, "JH-01-2026-05")
    let details = try ReadTable(files.path("JH-01-2026-05.xlsx"), "明细表")
    #expect(try details.column("状态").count { $0 == "调整:补差" } == 6)
    #expect(try details.column("原结算单").count { $0 == "JH-01-2026-04" } == 6)
  }

  @Test("who moves away keeps the price of the days before; a wrong home was wrong from the start")
  func movedAway() async throws {
    let wuhu = try await Wuhu(TestDatabase.current.database)
    func region(_ code: String, _ name: String, _ level: Region.Level, _ up: String?) -> Region {
      Region(code: Region.Code(code), name: name, level: level, parent: up.map(Region.Code.init))
    }
    _ = try await RegionService(wuhu.database).add(
      [
        region("340100", "合肥市", .city, nil), region("340102", "瑶海区", .county, "340100"),
        region("340102001", "明光路街道", .street, "340102"),
        region("340102001001", "瑶海社区", .community, "340102001"),
      ], validFrom: Day(number: 0))
    let moved = (Wuhu.head + Wuhu.young).replacing("镜湖社区", with: "瑶海社区")
    try await wuhu.lunch("A1", on: Self.april)

    try await wuhu.register(moved, on: "2026-05-10")
    try await wuhu.lunch("A1", on: ["2026-05-11"])

    let april = try await wuhu.state("2026-04")
    let may = try await wuhu.state("2026-05")
    #expect(april.statement.claimed == 1800)
    #expect(Set(april.lines.map(\.residence)) == ["镜湖社区"])
    #expect(may.statement.claimed == 0)
    #expect(may.lines.map(\.residence) == ["瑶海社区"])
    #expect(try await wuhu.reprice(since: "2026-04-01", on: "2026-06-10").isEmpty)

    // Found later: they had moved on the first of May, and then that they had never lived in Wuhu.
    let back = Wuhu.head + Wuhu.young
    try await wuhu.register(back, on: "2026-06-10", homeChanges: .from(day("2026-05-11")))
    let owed = try await wuhu.reprice(since: "2026-04-01", on: "2026-06-10", isDryRun: true)
    #expect(owed.map(\.adjustment.fen) == [300] && owed.map(\.adjustment.kind) == [.credit])
    try await wuhu.register(moved, on: "2026-06-11", homeChanges: .always)
    let paidForNothing = try await wuhu.reprice(
      since: "2026-04-01", on: "2026-06-11", isDryRun: true)
    #expect(paidForNothing.map(\.adjustment.fen) == Array(repeating: -300, count: 6))
    #expect(paidForNothing.allSatisfy { $0.adjustment.kind == .waived })
    let paid = try await CheckInService(wuhu.database).explain(april.lines[0].checkIn)
    #expect(paid.inputs.diner.residence?.codes.last?.text == "340202001001")
  }

  @Test("C15: lunches after a death that was reported late are taken back from the canteen")
  func lateDeath() async throws {
    let wuhu = try await Wuhu(TestDatabase.current.database)
    try await wuhu.lunch("B1", on: ["2026-05-05", "2026-05-06"] + Self.may)
    _ = try await wuhu.state("2026-05")
    try await wuhu.lunch("A1", on: ["2026-06-01"])
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses (
          diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from
      )
      select diner_id, 1, 1, now(), 'x', 'deceased', '2026-05-06' from cards where card_no = 'B1'
      """)

    let found = try await wuhu.reprice(since: "2026-05-01", on: "2026-06-25")

    #expect(found.count == 7 && found.allSatisfy { $0.adjustment.cause == .deceased })
    #expect(found.allSatisfy { $0.adjustment.kind == .clawback && $0.adjustment.payee == .canteen })
    #expect(found.map(\.adjustment.fen).sum() == -3500)
    let june = try await wuhu.state("2026-06", known: ["R06"])
    #expect(june.statement.adjustments?.canteen == 3500 && june.statement.diner == 900)
    #expect(june.statement.claimed == Fen(-3200))
    #expect(june.statement.claimed.capitals == "负叁拾贰元整")
    #expect(
      june.statement.list == june.statement.diner + june.statement.canteenBears
        + june.statement.sources.map(\.fen).sum())
  }

  @Test("a reversal of an adjusted meal takes the adjustment back too, in the books and on paper")
  func reversedAfterwards() async throws {
    let wuhu = try await Wuhu(TestDatabase.current.database)
    try await wuhu.lunch("A1", on: Self.april)
    _ = try await wuhu.state("2026-04")
    try await wuhu.lunch("B1", on: ["2026-05-06"])
    try await wuhu.register(Wuhu.head + Wuhu.poor, on: "2026-05-10")
    let found = try await wuhu.reprice(since: "2026-04-01", on: "2026-05-10")
    _ = try await wuhu.state("2026-05")
    try await wuhu.lunch("B1", on: ["2026-06-08"])

    _ = try await CheckInService(wuhu.database)
      .reverse(found[0].checkIn, reason: "重复录入", by: wuhu.clerk(on: "2026-06-09"))

    let june = try await wuhu.state("2026-06")
    #expect(june.lines.map(\.sign).sorted() == [-1, -1, 1])
    #expect(june.statement.list == 0 && june.statement.adjustments?.diner == 200)
    // 5.00 for the new lunch, less the 3.00 and the 2.00 of the reversed one.
    #expect(june.statement.claimed == 0)
  }

  @Test("what was taken from a canteen by mistake goes back to it, and the meal tells both")
  func takenBackAndForth() async throws {
    let wuhu = try await Wuhu(TestDatabase.current.database)
    try await wuhu.lunch("B1", on: ["2026-05-11"])
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses (
          diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from, valid_to
      )
      select diner_id, 1, 1, now(), 'x', 'in_institution', '2026-05-10', '2026-05-12'
      from cards where card_no = 'B1'
      """)
    let first = try await wuhu.reprice(since: "2026-05-01", on: "2026-05-20")
    // The stay turns out to have begun later: the same lunch is subsidised again.
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses (
          diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from, valid_to
      )
      select diner_id, 1, 2, now(), 'x', 'in_institution', '2026-05-12', '2026-05-12'
      from cards where card_no = 'B1'
      """)

    let second = try await wuhu.reprice(since: "2026-05-01", on: "2026-05-21")
    let third = try await wuhu.reprice(since: "2026-05-01", on: "2026-05-22")
    let explained = try await CheckInService(wuhu.database).explain(first[0].checkIn)

    #expect(first.map(\.adjustment.fen) == [-500] && second.map(\.adjustment.fen) == [500])
    #expect((first + second).map(\.adjustment.payee) == [.canteen, .canteen])
    #expect(third.isEmpty)
    #expect(explained.adjustments.map(\.number) == [1, 2])
    #expect(explained.adjustments.last?.line.sharesFen == explained.line.sharesFen)
  }

  @Test("a check-in counts an adjusted earlier meal as it is now, not as it was")
  func capsCountAdjustedLines() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    func pause(_ revision: Int, _ from: String) async throws {
      try await TestDatabase.current.asOwner(
        """
        insert into diner_statuses (
            diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from, valid_to
        )
        select diner_id, 1, \(revision), now(), 'x', 'paused', '\(from)', '2026-11-17'
        from cards where card_no = 'A1'
        """)
    }
    try await pause(1, "2026-11-16")
    let lunch = try await community.checkIn(community.request(1))
    try await pause(2, "2026-11-17")
    let found = try await AdjustmentService(community.database)
      .reprice(since: day("2026-11-01"), isDryRun: false, by: aClerk)

    let dinner = try await community.checkIn(
      community.request(2, at: "17:30", period: .dinner))

    #expect(lunch[0].dinerPays == 1200 && found.map(\.adjustment.fen) == [200])
    #expect(dinner[0].dinerPays == 1200)
  }
}
