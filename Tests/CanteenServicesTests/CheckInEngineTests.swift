import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Dispatch
import Postgres
import Synchronization
import Testing

/// Batches that form by themselves, over one database and several windows.
@Suite("the check-in engine", .database)
struct CheckInEngineTests {
  private func community() async throws -> SmallCommunity {
    try await SmallCommunity(TestDatabase.current.database)
  }

  @Test
  func `of many windows and two servers racing for one meal, exactly one wins`() async throws {
    let community = try await community()
    let service = CheckInService(community.database)
    let engines = [CheckInEngine(service), CheckInEngine(CheckInService(community.database))]

    let won = try await withThrowingTaskGroup(of: Bool.self) { group in
      for key in 1...60 {
        group.addTask {
          try await engines[key % 2].checkIn(community.request(key), by: aClerk).refusal == nil
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }

    #expect(won == 1)
  }

  @Test
  func `the day's cap holds when two canteens race for two meals of one person`() async throws {
    let community = try await community()
    let engines = [
      CheckInEngine(CheckInService(community.database)),
      CheckInEngine(CheckInService(community.database)),
    ]

    let pays = try await withThrowingTaskGroup(of: Int?.self) { group in
      group.addTask {
        try await engines[0].checkIn(community.request(1, card: "B1"), by: aClerk).dinerPays
      }
      group.addTask {
        try await engines[1].checkIn(
          community.request(2, card: "B1", canteen: "XFS-01", at: "17:30", period: .dinner),
          by: aClerk
        ).dinerPays
      }
      return try await group.reduce(into: []) { $0.append($1 ?? 0) }
    }

    #expect(pays.sorted() == [800, 1200])
  }

  @Test
  func `the same key at the same time, many times over, is one meal and one answer`()
    async throws
  {
    let community = try await community()
    let engine = CheckInEngine(CheckInService(community.database))

    let receipts = try await withThrowingTaskGroup(of: CheckInReceipt.self) { group in
      for _ in 1...40 {
        group.addTask { try await engine.checkIn(community.request(7), by: aClerk).get() }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }

    #expect(receipts.count { !$0.isRepeated } == 1)
    #expect(Set(receipts.map(\.checkIn)).count == 1)
    let rows = try await community.database.query("select count(*) from check_ins", as: Int.self)
    #expect(rows == [1])
  }

  @Test
  func `connections that break under way lose nothing and double nothing`() async throws {
    let community = try await community()
    let engine = CheckInEngine(CheckInService(community.database))
    let url = TestDatabase.current.ownerURL

    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let killer = try await Connection.open(
          ConnectionConfiguration(url: url), logger: TestDatabase.quietLogger)
        for _ in 1...40 {
          _ = try await killer.query(
            """
            select pg_terminate_backend(pid)
            from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """)
          try await killer.execute("select pg_sleep(0.01)")
        }
        await killer.close()
      }
      for key in 1...80 {
        group.addTask {
          let request = community.request(
            key, card: key % 2 == 0 ? "A1" : "B1",
            on: "2026-\(key <= 40 ? "09" : "10")-\(10 + key % 20)",
            fullPrice: true)
          while true {
            do {
              _ = try await engine.checkIn(request, by: aClerk).get()
              return
            } catch let error where TemporaryFault.isOne(error) { continue }
          }
        }
      }
      try await group.waitForAll()
    }

    let counted = try await community.database.query(
      """
      select
          (select count(*) from check_ins) as meals,
          (select count(*) from check_in_keys) as keys,
          (select sum(list_fen) from check_ins)::bigint as listed,
          (select sum(fen) from transfers)::bigint as moved
      """)
    let row = try #require(counted.first)
    #expect(try row.decode("meals", as: Int.self) == 80)
    #expect(try row.decode("keys", as: Int.self) == 80)
    #expect(try row.decode("listed", as: Int.self) == row.decode("moved", as: Int.self))
  }

  @Test
  func `a list written by hand keeps what it cannot take`() async throws {
    let community = try await community()
    _ = try await community.checkIn(community.request(1))
    var late = community.request(2)
    late.entry = .late
    let service = CheckInService(community.database)

    let first = try await service.checkIn([late], by: aClerk)
    let second = try await service.checkIn([late], by: aClerk)
    let open = try await service.exceptions("DFL-01")
    _ = try await service.decide(late.id, .reject, reason: "重复", by: aClerk)

    #expect(first[0].refusal?.code == "kept_as_exception")
    #expect(second[0].refusal?.code == "kept_as_exception")
    #expect(open.map(\.code) == ["already_served"])
    #expect(try await service.exceptions("DFL-01").isEmpty)
    #expect(try await service.exceptions("DFL-01", openOnly: false).count == 1)
  }

  @Test
  func `guests are counted in the books, and not in the street office's statement`() async throws {
    let community = try await community()
    var guest = community.request(1)
    guest.party = .guest(.family)
    let service = CheckInService(community.database, vault: theVault)
    let receipt = try await service.checkIn([guest], by: aClerk)[0].get()
    _ = try await community.checkIn(community.request(2))
    let officer = Attribution(
      by: "街道办", at: CanteenCalendar.shanghai.instant(day("2026-12-02"), time("09:00")))
    let closes = DayCloseService(community.database)
    _ = try await closes.close("DFL-01", through: day("2026-11-30"), by: officer)
    _ = try await ReconciliationService(community.database).run(
      ["DFL-01"], through: day("2026-11-30"), by: officer)

    let statement = try await StatementService(community.database, vault: theVault)
      .closeAndRead("DFL-01", month: day("2026-11-01"), by: officer)

    #expect(receipt.name == "家属" && receipt.checkIn.dinerPays == 1200)
    #expect(statement.lines.map(\.name) == ["甲*"])
    let revenue = try await community.database.query(
      "select sum(credit_fen)::bigint from account_days where account = 'guest_revenue'",
      as: Int.self)
    #expect(revenue == [1200])
  }

  @Test
  func `only a proxy who is registered for the day may fetch`() async throws {
    let community = try await community()
    var request = community.request(1)
    request.proxy = 1

    let outcome = try await community.checkIn(request)

    #expect(outcome[0].refusal == .unknownProxy(1))
  }

  @Test
  func `a meal that was paid at another price is not taken silently`() async throws {
    let community = try await community()
    var request = community.request(1)
    request.quoted = 800

    let outcome = try await community.checkIn(request)

    #expect(outcome[0].refusal == .paidAnotherPrice(paid: 800, right: 1000))
  }

  @Test
  func `a server without room fails a batch as a whole, not each request of it once more`()
    async throws
  {
    let community = try await community()
    try await TestDatabase.current.asOwner(
      """
      create sequence attempts;
      grant all on attempts to canteen_app;
      create function refuse() returns trigger language plpgsql as $$
      begin
          perform nextval('attempts');
          raise exception 'no room' using errcode = '53300';
      end $$;
      create trigger refuse before insert on check_in_keys
      for each statement execute function refuse();
      """)
    let engine = CheckInEngine(CheckInService(community.database), flights: 1)

    let failed = await withTaskGroup(of: Bool.self) { group in
      for key in 1...40 {
        group.addTask {
          do {
            _ = try await engine.checkIn(community.request(key, fullPrice: true), by: aClerk)
            return false
          } catch {
            return TemporaryFault.isOne(error)
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }

    let attempts = try await community.database.query(
      "select last_value from attempts", as: Int.self)
    #expect(failed == 40)
    #expect(attempts[0] <= 40)
  }

  /// Runs what it is given on a queue of its own, and counts.
  private final class CountingExecutor: TaskExecutor {
    let count = Atomic<Int>(0)
    private let queue = DispatchQueue(label: "counting")

    func enqueue(_ job: consuming ExecutorJob) {
      count.add(1, ordering: .relaxed)
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  @Test
  func `who comes alone is carried where the answer is made, and of many all land`() async throws {
    let community = try await community()
    let engine = CheckInEngine(CheckInService(community.database))
    let executor = CountingExecutor()

    let first = try await engine.checkIn(community.request(1), by: aClerk, on: executor)
    let carried = executor.count.load(ordering: .relaxed)
    let refusals = try await withThrowingTaskGroup(of: CheckInRefusal?.self) { group in
      for key in 2...60 {
        group.addTask {
          try await engine.checkIn(
            community.request(key, fullPrice: true), by: aClerk, on: executor
          ).refusal
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }

    #expect(first.refusal == nil)
    #expect(carried > 0)
    #expect(refusals.count == 59 && refusals.allSatisfy { $0 == nil })
  }
}
