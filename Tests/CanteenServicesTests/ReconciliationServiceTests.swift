import CanteenDomain
import CanteenServices
import CanteenTestSupport
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

    #expect(first.days == 1 && first.open.isEmpty)
    #expect(second.days == 0)
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
    #expect(try await refusal() == .notReconciled(days: 1, canteen: "DFL-01"))
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
