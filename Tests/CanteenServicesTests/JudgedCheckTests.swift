import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Checks whose lines the pricing function judges: what the policies give is no finding, whatever the
/// statement by itself would say.
@Suite("checks that price again", .database)
struct JudgedCheckTests {
  private static let capped = """
    policy: capped
    version: "1"
    title: 测试
    document: 测试1号
    valid_from: 2025-01-01
    region: 511323
    applies_by: residence
    age_counts_from: birthday
    exclude: [in_institution]
    periods: [lunch, dinner]
    caps:
      - {per: period, times: 1}
      - {per: week, times: 5}
    stages:
      - stage: subsidy
        code: meal
        stack: best_of
        source: district
        groups:
          - {code: 55+, title: 55周岁及以上, who: {age: 55+}, fixed: 2.00}
    budgets:
      - {source: district, year: 2026, amount: 20.00, when_exhausted: warn}
    settlement: {period: month, retro_months: 3, adjust_to: diner, clawback: none}
    """

  private func community(_ policy: String? = nil) async throws -> SmallCommunity {
    let community = try await SmallCommunity(TestDatabase.current.database, policy: policy)
    _ = try await community.register(
      """
      姓名,性别,身份证号,户籍地,居住社区,居民小组,卡号
      丁某,女,\(SmallCommunity.number("51132319680308152")),蓬安县,东风路社区,1组,C1

      """)
    return community
  }

  private func found(
    _ check: String, _ community: SmallCommunity, from: String = "2026-11-01"
  ) async throws -> [String] {
    try await ReconciliationService(community.database)
      .look(check, "DFL-01", from: day(from), to: day("2026-11-22"))
      .map { "\($0.day) \($0.severity.rawValue)" }.sorted()
  }

  /// The lunch of a day once more as its dinner, with the subsidy that no service would give.
  private func plantDinner(on date: String) async throws {
    try await TestDatabase.current.asOwner(
      """
      with lunch as (
          select c.*, gen_random_uuid() as copy
          from check_ins as c where service_date = '\(date)' and period = 'lunch'
      )
      insert into check_ins (
          diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on, canteen_code,
          mode, means_of_payment, auth_method, list_fen, diner_fen, category, terminal,
          recorded_by, recorded_at, pricing
      )
      select diner_id, service_date, copy, 'dinner', 1, served_at + interval '6 hours', posted_on,
          canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
          terminal, recorded_by, recorded_at,
          replace(replace(pricing::text, check_in_id::text, copy::text), '"lunch"', '"dinner"')::jsonb
      from lunch
      """)
  }

  @Test(
    "R03: a second subsidised meal fires under one a day, and not where the policy gives one a meal"
  )
  func dayCap() async throws {
    let strict = try await community()
    _ = try await strict.checkIn(strict.request(1))
    try await plantDinner(on: "2026-11-16")
    #expect(try await found("R03", strict) == ["2026-11-16 blocking"])
    #expect(try await found("R05", strict) == [])
  }

  @Test("R03: one a meal is no two a day too many")
  func periodCap() async throws {
    let generous = try await community(Self.capped)
    _ = try await generous.checkIn(
      generous.request(1), generous.request(2, at: "17:30", period: .dinner))

    #expect(try await found("R03", generous) == [])
    #expect(try await found("R04", generous) == [])
  }

  @Test("R04: the sixth meal of a natural week fires under the policy's five, the fifth does not")
  func weekCap() async throws {
    let community = try await community(Self.capped)
    for (key, date) in ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"]
      .enumerated()
    {
      _ = try await community.checkIn(community.request(key + 1, on: date))
    }
    #expect(try await found("R04", community) == [])

    try await plantDinner(on: "2026-11-13")
    #expect(try await found("R04", community) == ["2026-11-13 blocking"])
    #expect(try await found("R03", community) == [])
  }

  @Test(
    "R05: 58 years are enough where the policy says 55; a pause that came late fires while it lasts"
  )
  func notEntitled() async throws {
    let community = try await community(Self.capped)
    _ = try await community.checkIn(
      community.request(1, card: "C1", on: "2026-11-16"),
      community.request(2, card: "C1", on: "2026-11-17"),
      community.request(3, card: "C1", on: "2026-11-18"))
    #expect(try await found("R05", community) == [])

    try await learn("paused", of: "C1", from: "2026-11-17", to: "2026-11-17")
    #expect(try await found("R05", community) == ["2026-11-17 blocking"])
  }

  @Test(
    "R06: a stay in an institution fires where the policy excludes it, and is not reported twice")
  func stay() async throws {
    let community = try await community(Self.capped)
    _ = try await community.checkIn(community.request(1), community.request(2, on: "2026-11-17"))
    try await learn("in_institution", of: "A1", from: "2026-11-17", to: nil)

    #expect(try await found("R06", community) == ["2026-11-17 blocking"])
    #expect(try await found("R05", community) == [])
  }

  @Test("R06: a dead person's meal fires at full price, and when its subsidy was taken back since")
  func deadAtFullPrice() async throws {
    let community = try await community()
    _ = try await community.checkIn(
      community.request(1, fullPrice: true), community.request(2, on: "2026-11-17"),
      community.request(3, card: "B1", fullPrice: true))
    try await learn("deceased", of: "A1", from: "2026-11-15", to: nil)
    try await TestDatabase.current.asOwner(
      """
      insert into adjustments
      select diner_id, service_date, check_in_id, 1, '2026-11-23', canteen_code, 'clawback', 'deceased',
          'canteen', diner_fen - list_fen, '[]', jsonb_set(pricing, '{line,shares}', '[]'), 'test', now()
      from check_ins where service_date = '2026-11-17'
      """)

    #expect(try await found("R06", community) == ["2026-11-16 blocking", "2026-11-17 blocking"])
  }

  @Test("R03: a second lunch with a subsidy fires though no cap forbids it")
  func secondLunch() async throws {
    let community = try await community(
      Self.capped.replacing("  - {per: period, times: 1}\n", with: ""))
    _ = try await community.checkIn(
      community.request(1), community.request(2, at: "17:30", period: .dinner))
    #expect(try await found("R03", community) == [])

    try await TestDatabase.current.asOwner(
      "update check_ins set period = 'lunch', meal_no = 2 where period = 'dinner'")
    #expect(try await found("R03", community) == ["2026-11-16 blocking"])
  }

  @Test(
    "R27: two policies that pay side by side do not fire; a share of one that pays nothing does")
  func programmes() async throws {
    let community = try await community(Self.capped)
    _ = try await PolicyService(community.database).activate(
      Self.capped.replacing("policy: capped", with: "policy: second"), name: "second", by: aClerk)
    let outcomes = try await community.checkIn(community.request(1))
    #expect(outcomes.map(\.dinerPays) == [800])
    #expect(try await found("R27", community) == [])

    try await TestDatabase.current.asOwner(
      """
      update check_ins set pricing = replace(pricing::text, '"second"', '"ghost"')::jsonb
      """)
    #expect(try await found("R27", community) == ["2026-11-16 blocking"])
  }

  @Test("R05: an entitlement that had ended fires for its own tier, though the person is 65")
  func endedEntitlement() async throws {
    let community = try await community()
    _ = try await community.checkIn(
      community.request(1, card: "B1"), community.request(2, on: "2026-11-16"))
    #expect(try await found("R05", community) == [])

    // Known before the meal: nothing was recorded since.
    try await TestDatabase.current.asOwner(
      "update entitlements set valid_to = '2026-10-31', recorded_at = '2026-10-31'")
    #expect(try await found("R05", community) == ["2026-11-16 blocking"])
  }

  @Test("R06: a stay during which the policy pays all the same does not fire")
  func allowedStay() async throws {
    let community = try await community(
      Self.capped.replacing("exclude: [in_institution]\n", with: ""))
    _ = try await community.checkIn(community.request(1))
    try await learn("in_institution", of: "A1", from: "2026-11-16", to: nil)

    #expect(try await found("R06", community) == [])
  }

  @Test(
    "R23: the policy's budget that is just used up does not fire; two yuan more do, on their day")
  func budget() async throws {
    let community = try await community(Self.capped)
    // Ten meals at 2.00 are the budget of 20.00.
    for key in 1...10 {
      let date = key <= 5 ? "2026-11-0\(key + 1)" : "2026-11-\(key + 3 < 10 ? "0" : "")\(key + 3)"
      _ = try await community.checkIn(community.request(key, on: date))
    }
    #expect(try await found("R23", community) == [])
    #expect(try await found("R01", community) == [])

    _ = try await community.checkIn(community.request(11, card: "B1", on: "2026-11-17"))
    #expect(try await found("R23", community) == ["2026-11-17 blocking"])
    #expect(try await found("R01", community) == [])
  }

  @Test("R23: what a period's operating subsidy takes counts, on the last day of its period")
  func budgetWithOperating() async throws {
    let community = try await community(
      Self.capped + "\noperating: [{code: op, per: subsidised, amount: 10.00, source: district}]\n")
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-20")

    let found = try await ReconciliationService(community.database)
      .look("R23", "DFL-01", from: day("2026-10-01"), to: day("2026-10-31"))

    // 4.00 for the lunches and 20.00 for the month pass 20.00.
    #expect(found.map(\.day) == [day("2026-10-31")])
  }

  @Test("R01: a line that a spent budget left without its share prices the same again")
  func spentBudget() async throws {
    let community = try await community(
      Self.capped.replacing("when_exhausted: warn", with: "when_exhausted: stop")
        .replacing("amount: 20.00", with: "amount: 3.00"))
    let outcomes = try await community.checkIn(
      community.request(1), community.request(2, card: "B1"))

    #expect(outcomes.map(\.dinerPays) == [1000, 1200])
    #expect(try await found("R01", community) == [])
    #expect(try await found("R24", community) == [])
    #expect(try await found("R23", community) == [])
  }

  @Test("what the register learns late about days that were covered is looked at again")
  func lateFacts() async throws {
    let community = try await community()
    _ = try await community.checkIn(community.request(1), community.request(2, on: "2026-11-17"))
    let service = ReconciliationService(community.database)
    let first = try await service.run(["DFL-01"], through: day("2026-11-22"), by: aClerk)
    #expect(first.open.isEmpty)

    try await learn("deceased", of: "A1", from: "2026-11-16", to: nil)
    let second = try await service.run(["DFL-01"], through: day("2026-11-22"), by: aClerk)
    #expect(second.open.map { "\($0.check) \($0.day)" } == ["R06 2026-11-17"])
    let third = try await service.run(["DFL-01"], through: day("2026-11-22"), by: aClerk)
    #expect(third.days == 0)
  }

  /// What the office hears after the meals.
  private func learn(
    _ status: String, of card: String, from: String, to: String?
  ) async throws {
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses
      select diner_id, 1, 1, timestamptz '2026-11-23 12:00+08', 'test', '\(status)', '\(from)',
          \(to.map { "'\($0)'" } ?? "null")
      from cards where card_no = '\(card)'
      """)
  }

  @Test(
    "a threshold that makes no sense is refused with what it should be",
    arguments: [
      ("R12", "grace", "soon", "时长，写作 20 minutes、90 seconds、2 hours"),
      ("R14", "share", "101", "0 到 100 之间的数"), ("R14", "share", "-1", "数字"),
      ("R08", "factor", "93.8", "0 到 1 之间的数"), ("R10", "days", "3.5", "整数"),
      ("R27", "allowed", "a'b", "字母、数字和 + , . / - _"),
    ])
  func badThreshold(check: String, parameter: String, value: String, form: String) async throws {
    let service = ReconciliationService(TestDatabase.current.database)
    do {
      try await service.setThreshold(
        check: check, parameter: parameter, value: value, canteen: nil, by: aClerk)
      Issue.record("\(value) was taken")
    } catch let refusal as FindingRefusal {
      #expect(refusal.sentence.zh == "\(parameter) 不能是“\(value)”，应为\(form)")
    }
  }

  @Test("the caps and budgets of policies are not set as thresholds")
  func givenByPolicies() async throws {
    let service = ReconciliationService(TestDatabase.current.database)
    for (check, parameter) in [("R03", "cap"), ("R04", "week_cap"), ("R23", "budgets")] {
      await #expect(
        throws: FindingRefusal.givenByPolicies(check: check, parameter: parameter)
      ) {
        try await service.setThreshold(
          check: check, parameter: parameter, value: "2", canteen: nil, by: aClerk)
      }
    }
    try await service.setThreshold(
      check: "R12", parameter: "grace", value: "20 minutes", canteen: nil, by: aClerk)
  }
}
