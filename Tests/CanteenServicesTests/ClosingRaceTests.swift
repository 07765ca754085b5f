import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Closings that meet others: one outcome, and nothing in between.
@Suite("closings at once", .database)
struct ClosingRaceTests {
  private var database: Database { TestDatabase.current.database }

  /// How many sessions wait for a lock, asked until there are so many. Only their owner is told, and
  /// within a transaction always the same.
  private func waiting(_ wanted: Int) async throws -> Int {
    let observer = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    var count = 0
    for _ in 0..<5000 where count < wanted {
      count = try await observer.query(
        """
        select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
        """, as: Int.self)[0]
    }
    await observer.close()
    return count
  }

  @Test(
    "a day close waits for the check-in that is on its way and counts it; later ones are tomorrow's"
  )
  func closeDuringCheckIns() async throws {
    let community = try await SmallCommunity(database)
    let database = database
    let today = day("2026-11-23")
    let late = Attribution(by: "柜台", at: CanteenCalendar.shanghai.instant(today, time("20:00")))
    // Full price, so that one person can eat three times.
    func request(_ key: Int) -> CheckInRequest {
      community.request(key, on: "2026-11-23", at: "12:1\(key)", fullPrice: true)
    }
    _ = try await CheckInService(database).checkIn([request(1)], by: late)
    let owner = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    try await owner.script("begin; lock table transfers in exclusive mode")
    let second = request(2)

    async let outcome = CheckInService(database).checkIn([second], by: late)
    let writing = try await waiting(1)
    async let closing = DayCloseService(database).close("DFL-01", through: today, by: late)
    let both = try await waiting(2)
    try await owner.script("rollback")
    await owner.close()
    let (written, closed) = (try await outcome, try await closing)
    _ = try await CheckInService(database).checkIn([request(3)], by: late)

    #expect([writing, both] == [1, 2])
    #expect(written[0].refusal == nil)
    #expect(closed.map(\.totals.meals) == [2])
    let posted = try await database.query(
      "select posted_on::text from check_ins order by served_at", as: String.self)
    #expect(posted == ["2026-11-23", "2026-11-23", "2026-11-24"])
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test("a check-in that waits for a closing has its person already: so all take the two")
  func orderOfLocks() async throws {
    let community = try await SmallCommunity(database)
    let (database, request) = (database, community.request(1, on: "2026-10-12"))
    let owner = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    try await owner.script("begin; select code from canteens where code = 'DFL-01' for update")

    async let outcome = CheckInService(database).checkIn([request], by: aClerk)
    let held = try await waiting(1)
    let error = await #expect(throws: ServerError.self) {
      try await database.execute("select diner_id from diners for update nowait")
    }
    try await owner.script("rollback")
    await owner.close()
    let written = try await outcome

    #expect(held == 1)
    #expect(error?.sqlState == .lockNotAvailable)
    #expect(written[0].refusal == nil)
  }

  @Test("a month is closed while a counter is in the middle of a check-in, and neither waits")
  func statementBesideCheckIn() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    let last = day("2026-10-31")
    _ = try await DayCloseService(database).close("DFL-01", through: last, by: aClerk)
    _ = try await ReconciliationService(database).run(["DFL-01"], through: last, by: aClerk)
    let counter = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    try await counter.script(
      "begin; select code from canteens where code = 'DFL-01' for key share")

    let closed = try await StatementService(database, vault: theVault)
      .close("DFL-01", month: day("2026-10-01"), by: aClerk)

    try await counter.script("rollback")
    await counter.close()
    #expect(closed.lines == 1)
  }

  @Test("of two officers who close a month at once, one makes the statement and the other is told")
  func twoClosings() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    let service = StatementService(database, vault: theVault)

    let made = await withTaskGroup(of: Bool.self) { group in
      for _ in 1...3 {
        group.addTask {
          do {
            _ = try await service.close("DFL-01", month: day("2026-10-01"), by: aClerk)
            return true
          } catch {
            #expect(error as? StatementRefusal == .alreadyClosed("DFL-01-2026-10"))
            return false
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect(made == 1)
    #expect(try await service.closed("DFL-01-2026-10").lines.count == 1)
  }

  @Test("of two payments that settle the same debt at once, one is entered")
  func twoPayments() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await community.state("2026-10", at: "2026-11-23")
    let life = StatementLifeService(database)
    let officer = Attribution(by: "街道甲", at: aMoment)
    _ = try await life.take(.submitted, "DFL-01-2026-10", by: aClerk)
    _ = try await life.take(.approved, "DFL-01-2026-10", by: officer)

    let entered = await withTaskGroup(of: Bool.self) { group in
      for voucher in ["P1", "P2"] {
        group.addTask {
          let payment = StatementLifeService.Payment(
            source: .district, fen: 120, day: day("2026-11-23"), voucher: voucher)
          return (try? await life.pay(payment, for: "DFL-01-2026-10", by: officer)) != nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect(entered == 1)
    #expect(try await life.standing("DFL-01-2026-10").debts.map(\.outstanding) == [0, 80])
    let books = try await LedgerService(database).balance("DFL-01", through: day("2026-12-31"))
    #expect(books.first { $0.account.code == "bank" }?.fen == 120)
  }
}
