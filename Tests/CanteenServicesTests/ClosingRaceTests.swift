import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Closings that meet others: one outcome, and nothing in between.
@Suite("closings at once", .database)
struct ClosingRaceTests {
  private var database: Database { TestDatabase.current.database }

  @Test("a day that is closed while people check in counts each meal in one day's books")
  func closeDuringCheckIns() async throws {
    let community = try await SmallCommunity(database)
    let database = database
    let today = day("2026-11-23")
    let late = Attribution(by: "柜台", at: CanteenCalendar.shanghai.instant(today, time("20:00")))
    // Full price, so that one person can eat forty times.
    let requests = (1...40).map {
      community.request($0, on: "2026-11-23", at: "12:\(10 + $0)", fullPrice: true)
    }

    try await withThrowingTaskGroup(of: Void.self) { group in
      for request in requests {
        group.addTask {
          let outcome = try await CheckInService(database).checkIn([request], by: late)
          #expect(outcome[0].refusal == nil)
        }
      }
      group.addTask {
        _ = try await Self.closed(database, through: today, by: late)
      }
      try await group.waitForAll()
    }
    _ = try await Self.closed(
      database, through: today + 1,
      by: Attribution(
        by: "柜台", at: CanteenCalendar.shanghai.instant(today + 1, time("20:00"))))

    let closes = try await DayCloseService(database).closed("DFL-01", from: today, to: today + 1)
    #expect(closes.map(\.totals.meals).reduce(0, +) == 40)
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  /// Nothing to close yet is an outcome too.
  private static func closed(
    _ database: Database, through day: Day, by: Attribution
  ) async throws -> [DayClose] {
    do {
      return try await DayCloseService(database).close("DFL-01", through: day, by: by)
    } catch DayCloseRefusal.nothingToClose {
      return []
    }
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
