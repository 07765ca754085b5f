import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// A disallowed line whose meal is taken back otherwise too: the sources get their money back once.
@Suite("disallowances and later facts", .database)
struct DisallowanceTests {
  private static let october = "DFL-01-2026-10"
  private let officer = Attribution(by: "街道甲", at: aMoment)
  private let december = Attribution(
    by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-12-02"), time("09:00")))

  private var database: Database { TestDatabase.current.database }
  private var life: StatementLifeService { StatementLifeService(database) }

  /// October with two lunches of 2.00 subsidy each, submitted; November with one.
  private func prepare() async throws -> SmallCommunity {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-23")
    _ = try await life.take(.submitted, Self.october, by: aClerk)
    _ = try await community.checkIn(community.request(3, on: "2026-11-16"))
    return community
  }

  private func owed() async throws -> Fen {
    try await life.all().map(\.outstanding).sum()
  }

  /// What the journal says that sources owe.
  private func receivable() async throws -> Fen {
    let rows = try await database.query(
      """
      select coalesce(sum(debit_fen - credit_fen), 0)::bigint
      from ledger_days where account like 'receivable:%'
      """, as: Int.self)
    return Fen(rows[0])
  }

  @Test(
    "a disallowed meal that is reversed afterwards is taken back once, in the books and on paper")
  func reversedAfterwards() async throws {
    let community = try await prepare()
    _ = try await life.disallow(line: 1, of: Self.october, reason: "未就餐", by: officer)
    _ = try await CheckInService(database)
      .reverse(community.request(1).id, reason: "重复录入", by: aClerk)
    let november = try await community.state("2026-11", at: "2026-12-02")

    #expect(november.statement.claimed == 200)
    #expect(november.statement.sources.map(\.fen).sum() == 0)
    #expect(november.statement.releases?.map(\.line) == [1])
    #expect(november.statement.releases?.first?.original == Self.october)
    // One October lunch and one November lunch stand: 4.00.
    #expect(try await owed() == 400)
    #expect(try await receivable() == 400)
    _ = try await DayCloseService(database).close(
      "DFL-01", through: day("2026-12-02"), by: december)
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test("a meal that was reversed first is not disallowed any more")
  func reversedBefore() async throws {
    let community = try await prepare()
    _ = try await CheckInService(database)
      .reverse(community.request(1).id, reason: "重复录入", by: aClerk)
    _ = try await community.state("2026-11", at: "2026-12-02")

    await #expect(throws: StatementLifeRefusal.takenBack(1)) {
      try await life.disallow(line: 1, of: Self.october, reason: "未就餐", by: officer)
    }
    #expect(try await owed() == 400)
  }

  @Test(
    "a disallowed meal that is re-priced to nothing is taken back once, and reversed later still once"
  )
  func repricedAfterwards() async throws {
    let community = try await prepare()
    _ = try await life.disallow(line: 1, of: Self.october, reason: "未就餐", by: officer)
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses (
          diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from
      )
      select diner_id, 1, 1, now(), 'x', 'deceased', '2026-10-01' from cards where card_no = 'A1'
      """)
    let found = try await AdjustmentService(database)
      .reprice(since: day("2026-10-01"), isDryRun: false, by: aClerk)
    // Whose card it is that was used after the death remains to be said.
    let november = try await community.state(
      "2026-11", at: "2026-12-02", explaining: ["R06"])
    let afterRepricing = try await owed()
    _ = try await CheckInService(database)
      .reverse(community.request(1).id, reason: "重复录入", by: december)
    let last = try await community.state("2026-12", at: "2027-01-03")

    #expect(found.map(\.adjustment.fen).sum() == -600)
    #expect(november.statement.releases?.flatMap(\.sources).map(\.fen).sum() == 200)
    #expect(afterRepricing == 0)
    #expect(last.statement.releases == nil && last.statement.claimed == 0)
    #expect(try await owed() == 0)
    #expect(try await receivable() == 0)
  }
}
