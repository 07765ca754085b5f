import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// Each check fires on a planted case and not on its nearest neighbour.
@Suite("reconciliation", .database)
struct ReconciliationServiceTests {
  private func open(_ community: SmallCommunity) async throws -> [String] {
    try await ReconciliationService(community.database)
      .run(["DFL-01", "XFS-01"], through: day("2026-11-22"), by: aClerk).open.map(\.check)
  }

  @Test("clean days have no findings, and a second run covers nothing")
  func clean() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1), community.request(2, card: "B1"))
    let service = ReconciliationService(community.database)

    let first = try await service.run(["DFL-01"], through: day("2026-11-22"), by: aClerk)
    let second = try await service.run(["DFL-01"], through: day("2026-11-22"), by: aClerk)

    #expect(first.days == 7 && first.open.isEmpty)
    #expect(second.days == 0)
  }

  @Test("a day to come is refused and does not count as seen; a reversed span is refused")
  func daysToCome() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1))
    let service = ReconciliationService(community.database)
    let today = CanteenCalendar.shanghai.day(of: aClerk.at)

    await #expect(throws: ReconciliationRefusal.notCome(today + 1)) {
      _ = try await service.run(["DFL-01"], through: today + 1, by: aClerk)
    }
    await #expect(throws: ReconciliationRefusal.reversed(today, today - 1)) {
      _ = try await service.run(["DFL-01"], from: today, through: today - 1, by: aClerk)
    }
    let none = try await service.coverage(through: today - 1).first { $0.canteen == "DFL-01" }
    let report = try await service.run(["DFL-01"], through: today, by: aClerk)

    #expect(none?.last == nil && report.days > 0)
  }

  @Test("R01: a line that somebody changed behind the product's back")
  func balance() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1), community.request(2, card: "B1"))
    try await TestDatabase.current.asOwner(
      "update transfers set fen = fen + 1 where debit_account = 'received:cash' and fen = 1000")

    #expect(try await open(community) == ["R01"])
  }

  @Test("R06: a meal after the day of death, not one on it")
  func late() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1), community.request(2, on: "2026-11-17"))
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses
      select diner_id, 1, 1, now(), 'test', 'deceased', '2026-11-16', null
      from cards where card_no = 'A1'
      """)

    let findings = try await ReconciliationService(community.database)
      .run(["DFL-01"], through: day("2026-11-22"), by: aClerk).open

    #expect(findings.map(\.check) == ["R06"])
    #expect(findings.map(\.day) == [day("2026-11-17")])
  }

  @Test("R12: fifteen minutes after the window is grace, a second more is not")
  func offHours() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, at: "13:15"), community.request(2, card: "B1", at: "13:15:01"))

    #expect(try await open(community) == ["R12"])
  }

  @Test("R13: 119 minutes at one canteen fire, 120 do not; 29 between two fire, 30 do not")
  func travel() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-09", at: "10:45"),
      community.request(2, on: "2026-11-09", at: "12:45", fullPrice: true),
      community.request(3, card: "B1", on: "2026-11-09", at: "12:00"),
      community.request(
        4, card: "B1", canteen: "XFS-01", on: "2026-11-09", at: "12:30", fullPrice: true))
    #expect(try await open(community) == [])

    _ = try await community.checkIn(
      community.request(5, on: "2026-11-10", at: "10:45"),
      community.request(6, on: "2026-11-10", at: "12:44", fullPrice: true),
      community.request(7, card: "B1", on: "2026-11-10", at: "12:00"),
      community.request(
        8, card: "B1", canteen: "XFS-01", on: "2026-11-10", at: "12:29", fullPrice: true))
    #expect(try await open(community) == ["R13", "R13"])
  }

  @Test("three missed nights, one cut short, two schedulers at once: as three good nights")
  func missedNights() async throws {
    @Sendable func books(_ database: Database) async throws -> SmallCommunity {
      let community = try await SmallCommunity(database)
      for (key, date) in ["2026-11-16", "2026-11-17", "2026-11-18"].enumerated() {
        _ = try await community.checkIn(
          community.request(2 * key + 1, on: date, at: "10:45"),
          community.request(2 * key + 2, on: date, at: "12:44", fullPrice: true))
      }
      return community
    }
    @Sendable func state(_ community: SmallCommunity) async throws -> [String] {
      let days = try await community.database.query(
        """
        select service_date || ' ' || count(*) || ' ' || sum(findings) from reconciled_days
        group by service_date order by service_date
        """, as: String.self)
      return days
        + (try await ReconciliationService(community.database)
          .findings("DFL-01", from: day("2026-11-01"), to: day("2026-11-30"))
          .map { "\($0.check) \($0.day) \($0.subject)" })
    }
    let expected = try await TestDatabase.withAnother { database in
      let community = try await books(database)
      let service = ReconciliationService(database)
      for night in ["2026-11-16", "2026-11-17", "2026-11-18"] {
        _ = try await service.run(["DFL-01"], through: day(night), by: aClerk)
      }
      return try await state(community)
    }
    let community = try await books(TestDatabase.current.database)
    let service = ReconciliationService(community.database)
    let night = Task {
      try await service.run(["DFL-01"], through: day("2026-11-18"), by: aClerk) { progress in
        if progress.done == 1 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await night.value }
    async let one = service.run(["DFL-01"], through: day("2026-11-18"), by: aClerk)
    async let other = service.run(["DFL-01"], through: day("2026-11-18"), by: aClerk)

    #expect(try await one.days + other.days == 2)
    #expect(try await state(community) == expected)
    #expect(expected.count == 6)
  }

  @Test("what a person said stays; another one decides on it, and what was disallowed is recovered")
  func life() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = ReconciliationService(community.database)
    _ = try await community.checkIn(community.request(1, at: "13:16"))
    let finding = try #require(
      await service.run(["DFL-01"], through: day("2026-11-16"), by: aClerk).open.first)
    func step(_ step: Finding.Step, by name: String = "街道办") async throws {
      try await service.explain(
        check: finding.check, canteen: "DFL-01", day: finding.day, subject: finding.subject,
        explanation: step == .explained ? "排队" : "属实", step: step, reason: .dataEntry,
        by: Attribution(by: name, at: aMoment))
    }

    await #expect(throws: FindingRefusal.outOfOrder(.accepted, after: nil)) {
      try await step(.accepted)
    }
    try await step(.explained, by: "测试员")
    await #expect(throws: FindingRefusal.outOfOrder(.recovered, after: .explained)) {
      try await step(.recovered)
    }
    for decision in [Finding.Step.accepted, .disallowed] {
      await #expect(throws: FindingRefusal.sameHands("测试员")) {
        try await step(decision, by: "测试员")
      }
    }
    try await step(.disallowed)
    try await step(.recovered)
    _ = try await community.checkIn(community.request(2, card: "B1"))
    let again = try await service.run(["DFL-01"], through: day("2026-11-16"), by: aClerk)

    #expect(again.days == 1 && again.new == 0 && again.open.isEmpty)
    let kept = try await service.findings("DFL-01", from: finding.day, to: finding.day)
    #expect(kept.map(\.step) == [.recovered])
    #expect(kept.map(\.explanation) == ["排队"] && kept.map(\.decision) == ["属实"])
    #expect(kept.map(\.account) == ["排队；属实"])
  }

  @Test("R01: a line that the domain's function would price otherwise")
  func repricing() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1), community.request(2, card: "B1"))
    try await TestDatabase.current.asOwner(
      """
      update check_ins set diner_fen = diner_fen - 100 where diner_fen = 1000;
      update transfers set fen = fen - 100 where debit_account = 'received:cash' and fen = 1000;
      update transfers as t set fen = fen + 100
      from check_ins as c
      where c.check_in_id = t.check_in_id and c.diner_fen = 900
          and t.debit_account = (
              select min(debit_account) from transfers as u
              where u.check_in_id = t.check_in_id and u.debit_account like 'receivable:%'
          )
      """)

    let findings = try await ReconciliationService(community.database)
      .run(["DFL-01"], through: day("2026-11-16"), by: aClerk).open
    #expect(findings.map(\.check) == ["R01"])
    #expect(findings.first?.sentence.zh.contains("重算") == true)
  }

  @Test("an installation's own check is a file in a folder, with coverage of its own")
  func ownCheck() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try """
    -- id: X01
    -- title.zh: 有人就餐
    -- title.en: somebody ate
    -- severity: notice
    \\if :{?least} \\else \\set least '1' \\endif
    select c.service_date, 'day' as subject, '有' as zh, 'some' as en
    from standing_check_ins as c
    where c.canteen_code = :'canteen'
        and c.service_date between :'day_from'::date and :'day_to'::date
    group by c.service_date
    having count(*) >= :'least'::integer;
    """.write(to: folder.appendingPathComponent("X01_some.sql"), atomically: true, encoding: .utf8)
    _ = try await ReconciliationService(community.database)
      .run(["DFL-01"], through: day("2026-11-16"), by: aClerk)

    let service = ReconciliationService(community.database, ownChecks: folder.path)
    let report = try await service.run(["DFL-01"], through: day("2026-11-16"), by: aClerk)
    #expect(report.days == 1 && report.open.map(\.check) == ["X01"])
  }

  @Test(
    "a broken check of one's own stops none of the product's, and is named",
    arguments: [
      "select nonsense",
      "-- id: X01\n-- title.zh: 甲\n-- title.en: a\n-- severity: notice\nselect nonsense",
    ])
  func brokenOwnCheck(text: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1, at: "13:16"))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try text.write(to: folder.appendingPathComponent("X01.sql"), atomically: true, encoding: .utf8)

    let report = try await ReconciliationService(community.database, ownChecks: folder.path)
      .run(["DFL-01"], through: day("2026-11-22"), by: aClerk)

    #expect(report.days == 7 && report.open.map(\.check) == ["R12"])
    #expect(report.ownChecksFault?.zh.hasPrefix("自有检查未能运行") == true)
  }

  @Test("a statement waits for day close, reconciliation and explanations, in that order")
  func statement() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let statements = StatementService(community.database, vault: theVault)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    func refusal() async throws -> StatementRefusal? {
      do {
        _ = try await statements.close("DFL-01", month: day("2026-10-01"), by: aClerk)
        return nil
      } catch let refusal as StatementRefusal {
        return refusal
      }
    }

    await #expect(throws: StatementRefusal.notOver(lastDay: day("2026-11-30"))) {
      try await statements.close("DFL-01", month: day("2026-11-01"), by: aClerk)
    }
    #expect(try await refusal() == .daysOpen(from: day("2026-10-01"), canteen: "DFL-01"))
    try await TestDatabase.current.asOwner(
      "update transfers set fen = fen + 1 where debit_account = 'received:cash'")
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    #expect(try await refusal() == .notReconciled(days: 20, canteen: "DFL-01"))
    #expect(try await open(community) == ["R01"])
    #expect(try await refusal() == .findingsOpen(1))
    let finding = try await ReconciliationService(community.database)
      .findings("DFL-01", from: day("2026-10-01"), to: day("2026-10-31"))[0]
    try await ReconciliationService(community.database).explain(
      check: finding.check, canteen: "DFL-01", day: finding.day, subject: finding.subject,
      explanation: "测试", by: aClerk)
    await #expect(
      throws: StatementFault.linesDifferFromJournal(
        account: "meal_revenue", lines: -1200, journal: -1201)
    ) { try await statements.close("DFL-01", month: day("2026-10-01"), by: aClerk) }
  }

  @Test(
    "the audit names what was changed after the close",
    arguments: [
      "update check_ins set list_fen = 1300, diner_fen = 1100",
      "delete from transfers where transfer_no = 2",
      "update check_ins set pricing = jsonb_set(pricing, '{line,tier}', '\"x\"')",
      "update day_closes set list_fen = 1, totals = '{\"accounts\":[],\"counts\":[],\"reversals\":0}'",
    ])
  func audit(tampering: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-11-20"), by: aClerk)
    let service = AuditService(community.database)
    #expect(try await service.verify("DFL-01").broken == nil)

    try await TestDatabase.current.asOwner(tampering)

    let broken = try await service.verify("DFL-01").broken
    #expect(broken?.zh.contains("2026-11-16") == true)
  }
}
