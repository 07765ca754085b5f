import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// Checks of money, food and corrections, each with a case that fires and its nearest neighbour.
@Suite("checks of money and food", .database)
struct MoneyCheckTests {
  @Test("R02: a statement whose lines add up does not fire; a fen more in one does")
  func detailAndStatement() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = ReconciliationService(community.database)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await service.run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    _ = try await StatementService(community.database, vault: theVault)
      .close("DFL-01", month: day("2026-10-01"), by: aClerk)
    func found() async throws -> [Finding] {
      try await service.look("R02", "DFL-01", from: day("2026-11-01"), to: day("2026-11-30"))
    }
    #expect(try await found().isEmpty)

    try await TestDatabase.current.asOwner(
      """
      update statement_lines
      set content = jsonb_set(content, '{list}', to_jsonb((content ->> 'list')::bigint + 1))
      """)
    #expect(try await found().map(\.day) == [day("2026-11-23")])
  }

  @Test("R18: a till that agrees does not fire; guests, a wrong means and an unpaid void do")
  func till() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals(
      "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", persons: 1...10)
    try await scene.count("2026-03-02", "till", "cash", 9000)
    try await scene.count("2026-03-03", "till", "cash", 10800)
    try await scene.count("2026-03-04", "till", "cash", 8100)
    try await scene.count("2026-03-04", "till", "wechat", 900)
    try await scene.count("2026-03-05", "till", "cash", 9000)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date, now(), 'boss', 'x'
      from check_ins where service_date = '2026-03-05' and diner_id = 1
      """)

    let findings = try await scene.findings("R18")

    #expect(
      findings.map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 till cash", "2026-03-04 till cash", "2026-03-04 till wechat",
        "2026-03-05 till cash",
      ])
    #expect(
      zip(findings, ["客餐未录入", "支付方式记错", "支付方式记错", "冲正后未退款"])
        .allSatisfy { $0.sentence.zh.contains($1) })
  }

  @Test("R19: 105 portions for 100 meals do not fire, 106 do; 125 g not, 124 do; a gate")
  func food() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", "2026-03-05", persons: 1...100)
    for (date, produced) in [("2026-03-02", 110), ("2026-03-03", 111)] {
      try await scene.count(date, "produced", "lunch", produced)
      try await scene.count(date, "wasted", "lunch", 3)
      try await scene.count(date, "carried_over", "lunch", 2)
    }
    try await scene.count("2026-03-05", "gate", "lunch", 94)
    try await scene.count("2026-03-06", "gate", "lunch", 40)
    try await scene.run(
      """
      insert into food_samples values
          ('DFL-01', '2026-03-04', 'lunch', '青菜', 1, 125, 'test', now()),
          ('DFL-01', '2026-03-04', 'lunch', '红烧肉', 1, 124, 'test', now())
      """)

    let findings = try await scene.findings("R19")

    #expect(
      findings.map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 portions lunch", "2026-03-04 sample lunch 红烧肉", "2026-03-05 gate lunch",
        "2026-03-06 gate lunch",
      ])
    #expect(findings.last?.sentence.zh.contains("签到未同步") == true)
  }

  @Test("R20: 3 late entries of 150 do not fire, 4 do; an undo at once does not, a later one does")
  func voids() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...147)
    try await scene.meals("2026-03-02", persons: 148...150, postedLater: 2)
    try await scene.meals("2026-03-03", persons: 1...146)
    try await scene.meals("2026-03-03", persons: 147...150, postedLater: 2)
    try await scene.meals("2026-03-04", persons: 1...2)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date,
          recorded_at + case diner_id when 1 then interval '15 minutes' else '16 minutes' end,
          'clerk', 'x'
      from check_ins where service_date = '2026-03-04'
      """)

    let findings = try await scene.findings("R20")

    #expect(findings.map(\.day.description) == ["2026-03-03", "2026-03-04"])
    #expect(findings.map { $0.subject == "share" } == [true, false])
  }

  @Test("R21: 16.90 is within 13.00 + 30 %, 16.91 is not; a price that no set has fires")
  func prices() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.service.setThreshold(
      check: "R21", parameter: "guide_fen", value: "1300", canteen: "DFL-01", by: aClerk)
    try await scene.meals("2026-03-02", persons: 1...1, list: 1690)
    try await scene.meals("2026-03-03", persons: 1...1, list: 1691)
    try await scene.run(
      """
      insert into menus values ('DFL-01', '2026-03-04', 'lunch', 1, now(), 'test', '\\x00');
      insert into menu_dishes
      values ('DFL-01', '2026-03-04', 'lunch', 1, 1, '标准套餐', 'set', 1300, '{}')
      """)
    try await scene.meals("2026-03-04", persons: 1...1, list: 1300)
    try await scene.meals("2026-03-04", persons: 2...2, list: 1200)

    #expect(try await scene.days("R21") == ["2026-03-03", "2026-03-04"])
  }

  @Test("R23: a budget that is just used up does not fire; a fen more does, on its day")
  func budget() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      "insert into funding_budgets values ('district', 2026, 1, 600, 'test', now())")
    try await scene.meals("2026-03-02", "2026-03-03", "2026-03-04", persons: 1...1)
    func owe(_ date: String, _ fen: Int) async throws {
      try await scene.run(
        """
        insert into transfers
        select diner_id, service_date, check_in_id, 1, posted_on, canteen_code,
            'receivable:district', 'meal_revenue', \(fen)
        from check_ins where service_date = '\(date)'
        """)
    }
    try await owe("2026-03-02", 300)
    try await owe("2026-03-03", 300)
    #expect(try await scene.days("R23") == [])

    try await owe("2026-03-04", 1)
    #expect(try await scene.days("R23") == ["2026-03-04"])
  }

  @Test("R24: a version's last day does not fire, the day after does")
  func versions() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      insert into policies
      values ('p', '1', '2026-01-01', '2026-03-02', '', '\\x00', now(), 'test')
      """)
    let pricing = #"{"line":{"shares":[{"policy":"p","version":"1","kind":"subsidy","fen":300}]}}"#
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...1, pricing: pricing)

    #expect(try await scene.days("R24") == ["2026-03-03"])
  }

  @Test("R25: a subsidy moved into the till fires; a meal's own payment there and back does not")
  func cash() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...1)
    try await scene.run(
      """
      insert into transfers
      select diner_id, service_date, check_in_id, n, posted_on, canteen_code,
          case when service_date = '2026-03-03' then 'receivable:district' else 'meal_revenue' end,
          'received:cash', 300
      from check_ins, generate_series(1, 1) as n
      """)

    #expect(try await scene.days("R25") == ["2026-03-03"])
  }

  @Test("R27: two policies' subsidies on a meal fire; a subsidy after a discount does not")
  func doubleFunding() async throws {
    let scene = try await Scene(TestDatabase.current)
    func pricing(_ second: String) -> String {
      #"{"line":{"shares":[{"policy":"a","kind":"subsidy","fen":100},"#
        + #"{"policy":"b","kind":"\#(second)","fen":200}]}}"#
    }
    try await scene.meals("2026-03-02", persons: 1...1, pricing: pricing("discount"))
    try await scene.meals("2026-03-03", persons: 1...1, pricing: pricing("subsidy"))
    #expect(try await scene.days("R27") == ["2026-03-03"])

    try await scene.service.setThreshold(
      check: "R27", parameter: "allowed", value: "a+b", canteen: "DFL-01", by: aClerk)
    #expect(try await scene.days("R27") == [])
  }
}
