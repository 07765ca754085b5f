import CanteenDomain
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// Finding a person by any key, and reading the register as it was known.
@Suite("finding diners", .database)
struct DinerServiceTests {
  private func service(_ community: SmallCommunity) -> DinerService {
    DinerService(community.database, vault: theVault)
  }

  @Test(
    "card, number, its last four, phone, its tail, name and register number each find the person",
    arguments: [
      "A1", SmallCommunity.number("51132319500308152"),
      String(SmallCommunity.number("51132319500308152").suffix(4)), "13900001234", "1234", "甲",
      "甲某", "jm", "#1",
    ])
  func anyKey(key: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.register(
      """
      姓名,性别,身份证号,联系电话,居住社区
      甲某,女,\(SmallCommunity.number("51132319500308152")),13900001234,东风路社区

      """)

    let found = try await service(community).find(key, on: day("2026-11-23"), limit: 20)

    #expect(found.map(\.name) == ["甲某"])
    #expect(found.first?.phone == "139****1234")
  }

  @Test(
    "each further phone finds the person too, before and after a change of key",
    arguments: ["13900005678", "5678", "13900009012", "9012"])
  func furtherPhone(key: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let roster = """
      姓名,性别,身份证号,联系电话,居住社区
      甲某,女,\(SmallCommunity.number("51132319500308152")),13900001234、13900005678 13900009012,东风路社区

      """
    _ = try await community.register(roster)
    let new = try #require(VaultKey(id: 2, bytes: Array(repeating: 9, count: 32)))
    let old = try #require(VaultKey(id: 1, bytes: Array(repeating: 7, count: 32)))
    let owner = try Database(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 1,
      logger: TestDatabase.quietLogger)

    let before = try await service(community).find(key, on: aDay, limit: 20)
    _ = try await KeyRotation(owner, vault: Vault(keys: try VaultKeys([old, new])))
      .run(by: aClerk)
    await owner.shutdown()
    let after = try await DinerService(community.database, vault: Vault(key: new))
      .find(key, on: aDay, limit: 20)

    #expect(before.map(\.name) == ["甲某"] && after.map(\.name) == ["甲某"])
  }

  @Test("a group narrows the search; an unknown one and a blank key are refused")
  func group() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = service(community)

    let inFirst = try await service.find("某", in: "1组", on: aDay, limit: 20)
    let first = try await service.find("甲", in: "1组", on: aDay, limit: 20)
    let second = try await service.find("甲", in: "2组", on: aDay, limit: 20)

    #expect(inFirst.isEmpty, "a name is found by its beginning")
    #expect(first.map(\.name) == ["甲某"] && second.isEmpty)
    await #expect(throws: DinerRefusal.unknownRegion("九重天")) {
      try await service.find("甲", in: "九重天", on: aDay, limit: 20)
    }
    await #expect(throws: DinerRefusal.blank) {
      try await service.find(" ", on: aDay, limit: 20)
    }
  }

  @Test("the register reads as of a past day, as it was known then")
  func bitemporal() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = service(community)
    let id = try await service.person("B1")
    let later = Attribution(by: "社区", at: aMoment.adding(seconds: 86_400))
    try await DinerStatusService(community.database).set(
      .deceased, of: id, from: day("2026-11-20"), reason: "民政名单", by: later)

    let then = try await service.history(of: id, asOf: day("2026-11-22"), knownAt: aMoment)
    let now = try await service.history(of: id, asOf: day("2026-11-22"), knownAt: later.at)
    let before = try await service.history(of: id, asOf: day("2026-11-19"), knownAt: later.at)

    func holds(_ history: DinerHistory, _ kind: DinerHistory.Fact.Kind) -> [Bool] {
      history.facts.filter { $0.kind == kind }.map(\.holds)
    }
    #expect(holds(then, .status) == [] && holds(then, .entitlement) == [true])
    #expect(holds(now, .status) == [true] && holds(now, .entitlement) == [false])
    #expect(holds(before, .status) == [false] && holds(before, .entitlement) == [true])
    await #expect(throws: DinerRefusal.notFound) {
      try await service.history(
        of: id, asOf: aDay, knownAt: aMoment.adding(seconds: -1))
    }
  }

  private var aDay: Day { day("2026-11-23") }
}

/// Applications: each step in its turn, and no price before the last.
@Suite("entitlements", .database)
struct EntitlementServiceTests {
  @Test("an application prices only once it is active")
  func steps() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let diner = try await DinerService(community.database, vault: theVault).person("A1")
    let service = EntitlementService(community.database)
    let before = try await community.checkIn(community.request(1))[0].dinerPays
    let category = Category(named: "低保")
    try await service.apply(
      .init(category: category, from: day("2026-11-01"), evidence: "低保证 12 号"), for: diner,
      by: aClerk)

    await #expect(throws: EntitlementRefusal.outOfTurn(.active, after: .submitted)) {
      try await service.advance(category, of: diner, to: .active, by: aClerk)
    }
    await #expect(throws: EntitlementRefusal.alreadyThere(category)) {
      try await service.apply(
        .init(category: category, from: day("2026-11-05")), for: diner, by: aClerk)
    }
    for step in [ApprovalStep.communityChecked, .streetApproved, .published] {
      try await service.advance(category, of: diner, to: step, by: aClerk)
    }
    let published = try await community.checkIn(community.request(2, on: "2026-11-17"))
    try await service.advance(category, of: diner, to: .active, by: aClerk)
    let active = try await community.checkIn(community.request(3, on: "2026-11-18"))

    #expect(published[0].dinerPays == before)
    #expect(try #require(active[0].dinerPays) < #require(before))
    #expect(try await service.list(at: .active, limit: 9).map(\.stepBy) == [aClerk.by])
  }

  @Test("a refusal needs a reason and ends the way; a new application may follow")
  func refused() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let diner = try await DinerService(community.database, vault: theVault).person("A1")
    let service = EntitlementService(community.database)
    let category = Category(named: "失能")
    try await service.apply(
      .init(category: category, from: day("2026-11-01")), for: diner, by: aClerk)

    await #expect(throws: EntitlementRefusal.reasonMissing) {
      try await service.advance(category, of: diner, to: .refused, by: aClerk)
    }
    try await service.advance(category, of: diner, to: .refused, note: "材料不全", by: aClerk)
    await #expect(throws: EntitlementRefusal.outOfTurn(.communityChecked, after: .refused)) {
      try await service.advance(category, of: diner, to: .communityChecked, by: aClerk)
    }
    try await service.apply(
      .init(category: category, from: day("2026-11-10")), for: diner, by: aClerk)

    #expect(try await service.list(at: .submitted, limit: 9).count == 1)
  }

  @Test("what ends or is to be renewed within the days is listed, the dead left out")
  func expiring() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let diner = try await DinerService(community.database, vault: theVault).person("B1")
    let service = EntitlementService(community.database)
    let category = Category(named: "低保")
    try await service.revise(
      category, of: diner, to: nil, renewBy: day("2026-12-10"), evidence: nil, by: aClerk)

    let soon = try await service.expiring(within: 30, from: day("2026-11-23"))
    let later = try await service.expiring(within: 10, from: day("2026-11-23"))
    try await DinerStatusService(community.database).set(
      .deceased, of: diner, from: day("2026-11-22"), reason: "", by: aClerk)
    let dead = try await service.expiring(within: 30, from: day("2026-11-23"))

    #expect(soon.map(\.renewBy) == [day("2026-12-10")])
    #expect(later.isEmpty && dead.isEmpty)
  }
}
