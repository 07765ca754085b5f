import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// Twins become one person with both histories.
@Suite("merging records", .database)
struct DinerMergeTests {
  /// A second record of person A under a mistyped number, with the card A9.
  private func twins() async throws -> (SmallCommunity, Diner.ID, Diner.ID) {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let outcome = try await community.register(
      """
      姓名,性别,身份证号,居住社区,卡号
      甲某,女,\(SmallCommunity.number("51132319500308154")),东风路社区,A9

      """)
    #expect(outcome.twins.map(\.reason) == [.nameAndBirthDate])
    let diners = DinerService(community.database, vault: theVault)
    return (community, try await diners.person("A9"), try await diners.person("A1"))
  }

  @Test("a pair with the same name and birth date is named, and no longer once merged")
  func named() async throws {
    let (community, twin, person) = try await twins()
    let merge = DinerMerge(community.database)

    let before = try await merge.twins()
    _ = try await merge.merge(twin, into: person, reason: "身份证录错", by: aClerk)

    #expect(before.map { [$0.one, $0.other] } == [[person, twin]])
    #expect(try await merge.twins() == [])
    await #expect(throws: DinerRefusal.alreadyMerged) {
      try await merge.merge(twin, into: person, reason: "再来", by: aClerk)
    }
  }

  @Test("meals of both count together afterwards, and a second lunch before is listed")
  func capped() async throws {
    let (community, twin, person) = try await twins()
    _ = try await community.checkIn(
      community.request(1), community.request(2, card: "A9", at: "12:30"))

    let differences = try await DinerMerge(community.database).merge(
      twin, into: person, reason: "身份证录错", by: aClerk)
    let later = try await community.checkIn(
      community.request(3, on: "2026-11-17"),
      community.request(4, card: "A9", on: "2026-11-17", at: "12:30"))

    #expect(differences.map(\.isSecondMeal) == [true])
    #expect(differences.map(\.diner) == [twin] && differences.map(\.due) == [1200])
    #expect(later[0].refusal == nil && later[1].refusal?.kind == .conflict)
    let history = try await DinerService(community.database, vault: theVault).history(
      of: person, asOf: day("2026-11-23"), knownAt: aMoment)
    #expect(history.facts.contains { $0.kind == .merge && $0.value.contains("#\(twin)") })
  }

  @Test("a lunch that was entered after the dinner is no difference: caps counted the dinner first")
  func accepted() async throws {
    let (community, twin, person) = try await twins()
    let dinner = try await community.checkIn(community.request(1, at: "17:30", period: .dinner))
    let lunch = try await CheckInService(community.database).checkIn(
      [community.request(2)], by: Attribution(by: "测试员", at: aMoment.adding(seconds: 60)))

    let differences = try await DinerMerge(community.database).merge(
      twin, into: person, reason: "身份证录错", by: aClerk)

    #expect(dinner.map(\.dinerPays) == [1000] && lunch.map(\.dinerPays) == [1200])
    #expect(differences == [])
  }

  @Test("repricing, the simulation and the statement take a merged pair for one person")
  func followed() async throws {
    let (community, twin, person) = try await twins()
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-16"),
      community.request(2, card: "A9", on: "2026-11-16", at: "12:30"))
    _ = try await DinerMerge(community.database).merge(
      twin, into: person, reason: "身份证录错", by: aClerk)
    let text = try #require(ExamplePolicies.text(named: "example-age-bands"))
    let draft = PolicyFile.read(text, name: "draft.yaml")

    let simulated = try await SimulationService(community.database)
      .simulate([draft], from: day("2026-11-01"), to: day("2026-11-30"))
    let repriced = try await AdjustmentService(community.database)
      .reprice(since: day("2026-11-01"), isDryRun: true, by: aClerk)
    let late = Attribution(
      by: "王主任", at: CanteenCalendar.shanghai.instant(day("2026-12-03"), time("20:00")))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-11-30"), by: late)
    let checks = try await ReconciliationService(community.database)
      .run(["DFL-01"], through: day("2026-11-30"), by: late)
    for finding in checks.open where finding.severity == .blocking {
      try await ReconciliationService(community.database)
        .explain(
          check: finding.check, canteen: finding.canteen, day: finding.day,
          subject: finding.subject, explanation: "并档前的第二餐", by: late)
    }
    let closed = try await StatementService(community.database, vault: theVault)
      .closeAndRead("DFL-01", month: day("2026-11-01"), by: late)

    #expect(simulated.total.persons == 1 && simulated.total.meals == 2)
    #expect(repriced.map(\.adjustment.dinerID) == [twin], "the second lunch has no subsidy left")
    #expect(repriced.first?.adjustment.new.dinerFen == 1200)
    #expect(closed.statement.persons == 1 && closed.statement.meals == 2)
    #expect(closed.statement.tiers.map(\.persons) == [1])
    #expect(Set(closed.lines.map(\.idNumber)).count == 1, "both lines name the one person")
  }

  @Test("a merge undone makes two persons again")
  func separated() async throws {
    let (community, twin, person) = try await twins()
    let merge = DinerMerge(community.database)
    _ = try await merge.merge(twin, into: person, reason: "身份证录错", by: aClerk)
    try await merge.separate(twin, reason: "确为两人", by: aClerk)

    let outcomes = try await community.checkIn(
      community.request(1), community.request(2, card: "A9", at: "12:30"))

    #expect(outcomes.allSatisfy { $0.refusal == nil })
    await #expect(throws: DinerRefusal.notMerged) {
      try await merge.separate(twin, reason: "确为两人", by: aClerk)
    }
  }

  @Test("who is separated takes along whoever was merged into him before, and them alone")
  func separatedWithFollowers() async throws {
    let (community, a, b) = try await twins()
    _ = try await community.register(
      """
      姓名,性别,身份证号,居住社区
      丙某,女,\(SmallCommunity.number("51132319450308152")),东风路社区
      丁某,女,\(SmallCommunity.number("51132319440308152")),东风路社区

      """)
    let diners = DinerService(community.database, vault: theVault)
    let (c, d) = (try await diners.person("丙某"), try await diners.person("丁某"))
    let merge = DinerMerge(community.database)
    func person(of record: Diner.ID) async throws -> Diner.ID {
      try await diners.person("#\(record)")
    }
    for (record, into) in [(d, c), (c, a), (a, b)] {
      _ = try await merge.merge(record, into: into, reason: "同一人", by: aClerk)
    }
    #expect(try await person(of: d) == b)

    try await merge.separate(a, reason: "确为两人", by: aClerk)
    var persons = [try await person(of: a), try await person(of: c), try await person(of: d)]
    #expect(persons == [a, a, a])

    try await merge.separate(c, reason: "确为两人", by: aClerk)
    persons = [try await person(of: a), try await person(of: c), try await person(of: d)]
    #expect(persons == [a, c, c])
    #expect(try await person(of: b) == b)
  }
}

/// Lists of deaths and moves.
@Suite("departures", .database)
struct DepartureImportTests {
  @Test("a death ends entitlements on its day, names meals after it, and says nothing new twice")
  func death() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, card: "B1", on: "2026-11-16"),
      community.request(2, card: "B1", on: "2026-11-18"))
    let list = """
      姓名,身份证号,死亡日期
      乙某,\(SmallCommunity.number("51132319610613319")),2026-11-17
      某人,\(SmallCommunity.number("51132319400101003")),2026-11-17

      """
    let table = try Table(
      DecodedText(bytes: Array(list.utf8), fileName: "死亡名单.csv"),
      columns: DepartureRow.columns)
    let readings = DepartureRow.read(table, asOf: day("2026-11-23"))
    let service = DepartureImport(community.database, vault: theVault)

    let proposed = try await service.run(
      readings, fileName: "死亡名单.csv", by: aClerk, mode: .propose)
    let first = try await service.run(readings, fileName: "死亡名单.csv", by: aClerk)
    let second = try await service.run(readings, fileName: "死亡名单.csv", by: aClerk)

    #expect(proposed.recorded == 1 && first.recorded == 1 && second.recorded == 0)
    #expect(
      first.entitlementsEnded == 1 && first.unknown.map(\.name) == ["某人"] && second.unchanged == 1)
    #expect(first.mealsAfter.map(\.day) == [day("2026-11-18")])
    let ended = try await community.database.query(
      "select valid_to::text from current_entitlements", as: String.self)
    #expect(ended == ["2026-11-17"])
  }
}

extension DepartureImportTests {
  private func run(_ list: String, _ community: SmallCommunity) async throws
    -> DepartureImport.Outcome
  {
    let table = try Table(
      DecodedText(bytes: Array(list.utf8), fileName: "死亡名单.csv"),
      columns: DepartureRow.columns)
    return try await DepartureImport(community.database, vault: theVault).run(
      DepartureRow.read(table, asOf: day("2026-11-23")), fileName: "死亡名单.csv", by: aClerk)
  }

  @Test("without a whole number name and birth date tell who it is, with a remark")
  func byBirthDate() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)

    let outcome = try await run(
      """
      姓名,身份证号,出生日期,死亡日期
      甲某,,1950-03-08,2026-11-17
      乙某,5.11323E+17,1961-06-13,2026-11-17
      乙某,5.11323E+17,,2026-11-17
      丙某,,1961-06-13,2026-11-17

      """, community)

    #expect(outcome.recorded == 2 && outcome.unknown.count == 1)
    #expect(outcome.warnings.map(\.address.line) == [2, 3])
    #expect(outcome.warnings.allSatisfy { $0.reason.zh.contains("按姓名和出生日期认定为登记册 #") })
    #expect(outcome.refused.map(\.address.line) == [4])
  }

  @Test("a list without numbers does; two persons of a name and birth date are both left alone")
  func ambiguous() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.register(
      """
      姓名,性别,身份证号,居住社区
      甲某,女,\(SmallCommunity.number("51132319500308154")),东风路社区

      """)

    let outcome = try await run("姓名,出生日期,死亡日期\n甲某,1950-03-08,2026-11-17\n", community)

    #expect(outcome.recorded == 0 && outcome.refused.count == 1)
    #expect(outcome.refused.first?.reason.zh.contains("#1、#3") == true)
  }

  @Test("a number that is not registered is said to be another one's of the name and birth date")
  func anotherNumber() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)

    let outcome = try await run(
      "姓名,身份证号,死亡日期\n甲某,\(SmallCommunity.number("51132319500308154")),2026-11-17\n",
      community)

    #expect(outcome.recorded == 0 && outcome.unknown.count == 1)
    #expect(outcome.warnings.first?.reason.zh.contains("#1 姓名和出生日期相同") == true)
  }
}

/// Another key for everything.
@Suite("changing the key", .database)
struct KeyRotationTests {
  @Test("after the change the new key alone opens and finds everything; an interrupted one goes on")
  func rotated() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let old = try #require(VaultKey(id: 1, bytes: Array(repeating: 7, count: 32)))
    let new = try #require(VaultKey(id: 2, bytes: Array(repeating: 9, count: 32)))
    let both = Vault(keys: try VaultKeys([old, new]))
    let diners = DinerService(community.database, vault: theVault)
    let diner = try await diners.person("A1")
    _ = try await CredentialService(community.database, vault: theVault)
      .codes(for: [diner], by: aClerk) { "CQ7K2M9WX4RT" }
    let owner = try Database(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 1,
      logger: TestDatabase.quietLogger)
    let number = SmallCommunity.number("51132319500308152")
    let during = try await DinerService(community.database, vault: both).person(number)

    let changed = try await KeyRotation(owner, vault: both).run(by: aClerk)
    let again = try await KeyRotation(owner, vault: both).run(
      by: Attribution(by: aClerk.by, at: aMoment.adding(seconds: 1)))
    let counts = try await KeyRotation(owner, vault: both).counts()
    await owner.shutdown()

    #expect(during == diner && changed == 3 && again == 0)
    #expect(Array(counts.keys) == [2])
    let alone = DinerService(community.database, vault: Vault(key: new))
    for key in [number, String(number.suffix(4)), "CQ7K2M9WX4RT"] {
      #expect(try await alone.person(key) == diner)
    }
    await #expect(throws: DinerRefusal.notFound) { try await diners.person(number) }
  }
}
