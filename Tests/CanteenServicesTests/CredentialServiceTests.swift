import CanteenDomain
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// Cards and codes: issued, lost, replaced, and never in clear if they are the person's own.
@Suite("credentials", .database)
struct CredentialServiceTests {
  @Test("a lost card is not good from then on, found again it is, and its meals before stand")
  func lost() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CredentialService(community.database, vault: theVault)
    let calendar = CanteenCalendar.shanghai
    let lostAt = calendar.instant(day("2026-11-17"), time("09:00"))
    try await service.record(.lost, of: "A1", at: lostAt, by: aClerk)

    let before = try await community.checkIn(community.request(1, on: "2026-11-16"))
    let after = try await community.checkIn(community.request(2, on: "2026-11-17"))
    await #expect(throws: CredentialRefusal.outOfTurn(.lost, after: .lost)) {
      try await service.record(.lost, of: "A1", by: aClerk)
    }
    try await service.record(
      .found, of: "A1", at: calendar.instant(day("2026-11-18"), time("09:00")), by: aClerk)
    let meanwhile = try await community.checkIn(community.request(4, on: "2026-11-17"))
    let again = try await community.checkIn(community.request(3, on: "2026-11-18"))

    #expect(before[0].refusal == nil && again[0].refusal == nil)
    #expect(after[0].refusal == .cardNotGood(.lost))
    #expect(meanwhile[0].refusal == .cardNotGood(.lost))
  }

  @Test("the counter offers no price for a lost card, and one for the person's last four")
  func lostAtTheCounter() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let calendar = CanteenCalendar.shanghai
    try await CredentialService(community.database, vault: theVault).record(
      .lost, of: "A1", at: calendar.instant(day("2026-11-17"), time("09:00")), by: aClerk)
    let counter = CounterService(
      CheckInService(community.database, vault: theVault), vault: theVault)
    let noon = calendar.instant(day("2026-11-17"), time("12:00"))

    let byCard = try await counter.candidates("A1", at: "DFL-01", list: 1200, now: noon).persons
    let byName = try await counter.candidates("甲某", at: "DFL-01", list: 1200, now: noon).persons

    #expect(byCard.map(\.refusal) == [.cardNotGood(.lost)] && byCard[0].prices.isEmpty)
    #expect(byName.map(\.refusal) == [nil] && byName[0].prices[.dineIn]?.dinerFen == 1000)
  }

  @Test("a replaced card gives way to the new one; the history keeps both")
  func replaced() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CredentialService(community.database, vault: theVault)
    let diner = try await DinerService(community.database, vault: theVault).person("A1")
    let early = Attribution(by: "窗口", at: aMoment.adding(seconds: -7 * 86_400))
    try await service.replace("A1", with: "A2", by: early)

    let outcomes = try await community.checkIn(
      community.request(1), community.request(2, card: "A2", on: "2026-11-17"))

    #expect(outcomes[0].refusal == .cardNotGood(.replaced) && outcomes[1].refusal == nil)
    #expect(try await service.list(of: diner).map(\.isGood) == [true, false])
    await #expect(throws: CredentialRefusal.belongsToAnother) {
      try await service.replace("A2", with: "B1", by: aClerk)
    }
  }

  @Test("a social-security card checks in, and its number is in no table in clear")
  func hashed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let vault = theVault
    let diner = try await DinerService(community.database, vault: vault).person("A1")
    try await CredentialService(community.database, vault: vault).issue(
      .socialSecurityCard, number: "A12345678", to: diner, by: aClerk)

    let outcome = try await CheckInService(community.database, vault: vault)
      .checkIn([community.request(1, card: "A12345678")], by: aClerk)
    let clear = try await community.database.query(
      "select count(*) from cards where cards::text like '%12345678%'", as: Int.self)

    #expect(outcome[0].refusal == nil)
    #expect(clear == [0])
  }

  @Test("a QR code is made once a person and found again")
  func codes() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CredentialService(community.database, vault: theVault)
    let diners = DinerService(community.database, vault: theVault)
    let diner = try await diners.person("A1")

    let first = try await service.codes(for: [diner], by: aClerk) { "CQ7K2M9WX4RT" }
    let second = try await service.codes(for: [diner], by: aClerk) { "ANOTHERTOKEN" }

    #expect(first == [diner: "CQ7K2M9WX4RT"] && second == first)
    #expect(try await diners.person("CQ7K2M9WX4RT") == diner)
  }
}

/// Proxies with a term.
@Suite("proxies", .database)
struct ProxyServiceTests {
  @Test("a proxy has a term, ends by a new revision, and is counted over the persons he serves")
  func term() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = ProxyService(community.database, vault: theVault)
    let diners = DinerService(community.database, vault: theVault)
    let (a, b) = (try await diners.person("A1"), try await diners.person("B1"))
    for diner in [a, b] {
      try await service.add(
        to: diner, name: "丙某", relation: "志愿者", phone: "13700004321", from: day("2026-11-01"),
        to: nil, reason: "", by: aClerk)
    }
    try await service.end(1, of: a, on: day("2026-11-20"), reason: "搬走", by: aClerk)

    let listed = try await service.list(of: a)

    #expect(listed.map(\.to) == [day("2026-11-20")])
    #expect(listed.map(\.phone) == ["137****4321"] && listed.map(\.fetchesFor) == [2])
    await #expect(throws: DinerRefusal.notFound) {
      try await service.end(2, of: a, on: day("2026-11-20"), reason: "", by: aClerk)
    }
  }
}
