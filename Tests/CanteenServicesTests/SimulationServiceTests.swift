import CanteenDomain
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Synchronization
import Testing

/// What a draft would have cost, compared with sums made by hand or by another way.
@Suite("simulation", .database)
struct SimulationServiceTests {
  private func draft(_ name: String = "example-age-bands", _ edit: (String) -> String) throws
    -> PolicyReading
  {
    PolicyFile.read(edit(try #require(ExamplePolicies.text(named: name))), name: "draft.yaml")
  }

  @Test("a draft that gives 1.00 more to the seventies costs 0.60 and 0.40 more a meal")
  func smallChange() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-16"), community.request(2, on: "2026-11-17"),
      community.request(3, card: "B1", canteen: "XFS-01", on: "2026-11-17"),
      community.request(4, on: "2026-11-18"))
    _ = try await CheckInService(community.database)
      .reverse(community.request(4, on: "2026-11-18").id, reason: "误录", by: aClerk)
    let more = try draft {
      $0.replacing("{age: 70-79}, fixed: 2.00", with: "{age: 70-79}, fixed: 3.00")
    }

    let report = try await SimulationService(community.database)
      .simulate([more], from: day("2026-11-01"), to: day("2026-11-30"))

    #expect(report.total.meals == 3 && report.total.persons == 2)
    #expect(report.total.oldFen == 800 && report.total.newFen == 1000)
    #expect(report.sources.map(\.key) == ["district", "street"])
    #expect(report.sources.map(\.differenceFen) == [120, 80])
    #expect(report.canteens.map(\.differenceFen) == [200, 0])
    #expect(report.ageBands.map(\.key) == ["60-69", "70-79"])
    #expect(report.personsPayingLess == 1 && report.personsUnchanged == 1)
  }

  @Test("the policy in force, given as a draft, changes nothing over a whole community")
  func sameAgain() async throws {
    let database = TestDatabase.current.database
    let community = try Community.sample()
    try await community.prepare(database)
    _ = try await community.importRoster(database)
    let meals = try await community.importSignIns(database)
    let steps = Mutex<[Int]>([])

    let report = try await SimulationService(database).simulate(
      [try draft { $0 }], from: day("2026-01-01"), to: day("2026-12-31")
    ) { progress in steps.withLock { $0.append(progress.done) } }

    #expect(report.total.meals == meals.added)
    #expect(report.total.differenceFen == 0 && report.personsUnchanged == report.total.persons)
    #expect(report.total.oldFen == meals.list - meals.dinersPay)
    #expect(report.sources.map(\.oldFen).sum() == report.total.oldFen)
    #expect(report.canteens.map(\.meals).reduce(0, +) == meals.added)
    let repriced = try await AdjustmentService(database)
      .reprice(since: day("2026-01-01"), isDryRun: false, by: aClerk)
    #expect(repriced.isEmpty)
    let done = steps.withLock { $0 }
    #expect(done.count > 1 && done == done.sorted())
  }

  @Test("meals before the first day count for the draft's caps, and are not summed")
  func capsReachBack() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-16"), community.request(2, on: "2026-11-17"),
      community.request(3, on: "2026-11-18"))
    let weekly = try draft { $0.replacing("{per: day, times: 1}", with: "{per: week, times: 2}") }

    let report = try await SimulationService(community.database)
      .simulate([weekly], from: day("2026-11-18"), to: day("2026-11-30"))

    #expect(report.total.meals == 1)
    #expect(report.total.oldFen == 200 && report.total.newFen == 0)
  }

  @Test("a draft with open questions, a wrong span and an unknown policy are refused")
  func refused() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = SimulationService(community.database)
    let open = try draft { $0.replacing("age_counts_from: birthday", with: "age_counts_from: ASK") }
    let (from, to) = (day("2026-11-01"), day("2026-11-30"))

    await #expect(throws: PolicyRefusal.self) {
      try await service.simulate([open], from: from, to: to)
    }
    await #expect(throws: SimulationRefusal.endsBeforeItStarts(from: to, to: from)) {
      try await service.simulate([try draft { $0 }], from: to, to: from)
    }
    await #expect(throws: PolicyRefusal.unknown("nothing", version: nil)) {
      try await service.simulate([try draft { $0 }], from: from, to: to, replaced: ["nothing"])
    }
  }

  @Test("a simulation that is cancelled stops")
  func cancelled() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(community.request(1, on: "2026-11-16"))
    let reading = try draft { $0 }
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await SimulationService(community.database)
        .simulate([reading], from: day("2026-11-01"), to: day("2026-11-30"))
    }
    await #expect(throws: (any Error).self) { try await task.value }
  }
}
