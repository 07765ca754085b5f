import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// What is learned after a night makes it look again at the days it concerns, once, and at no others.
@Suite("days that are looked at again", .database)
struct ReopenedDayTests {
  private let later = moment("2026-11-23", "12:00")

  private func night(
    _ community: SmallCommunity, _ canteens: [Canteen.Code] = ["DFL-01"]
  ) async throws -> ReconciliationService.Report {
    try await ReconciliationService(community.database)
      .run(canteens, through: day("2026-11-22"), by: aClerk)
  }

  private func lines(_ report: ReconciliationService.Report) -> [String] {
    report.open.map { "\($0.check) \($0.canteen) \($0.day)" }.sorted()
  }

  private func person(_ card: String) async throws -> Diner.ID {
    try await DinerService(TestDatabase.current.database, vault: theVault).person(card)
  }

  /// The next record of a card's holder, with some columns changed.
  private func record(_ card: String, _ changes: String, at clock: String = "12:00") async throws {
    try await TestDatabase.current.asOwner(
      """
      insert into diner_records
      select (
          jsonb_populate_record(
              r, jsonb_build_object(
                  'record_no', r.record_no + 1, 'recorded_at', '2026-11-23T\(clock):00+08:00'
              ) || '\(changes)'
          )
      ).*
      from current_diner_records as r
      where r.diner_id = (select diner_id from cards where card_no = '\(card)')
      """)
  }

  @Test("a birth date that was corrected reopens the person's days, a telephone or a name none")
  func birthDate() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1), community.request(2, on: "2026-11-18"),
      community.request(3, card: "B1", on: "2026-11-19"))
    #expect(try await night(community).open.isEmpty)

    try await record("A1", #"{"phone_key": 7, "name": "甲某某"}"#)
    #expect(try await night(community).days == 0)

    try await record("A1", #"{"birth_date": "1975-01-01"}"#, at: "13:00")
    let after = try await night(community)
    #expect(after.days == 2)
    #expect(lines(after) == ["R05 DFL-01 2026-11-16", "R05 DFL-01 2026-11-18"])
    #expect(try await night(community).days == 0)

    try await record("A1", #"{"birth_date": "1950-03-08"}"#, at: "14:00")
    let mended = try await night(community)
    #expect(mended.days == 2 && mended.open.isEmpty)
    #expect(try await night(community).days == 0)
  }

  @Test("an entitlement whose first day moved reopens the days before it, its renewal date none")
  func entitlement() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, card: "B1"), community.request(2, card: "B1", on: "2026-11-19"))
    #expect(try await night(community).open.isEmpty)
    func revise(_ revision: Int, _ changes: String) async throws {
      try await TestDatabase.current.asOwner(
        """
        insert into entitlements
        select (
            jsonb_populate_record(
                e, jsonb_build_object(
                    'revision', \(revision), 'recorded_at', '2026-11-23T1\(revision):00:00+08:00'
                ) || '\(changes)'
            )
        ).*
        from current_entitlements as e
        """)
    }

    try await revise(2, #"{"renew_by": "2027-01-01"}"#)
    #expect(try await night(community).days == 0)

    try await revise(3, #"{"valid_from": "2026-11-18"}"#)
    let after = try await night(community)
    #expect(lines(after) == ["R05 DFL-01 2026-11-16"])
    #expect(try await night(community).days == 0)
  }

  @Test("a merge reopens the days of both records, and so does undoing it")
  func merge() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, at: "11:00"), community.request(2, card: "B1", at: "12:30"),
      community.request(3, on: "2026-11-18"))
    #expect(try await night(community).open.isEmpty)
    let (one, other) = (try await person("A1"), try await person("B1"))

    _ = try await DinerMerge(community.database).merge(other, into: one, reason: "同一人", by: later)
    let merged = try await night(community)
    #expect(merged.days == 2)
    #expect(lines(merged).contains("R03 DFL-01 2026-11-16"))
    #expect(try await night(community).days == 0)

    try await DinerMerge(community.database).separate(
      other, reason: "不是同一人", by: moment("2026-11-23", "13:00"))
    let apart = try await night(community)
    #expect(apart.days == 2 && apart.open.isEmpty)
    #expect(try await night(community).days == 0)
  }

  @Test("a line that came late reopens where the person ate after it, here another canteen")
  func lateLine() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let both = ["DFL-01", "XFS-01"]
    _ = try await community.checkIn(
      community.request(1, at: "12:00"),
      community.request(2, card: "B1", canteen: "XFS-01", fullPrice: true))
    #expect(try await night(community, both).open.isEmpty)
    _ = try await DayCloseService(community.database)
      .close("XFS-01", through: day("2026-11-16"), by: aClerk)

    let outcomes = try await CheckInService(community.database).checkIn(
      [community.request(3, canteen: "XFS-01", at: "11:45", fullPrice: true)], by: later)
    #expect(outcomes.map(\.dinerPays) == [1200])
    let after = try await night(community, both)

    #expect(after.days == 2)
    #expect(lines(after).contains("R13 DFL-01 2026-11-16"))
    #expect(try await night(community, both).days == 0)
  }

  @Test("the last day of a month counts what came late into the month; a menu counts too")
  func monthEndAndMenu() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await night(community)

    _ = try await community.checkIn(community.request(2, card: "B1", on: "2026-10-13"))
    #expect(try await night(community).days == 2)

    try await community.publishLunch(day("2026-11-18"))
    #expect(try await night(community).days == 1)
    #expect(try await night(community).days == 0)
  }

  @Test("a finding that says something else is open again; one that is gone blocks nobody")
  func revisions() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = ReconciliationService(community.database)
    _ = try await community.checkIn(community.request(1))
    func till(_ yuan: Int) async throws -> ReconciliationService.Report {
      _ = try await IndependentCountService(community.database).add(
        [
          IndependentCount(
            canteen: "DFL-01", day: day("2026-11-16"), source: .till, key: "cash",
            amount: yuan * 100
          )
        ], by: aClerk)
      return try await night(community)
    }
    func explain(_ step: Finding.Step) async throws {
      try await service.explain(
        check: "R18", canteen: "DFL-01", day: day("2026-11-16"), subject: "till cash",
        explanation: "找零", step: step, by: aClerk)
    }
    let first = try await till(11)
    #expect(first.open.map(\.check) == ["R18"] && first.new == 1)
    let only = try await service.explain(
      check: "R18", canteen: "DFL-01", day: day("2026-11-16"), subject: nil, explanation: "找零",
      by: aClerk)
    let named = try await service.explain(
      check: "R18", canteen: "DFL-01", day: day("2026-11-16"), subject: "收银 现金",
      explanation: "找零", by: aClerk)
    #expect(only == "till cash" && named == "till cash")
    await #expect(throws: FindingRefusal.unknown(check: "R18", subject: nil)) {
      try await service.explain(
        check: "R18", canteen: "DFL-01", day: day("2026-11-17"), subject: nil, explanation: "找零",
        by: aClerk)
    }
    #expect(try await night(community).open.isEmpty)

    let more = try await till(511)
    #expect(more.open.map(\.check) == ["R18"] && more.new == 1)
    #expect(more.open.first?.sentence.zh.contains("511.00") == true)
    await #expect(throws: FindingRefusal.outOfOrder(.accepted, after: nil)) {
      try await explain(.accepted)
    }

    let right = try await till(10)
    #expect(right.open.isEmpty && right.new == 0)
    #expect(
      try await service.findings("DFL-01", from: day("2026-11-16"), to: day("2026-11-16"))
        .filter { $0.step == nil }.isEmpty)
    #expect(try await till(11).open.map(\.check) == ["R18"])
    #expect(
      try await community.database.query("select count(*) as n from findings", as: Int.self) == [1])
  }

  @Test("a statement asks for the days that the night would look at, and for no others")
  func statement() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let statements = StatementService(community.database, vault: theVault)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await night(community)
    try await record("A1", #"{"birth_date": "1949-01-01"}"#)

    await #expect(throws: StatementRefusal.notReconciled(days: 1, canteen: "DFL-01")) {
      try await statements.close("DFL-01", month: day("2026-10-01"), by: aClerk)
    }
    _ = try await night(community)
    _ = try await statements.close("DFL-01", month: day("2026-10-01"), by: aClerk)
  }
}
