import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Synchronization
import Testing

/// What a register of many persons must not get wrong.
@Suite("the register at scale", .database)
struct RegisterAtScaleTests {
  /// Persons of one community whose phones all end in 8888.
  private static func roster(_ name: String, in community: String, from first: Int, _ count: Int)
    -> String
  {
    "姓名,身份证号,居住社区,联系电话\n"
      + (first..<(first + count)).map { place in
        let number = SmallCommunity.number("51132319400101\(100 + place)")
        return "\(name),\(number),\(community),139\(1000 + place)8888\n"
      }.joined()
  }

  private static let noon = CanteenCalendar.shanghai.instant(day("2026-11-17"), time("12:00"))

  @Test(
    "the canteen's own neighbourhood comes first, and that there are more is said",
    arguments: ["8888", "zq", "张"])
  func neighbourhood(key: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.register(Self.roster("张七", in: "幸福社区", from: 0, 12))
    _ = try await community.register(Self.roster("张七", in: "东风路社区", from: 12, 3))
    let counter = CounterService(
      CheckInService(community.database, vault: theVault), vault: theVault)

    let near = try await counter.candidates(key, at: "DFL-01", now: Self.noon)
    let there = try await counter.candidates(key, at: "XFS-01", now: Self.noon)
    let one = try await counter.candidates("A1", at: "XFS-01", now: Self.noon)

    #expect(near.persons.count == 8 && near.isMore)
    #expect(near.persons.prefix(3).allSatisfy { $0.summary.residence.contains("东风路社区") })
    #expect(there.persons.count == 8 && there.isMore)
    #expect(there.persons.allSatisfy { $0.summary.residence.contains("幸福社区") })
    #expect(one.persons.map(\.summary.name) == ["甲某"] && !one.isMore)
  }

  @Test("every change of what is kept in memory is seen by the next check-in")
  func changes() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CheckInService(community.database, vault: theVault)
    func pays(_ key: Int, _ date: String, canteen: String = "DFL-01") async throws -> Int? {
      try await service.checkIn([community.request(key, canteen: canteen, on: date)], by: aClerk)[0]
        .dinerPays
    }
    func changes() async throws -> [Int] {
      try await community.database.query(
        "select coalesce(max(change_no), 0) from reference_changes", as: Int.self)
    }
    let before = try await pays(1, "2026-11-16")
    let policies = PolicyService(community.database)
    let old = try #require(try await policies.all().first)
    try await policies.retire(
      old.id, version: old.version, lastDay: day("2026-11-16"), today: day("2026-11-16"),
      by: aClerk)
    let retired = try await pays(2, "2026-11-17")
    let later = try #require(ExamplePolicies.text(named: "example-age-bands"))
      .replacing("\"2025\"", with: "\"2026\"").replacing("2025-01-01", with: "2026-11-18")
      .replacing("fixed: 2.00", with: "fixed: 3.00")
    _ = try await policies.activate(later, name: "later", by: aClerk)
    let renewed = try await pays(3, "2026-11-18")

    let places = try await changes()
    _ = try await RegionService(community.database).add(theRegions, validFrom: Day(number: 0))
    let unchanged = try await changes()
    _ = try await RegionService(community.database).add(
      [
        Region(
          code: Region.Code("511323003"), name: "新街道", level: .street,
          parent: Region.Code("511323"))
      ],
      validFrom: Day(number: 0))
    _ = try await CanteenService(community.database).add(
      aCanteen("NEW-01", named: "新食堂", region: "511323003"))
    let opened = try await pays(4, "2026-11-19", canteen: "NEW-01")
    _ = try await CalendarService(community.database).add(
      [CalendarDay(day: day("2026-11-20"), kind: .holiday, name: "节")],
      today: day("2026-11-16"), by: aClerk)

    #expect([before, retired, renewed, opened] == [1000, 1200, 900, 900])
    #expect(unchanged == places)
    #expect(try await changes() == places.map { $0 + 3 })
  }

  @Test("changes at the same moment each get a number of their own")
  func racingChanges() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let regions = RegionService(community.database)
    let count = "select count(*)::integer from reference_changes where what = 'regions'"
    let before = try await community.database.query("\(unescaped: count)", as: Int.self)

    try await withThrowingTaskGroup(of: Void.self) { group in
      for place in 1...6 {
        group.addTask {
          _ = try await regions.add(
            [
              Region(
                code: Region.Code("51132301\(place)"), name: "\(place)街道", level: .street,
                parent: Region.Code("511323"))
            ], validFrom: Day(number: 0))
        }
      }
      try await group.waitForAll()
    }

    let after = try await community.database.query("\(unescaped: count)", as: Int.self)
    #expect(after == before.map { $0 + 6 })
  }

  @Test("the last batch comes after all others and always writes, so what it ends is on disk")
  func lastBatch() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let persons = 2_007
    let text =
      "姓名,身份证号,居住社区\n"
      + (0..<persons).map { place in
        let number = SmallCommunity.number("51132319400101\(String(1000 + place).suffix(3))")
        let other = SmallCommunity.number(
          "511323194\(place / 1000)0201\(String(1000 + place).suffix(3))")
        return "某人\(place),\(place < 1000 ? number : other),东风路社区\n"
      }.joined()
    let table = try Table(
      DecodedText(bytes: Array(text.utf8), fileName: "名册.csv"), columns: RosterRow.columns)
    let rows = RosterRow.read(table, asOf: day("2026-11-23"))
    let imports = RosterImport(community.database, vault: theVault)
    func nextTransaction() async throws -> Int {
      try await community.database.query(
        "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint", as: Int.self)[0]
    }
    let steps = Mutex<[Int]>([])
    let report: CanteenServices.Progress.Report = { progress in
      steps.withLock { $0.append(progress.done) }
    }

    let first = try await imports.run(rows, fileName: "名册.csv", by: aClerk, report: report)
    let before = try await nextTransaction()
    let second = try await imports.run(rows, fileName: "名册.csv", by: aClerk)
    let after = try await nextTransaction()

    #expect(first.added == persons && second.unchanged == persons)
    #expect(steps.withLock { $0 } == [1000, 2000, 2007])
    #expect(after > before)
  }
}
