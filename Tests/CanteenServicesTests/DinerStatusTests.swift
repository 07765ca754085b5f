import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// What takes a person out of the scheme ends when it ends, whoever recorded it.
@Suite("statuses", .database)
struct DinerStatusTests {
  private func community() async throws -> (SmallCommunity, Diner.ID) {
    let community = try await SmallCommunity(TestDatabase.current.database) {
      $0.replacing("exclude: [in_institution]", with: "exclude: [in_institution, staff]")
    }
    let person = try await DinerService(community.database, vault: theVault).person("B1")
    return (community, person)
  }

  private func row(_ columns: String, _ cells: String) -> String {
    """
    姓名,身份证号,居住社区,居民小组,户籍地,\(columns)
    乙某,\(SmallCommunity.number("51132319610613319")),东风路社区,2组,蓬安县,\(cells)

    """
  }

  @Test("who no longer works here is subsidised again, and was not while he did")
  func staff() async throws {
    let (community, person) = try await community()
    let service = DinerStatusService(community.database)
    try await service.set(.staff, of: person, from: day("2026-11-02"), reason: "帮厨", by: aClerk)
    try await service.end(.staff, of: person, on: day("2026-11-10"), reason: "", by: aClerk)

    let outcomes = try await community.checkIn(
      community.request(1, card: "B1", on: "2026-11-10"),
      community.request(2, card: "B1", on: "2026-11-11"))

    #expect(outcomes.map(\.dinerPays) == [1200, 800])
  }

  @Test("a death that was reported wrongly is taken back, with the entitlement that it ended")
  func wrongDeath() async throws {
    let (community, person) = try await community()
    let service = DinerStatusService(community.database)
    let ended = try await service.set(
      .deceased, of: person, from: day("2026-11-10"), reason: "误报", by: aClerk)
    let later = Attribution(by: "王主任", at: aMoment.adding(seconds: 60))
    let again = try await service.end(
      .deceased, of: person, on: day("2026-11-16"), reason: "本人到场", by: later)

    let meal = try await community.checkIn(community.request(1, card: "B1", on: "2026-11-12"))
    let found = try await DinerService(community.database, vault: theVault)
      .find("B1", on: day("2026-11-16"), limit: 1)

    #expect(ended == 1 && again == 1)
    #expect(meal.map(\.dinerPays) == [800])
    #expect(found.first?.status == nil && found.first?.categories == [Category(named: "低保")])
    let checks = try await ReconciliationService(community.database)
      .run(["DFL-01"], through: day("2026-11-15"), by: later)
    #expect(!checks.open.contains { $0.check == "R06" })
  }

  @Test("another day of death in the roster corrects the first, and ends what the person had")
  func rosterDeath() async throws {
    let (community, person) = try await community()
    let dead = row("人员类别,状态,状态日期", "低保,去世,2026-11-12")

    try await DinerStatusService(community.database).set(
      .deceased, of: person, from: day("2026-11-14"), reason: "", by: aClerk)
    let corrected = try await community.register(dead)
    let again = try await community.register(dead)

    #expect(corrected.changed == 1 && again.unchanged == 1)
    let deaths = try await community.database.query(
      "select valid_from::text from current_diner_statuses", as: String.self)
    let ends = try await community.database.query(
      "select valid_to::text from current_entitlements", as: String.self)
    #expect(deaths == ["2026-11-12"] && ends == ["2026-11-12"])
  }

  @Test("a death in the roster ends an entitlement even where the row gives it a later end")
  func rosterDeathWithTerm() async throws {
    let (community, _) = try await community()
    let dead = row("人员类别,类别截止,状态,状态日期", "低保,2026-12-31,去世,2026-11-12")

    let first = try await community.register(dead)
    let second = try await community.register(dead)

    let ends = try await community.database.query(
      "select valid_to::text from current_entitlements", as: String.self)
    #expect(first.changed == 1 && second.unchanged == 1 && ends == ["2026-11-12"])
  }

  @Test("a list that repeats what was taken back says so and changes nothing")
  func repeated() async throws {
    let (community, person) = try await community()
    let list = """
      姓名,身份证号,死亡日期
      乙某,\(SmallCommunity.number("51132319610613319")),2026-11-12

      """
    let table = try Table(
      DecodedText(bytes: Array(list.utf8), fileName: "死亡名单.csv"), columns: DepartureRow.columns)
    let rows = DepartureRow.read(table, asOf: day("2026-11-23"))
    let imports = DepartureImport(community.database, vault: theVault)
    _ = try await imports.run(rows, fileName: "死亡名单.csv", by: aClerk)
    try await DinerStatusService(community.database).end(
      .deceased, of: person, on: day("2026-11-16"), reason: "误报", by: aClerk)

    let again = try await imports.run(rows, fileName: "死亡名单.csv", by: aClerk)
    let roster = try await community.register(row("状态,状态日期", "去世,2026-11-12"))

    #expect(again.recorded == 0 && again.unchanged == 1 && again.warnings.count == 1)
    #expect(roster.unchanged == 1)
  }

  @Test("a pause with a last day comes from the roster, and ends by itself")
  func paused() async throws {
    let (community, _) = try await community()
    _ = try await community.register(
      row("状态,状态日期,状态截止,状态说明", "暂停,2026-11-09,2026-11-13,探亲"))

    let outcomes = try await community.checkIn(
      community.request(1, card: "B1", on: "2026-11-13"),
      community.request(2, card: "B1", on: "2026-11-16"))

    #expect(outcomes.map(\.dinerPays) == [1200, 800])
  }
}
