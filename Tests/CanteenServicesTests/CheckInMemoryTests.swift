import CanteenDomain
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// What a server remembers of persons makes a tap quicker and changes no answer.
@Suite("check-in from memory", .database)
struct CheckInMemoryTests {
  /// A service that has just checked person A in for lunch, and so remembers her.
  private struct Remembering {
    let community: SmallCommunity
    let service: CheckInService
    let diner: Diner.ID

    init(edit: (String) -> String = { $0 }) async throws {
      community = try await SmallCommunity(TestDatabase.current.database, edit: edit)
      service = CheckInService(community.database)
      diner = try await DinerService(community.database, vault: theVault).person("A1")
      let first = try await service.checkIn([community.request(1)], by: aClerk)
      try #require(first[0].dinerPays == 1000)
    }

    func tap(_ request: CheckInRequest) async throws -> CheckInService.Outcome {
      try await service.checkIn([request], by: aClerk)[0]
    }

    /// Lunch on the day after.
    func tap(_ key: Int = 2) async throws -> CheckInService.Outcome {
      try await tap(community.request(key, on: "2026-11-17"))
    }
  }

  @Test
  func `a person who came before is not read again`() async throws {
    let scene = try await Remembering()
    // No row more: this happens behind the back of whoever counts them, and in no other way.
    try await TestDatabase.current.asOwner("update diner_records set name = '别人'")

    let remembered = try await scene.tap()
    let read = try await CheckInService(scene.community.database)
      .checkIn([scene.community.request(3, on: "2026-11-18")], by: aClerk)[0]

    #expect(try remembered.get().name == "甲某")
    #expect(try read.get().name == "别人")
  }

  @Test
  func `a person who was looked up is not read again either`() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CheckInService(community.database, vault: theVault)
    let counter = CounterService(service, vault: theVault)
    let noon = Attribution(
      by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-11-23"), time("12:04")))
    let found = try await counter.candidates("A1", at: "DFL-01", list: 1200, now: noon.at)
    try #require(found.persons.count == 1)
    try await TestDatabase.current.asOwner("update diner_records set name = '别人'")

    let tapped = try await service.checkIn([community.request(1, on: "2026-11-23")], by: noon)[0]

    #expect(try tapped.get().name == "甲某" && tapped.dinerPays == 1000)
  }

  @Test
  func `what is written from memory is what is written from reading`() async throws {
    let scene = try await Remembering()
    _ = try await scene.tap()
    _ = try await CheckInService(scene.community.database)
      .checkIn([scene.community.request(3, on: "2026-11-18")], by: aClerk)

    let rows = try await scene.community.database.query(
      """
      select distinct
          (pricing::jsonb #- '{inputs,meal,id}' #- '{inputs,meal,day}')::text
      from check_ins
      where service_date > '2026-11-16'
      """, as: String.self)

    #expect(rows.count == 1, "\(rows)")
  }

  @Test
  func `a lunch that another server took is known before ours is written`() async throws {
    let scene = try await Remembering()
    _ = try await scene.community.checkIn(scene.community.request(9, on: "2026-11-17", at: "11:30"))

    #expect(try await scene.tap().refusal?.kind == .conflict)
  }

  @Test
  func `a cap counts what another server took`() async throws {
    let scene = try await Remembering()
    _ = try await scene.community.checkIn(
      scene.community.request(
        9, canteen: "XFS-01", on: "2026-11-17", at: "17:30", period: .dinner))

    #expect(try await scene.tap().dinerPays == 1200, "the day's subsidised meal is taken")
  }

  @Test
  func `a meal that another server took back leaves its place`() async throws {
    let scene = try await Remembering()
    let other = CheckInService(scene.community.database)
    _ = try await other.reverse(scene.community.request(1).id, reason: "点错", by: aClerk)

    #expect(try await scene.tap(scene.community.request(2)).dinerPays == 1000)
  }

  @Test
  func `a key is answered as it was, and taken once, whoever remembers`() async throws {
    let scene = try await Remembering()
    let first = try await scene.tap()
    let again = try await scene.tap()
    let other = try await scene.tap(scene.community.request(2, on: "2026-11-18"))
    // At full price nothing but the key itself speaks against it.
    let full = try await scene.tap(
      scene.community.request(2, on: "2026-11-18", fullPrice: true))

    #expect(try again.get().isRepeated && again.dinerPays == first.dinerPays)
    #expect(other.refusal == .keyUsedForAnother(scene.community.request(2).id))
    #expect(full.refusal == .keyUsedForAnother(scene.community.request(2).id))
  }

  @Test
  func `what the register learns counts for the next tap`() async throws {
    let scene = try await Remembering()
    let rights = EntitlementService(scene.community.database)
    let statuses = DinerStatusService(scene.community.database)
    var pays: [Int?] = []

    let dibao = Category("DIBAO")
    let application = EntitlementService.Application(
      category: dibao, from: day("2026-11-01"), evidence: "低保证")
    try await rights.apply(application, for: scene.diner, by: aClerk)
    pays.append(try await scene.tap(2).dinerPays)
    for step in [ApprovalStep.communityChecked, .streetApproved, .published, .active] {
      try await rights.advance(dibao, of: scene.diner, to: step, by: aClerk)
    }
    pays.append(
      try await scene.tap(scene.community.request(3, on: "2026-11-18")).dinerPays)
    try await statuses.set(
      .paused, of: scene.diner, from: day("2026-11-19"), reason: "住院", by: aClerk)
    pays.append(
      try await scene.tap(scene.community.request(4, on: "2026-11-19")).dinerPays)

    #expect(pays == [1000, 800, 1200])
  }

  @Test
  func `a new record of the person counts for the next tap`() async throws {
    let scene = try await Remembering()
    _ = try await scene.community.register(
      """
      姓名,性别,身份证号,户籍地,居住社区,人员类别,类别起始
      甲某,女,\(SmallCommunity.number("51132319500308152")),蓬安县,东风路社区,低保,2024-01-01

      """)

    #expect(try await scene.tap().dinerPays == 800)
  }

  @Test
  func `a day that was closed meanwhile takes nothing more`() async throws {
    let scene = try await Remembering()
    _ = try await DayCloseService(scene.community.database)
      .close("DFL-01", through: day("2026-11-17"), by: aClerk)

    #expect(try await scene.tap().get().checkIn.postedOn == day("2026-11-18"))
  }

  @Test
  func `a policy that was activated meanwhile prices the next tap`() async throws {
    let scene = try await Remembering {
      $0.replacing("valid_from: 2025-01-01", with: "valid_from: 2025-01-01\nvalid_to: 2026-11-16")
    }
    let example = try #require(ExamplePolicies.text(named: "example-age-bands"))
    _ = try await PolicyService(scene.community.database).activate(
      example.replacing("version: \"2025\"", with: "version: \"2026\"")
        .replacing("valid_from: 2025-01-01", with: "valid_from: 2026-11-17")
        .replacing("fixed: 2.00", with: "fixed: 2.50"),
      name: "example", by: aClerk)

    #expect(try await scene.tap().dinerPays == 950)
  }

  @Test
  func `a twin who was merged meanwhile counts for the next tap`() async throws {
    let scene = try await Remembering()
    _ = try await scene.community.register(
      """
      姓名,性别,身份证号,居住社区,卡号
      甲某,女,\(SmallCommunity.number("51132319500308154")),东风路社区,A9

      """)
    let diners = DinerService(scene.community.database, vault: theVault)
    _ = try await scene.tap(scene.community.request(5, card: "A9", on: "2026-11-17"))
    _ = try await DinerMerge(scene.community.database).merge(
      try await diners.person("A9"), into: scene.diner, reason: "同一人", by: aClerk)

    #expect(try await scene.tap().refusal?.kind == .conflict)
  }

  @Test
  func `several who are remembered go together, and a stranger among them spoils nothing`()
    async throws
  {
    let scene = try await Remembering()
    let community = scene.community

    let known = try await scene.service.checkIn(
      [
        community.request(2, on: "2026-11-17"),
        community.request(3, on: "2026-11-17", at: "17:30", period: .dinner),
      ], by: aClerk)
    let mixed = try await scene.service.checkIn(
      [
        community.request(4, on: "2026-11-18"), community.request(5, card: "B1", on: "2026-11-18"),
        community.request(6, card: "nobody", on: "2026-11-18"),
      ], by: aClerk)

    #expect(known.map(\.dinerPays) == [1000, 1200])
    #expect(mixed.map(\.dinerPays) == [1000, 800, nil])
    #expect(mixed[2].refusal == .unknownCard("nobody"))
  }
}
