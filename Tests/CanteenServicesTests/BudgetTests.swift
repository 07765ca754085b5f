import CanteenDomain
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// A year's budget is spent to the last fen that fits, and never beyond, whoever asks at once.
@Suite("a source's yearly budget", .database)
struct BudgetTests {
  /// The example's district share of 1.20 for a person of 76, limited to a sum.
  private static func limited(_ yuan: String) -> (String) -> String {
    {
      $0
        + """

        budgets:
          - {source: district, year: 2026, amount: \(yuan), when_exhausted: stop}

        """
    }
  }

  /// Persons of 76 with the cards M1, M2, …
  private static func roster(_ count: Int) -> String {
    "姓名,性别,身份证号,户籍地,居住社区,居民小组,人员类别,类别起始,卡号\n"
      + (1...count).map { place in
        let digits = SmallCommunity.number("51132319500301\(100 + place)")
        return "路人\(place),\(place % 2 == 0 ? "女" : "男"),\(digits),蓬安县,东风路社区,1组,,,M\(place)"
      }.joined(separator: "\n") + "\n"
  }

  /// What is kept as spent, and what the meals that stand add up to.
  private func sums(_ database: Database) async throws -> [Int] {
    try await database.query(
      """
      select spent_fen from (
          select 1 as place, spent_fen
          from budget_uses
          where (source, year, use_no) = (
              select source, year, max(use_no) from budget_uses group by source, year
          )
          union all
          select 2, coalesce(sum(fen), 0)::bigint
          from standing_shares
          where source = 'district' and service_date between '2026-01-01' and '2026-12-31'
      ) as sums
      order by place
      """, as: Int.self)
  }

  @Test
  func `two servers race over the last fen, and it is spent once`() async throws {
    let community = try await SmallCommunity(
      TestDatabase.current.database, edit: Self.limited("12.05"))
    try #require(try await community.register(Self.roster(40)).added == 40)
    let engines = (1...2).map { _ in CheckInEngine(CheckInService(community.database)) }

    let paid = try await withThrowingTaskGroup(of: Int?.self) { group in
      for key in 1...40 {
        group.addTask {
          try await engines[key % 2]
            .checkIn(community.request(key, card: "M\(key)"), by: aClerk).dinerPays
        }
      }
      return try await group.reduce(into: []) { $0.append($1 ?? 0) }
    }

    #expect(paid.sorted() == Array(repeating: 1000, count: 10) + Array(repeating: 1120, count: 30))
    #expect(try await sums(community.database) == [1200, 1200])
    let receivable = try await community.database.query(
      "select sum(fen)::bigint from transfers where debit_account = 'receivable:district'",
      as: Int.self)
    #expect(receivable == [1200])
  }

  @Test
  func `what a reversed meal took is there for the next one`() async throws {
    let community = try await SmallCommunity(
      TestDatabase.current.database, edit: Self.limited("1.20"))
    try #require(try await community.register(Self.roster(3)).added == 3)
    let service = CheckInService(community.database)

    let first = try await service.checkIn([community.request(1, card: "M1")], by: aClerk)[0].get()
    let second = try await community.checkIn(community.request(2, card: "M2"))[0]
    _ = try await service.reverse(first.checkIn.id, reason: "刷错卡", by: aClerk)
    let third = try await community.checkIn(community.request(3, card: "M3"))[0]

    #expect(first.checkIn.dinerPays == 1000)
    #expect([second.dinerPays, third.dinerPays] == [1120, 1000])
    #expect(try await sums(community.database) == [120, 120])
  }

  @Test
  func `a budget that begins within the year counts what was spent before`() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database) {
      $0.replacing("valid_from: 2025-01-01", with: "valid_from: 2025-01-01\nvalid_to: 2026-11-15")
    }
    let service = CheckInService(community.database)
    _ = try await service.checkIn(
      [community.request(1, on: "2026-11-13"), community.request(2, on: "2026-11-14")], by: aClerk)
    let example = try #require(ExamplePolicies.text(named: "example-age-bands"))
    _ = try await PolicyService(community.database).activate(
      Self.limited("3.60")(example)
        .replacing("version: \"2025\"", with: "version: \"2026\"")
        .replacing("valid_from: 2025-01-01", with: "valid_from: 2026-11-16"),
      name: "limited", by: aClerk)

    let outcomes = try await service.checkIn(
      [community.request(3, on: "2026-11-16"), community.request(4, on: "2026-11-17")], by: aClerk)

    #expect(outcomes.map(\.dinerPays) == [1000, 1120])
    #expect(try await sums(community.database) == [360, 360])
  }

  @Test
  func `the counter quotes the price that the check-in will have`() async throws {
    let community = try await SmallCommunity(
      TestDatabase.current.database, edit: Self.limited("1.20"))
    let noon = CanteenCalendar.shanghai.instant(day("2026-11-23"), time("12:00"))
    let service = CheckInService(community.database, vault: theVault)
    let counter = CounterService(service, vault: theVault)
    func quote() async throws -> Fen? {
      try await counter.candidates("A1", at: "DFL-01", list: 1200, now: noon).persons.first?
        .prices[.dineIn]?.dinerFen
    }

    let before = try await quote()
    _ = try await community.checkIn(community.request(1, on: "2026-11-22"))
    let after = try await quote()

    #expect([before, after] == [1000, 1120])
  }

  @Test
  func `repricing credits nothing that the budget refused, and counts what it takes back`()
    async throws
  {
    let community = try await SmallCommunity(
      TestDatabase.current.database, edit: Self.limited("1.20"))
    try #require(try await community.register(Self.roster(2)).added == 2)
    _ = try await community.checkIn(
      community.request(1, card: "M1"), community.request(2, card: "M2", at: "12:10"))
    let adjustments = AdjustmentService(community.database)
    func reprice() async throws -> [Int] {
      try await adjustments.reprice(since: day("2026-11-01"), isDryRun: false, by: aClerk)
        .map(\.adjustment.fen.count)
    }

    let asItWas = try await reprice()
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses
      select diner_id, 1, 1, now(), 'test', 'deceased', '2026-11-10', null
      from cards where card_no = 'M1'
      """)
    let afterDeath = try await reprice()

    let sums = try await sums(community.database)
    #expect(asItWas == [])
    #expect(afterDeath == [-200, 120])
    #expect(sums == [120, 120])
  }

  @Test(
    "a line in whose middle the budget ends is the same priced again, also one of before that was kept",
    arguments: [false, true])
  func endsWithinLine(isOld: Bool) async throws {
    let community = try await SmallCommunity(
      TestDatabase.current.database,
      policy: """
        policy: two
        version: "1"
        title: 示例
        valid_from: 2025-01-01
        region: 511323
        stages:
          - {stage: subsidy, code: a, source: district, groups: [{code: 60+, title: 60周岁及以上, who: {age: 60+}, fixed: 2.00}]}
          - {stage: subsidy, code: b, source: district, groups: [{code: 60+, title: 60周岁及以上, who: {age: 60+}, fixed: 1.00}]}
        budgets: [{source: district, year: 2026, amount: 5.50, when_exhausted: stop}]

        """)
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-11-16"), community.request(2, on: "2026-11-17"))
    if isOld {
      try await TestDatabase.current.asOwner(
        """
        update check_ins
        set pricing = jsonb_set(
            pricing, '{line,reasons}',
            (
                select jsonb_agg(case r ->> 'code' when 'budget' then r - 'base' else r end order by n)
                from jsonb_array_elements(pricing #> '{line,reasons}') with ordinality as e (r, n)
            )
        )
        """)
    }
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-11-17"), by: aClerk)

    #expect(outcomes.map(\.dinerPays) == [900, 1000])
    let said = try await community.database.query(
      """
      select count(*)
      from check_ins
      where pricing @? '$.line.reasons[*] ? (@.code == "budget" && @.base == 300)'
      """, as: Int.self)
    #expect(said == [isOld ? 0 : 1])
    #expect(try await AuditService(community.database).verify("DFL-01").broken == nil)
    for check in ["R01", "R24"] {
      let found = try await ReconciliationService(community.database)
        .look(check, "DFL-01", from: day("2026-11-01"), to: day("2026-11-30"))
      #expect(found.isEmpty)
    }
  }

  @Test("R29: a kept sum that is other than its meals fires; one that is the same does not")
  func check() async throws {
    let community = try await SmallCommunity(
      TestDatabase.current.database, edit: Self.limited("100.00"))
    _ = try await community.checkIn(community.request(1), community.request(2, on: "2026-11-17"))
    let service = ReconciliationService(community.database)
    func found() async throws -> [Finding] {
      try await service.look("R29", "DFL-01", from: day("2026-11-01"), to: day("2026-11-30"))
    }
    #expect(try await found().isEmpty)

    try await TestDatabase.current.asOwner("update budget_uses set spent_fen = spent_fen + 1")
    #expect(try await found().map(\.subject) == ["budget example-age-bands district 2026"])
  }
}
