import CanteenDomain
import CanteenPolicyFiles
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

  @Test("R02: a statement that takes a meal of an earlier month back adds up and does not fire")
  func detailWithReversal() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-20")
    _ = try await community.checkIn(community.request(3, on: "2026-11-20"))
    _ = try await CheckInService(community.database)
      .reverse(community.request(1).id, reason: "重复录入", by: aClerk)

    let november = try await community.state("2026-11", at: "2026-12-02")

    #expect(november.lines.map(\.sign).sorted() == [-1, 1])
    #expect(
      try await ReconciliationService(community.database)
        .look("R02", "DFL-01", from: day("2026-12-01"), to: day("2026-12-31")).isEmpty)
  }

  @Test("R18: a till that agrees does not fire; guests, a wrong means and an unpaid void do")
  func till() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals(
      "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07",
      persons: 1...10)
    try await scene.count("2026-03-07", "till", "wechat", 100)
    try await scene.count("2026-03-02", "till", "cash", 9000)
    try await scene.count("2026-03-03", "till", "cash", 10800)
    try await scene.count("2026-03-04", "till", "cash", 8100)
    try await scene.count("2026-03-04", "till", "wechat", 900)
    try await scene.count("2026-03-05", "till", "cash", 9000)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date, service_date + time '14:00', 'boss', 'x'
      from check_ins where service_date = '2026-03-05' and diner_id = 1
      """)

    let findings = try await scene.findings("R18")

    #expect(
      findings.map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 till cash", "2026-03-04 till cash", "2026-03-04 till wechat",
        "2026-03-05 till cash", "2026-03-07 till wechat",
      ])
    #expect(
      zip(
        findings,
        ["客餐未录入", "支付方式记错", "支付方式记错", "冲正后未退款", "微信：收银 1.00 元"]
      ).allSatisfy { $0.sentence.zh.contains($1) })
    let uncounted = try await scene.findings("R31")
    #expect(uncounted.map { "\($0.day) \($0.subject)" } == ["2026-03-07 till"])
    #expect(uncounted.allSatisfy { $0.severity == .notice && !$0.awaitsExplanation })
    #expect(uncounted.map(\.sentence.zh) == ["没有清点数：现金（台账 90.00 元）"])
  }

  @Test(
    "R18 calls each means of payment what everybody calls it", arguments: MeansOfPayment.allCases)
  func meansInWords(_ means: MeansOfPayment) async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...1)
    try await scene.count("2026-03-02", "till", means.rawValue, 100)

    let finding = try #require(
      try await scene.findings("R18").first { $0.subject == "till \(means.rawValue)" })

    #expect(finding.sentence.zh.hasPrefix("\(means.name.zh)：收银 1.00 元"), "\(finding.sentence.zh)")
  }

  @Test("R19: 105 portions for 100 meals do not fire, 106 do; a gate")
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

    let findings = try await scene.findings("R19")

    #expect(
      findings.map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 counts lunch", "2026-03-05 counts lunch", "2026-03-06 counts lunch",
      ])
    #expect(findings.last?.sentence.zh.contains("签到未同步") == true)
  }

  @Test("R19: two portions of ten say nothing; a missing delivery receipt does")
  func smallCanteen() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...10)
    try await scene.count("2026-03-02", "produced", "lunch", 12)
    try await scene.count("2026-03-03", "produced", "lunch", 13)
    try await scene.meals("2026-03-04", "2026-03-05", persons: 1...6, mode: "home_delivery")
    try await scene.count("2026-03-04", "delivered", "lunch", 6)
    try await scene.count("2026-03-05", "delivered", "lunch", 5)

    #expect(
      try await scene.findings("R19").map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 counts lunch", "2026-03-05 delivered lunch",
      ])
  }

  @Test("R19: a three-way difference names period, size and likely cause")
  func threeWays() async throws {
    let scene = try await Scene(TestDatabase.current)
    let days = (2...7).map { "2026-03-0\($0)" }
    for date in days { try await scene.meals(date, persons: 1...80) }
    for date in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"] {
      try await scene.meals(date, persons: 81...100, terminal: "W2")
    }
    func counts(_ date: String, portions: Int, gate: Int) async throws {
      try await scene.count(date, "produced", "lunch", portions)
      try await scene.count(date, "gate", "lunch", gate)
    }
    try await counts("2026-03-02", portions: 115, gate: 114)
    try await counts("2026-03-03", portions: 115, gate: 100)
    try await counts("2026-03-04", portions: 60, gate: 101)
    try await counts("2026-03-05", portions: 80, gate: 80)
    try await counts("2026-03-06", portions: 110, gate: 110)
    try await counts("2026-03-07", portions: 100, gate: 100)
    try await scene.run(
      """
      insert into check_in_exceptions
      select gen_random_uuid(), 'DFL-01', 'W1', '2026-03-06', 'lunch', now(), 'x', '{}', '\\x00',
          'already_checked_in', '', ''
      from generate_series(1, 10);
      """)

    let sentences = try await scene.findings("R19").map(\.sentence.zh)

    #expect(
      sentences == [
        "午餐：签到 100，实出 115，闸机 114（堂食签到 100），相差 15；可能原因：客餐未录入或离线队列未补传",
        "午餐：签到 100，实出 115，闸机 100（堂食签到 100），相差 15；可能原因：闸机与签到相符：剩余未登记为废弃或结转",
        "午餐：签到 100，实出 60，闸机 101（堂食签到 100），相差 -40；可能原因：闸机与签到相符：份数漏记",
        "午餐：签到 100，实出 80，闸机 80（堂食签到 100），相差 -20；可能原因：份数漏记，或签到多于实际用餐",
        "午餐：签到 100，实出 110，闸机 110（堂食签到 100），相差 10；可能原因：离线补传有 10 笔待处理",
        "午餐：签到 80，实出 100，闸机 100（堂食签到 80），相差 20；可能原因：终端 W2 当日没有记录，离线队列可能未补传",
      ])
  }

  @Test("R20: 3 late entries of 150 do not fire, 4 do; 15 minutes are an undo, 16 a void")
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
          served_at + case diner_id when 1 then interval '15 minutes' else '16 minutes' end,
          'clerk', 'x'
      from check_ins where service_date = '2026-03-04'
      """)

    let findings = try await scene.findings("R20")

    #expect(findings.map(\.day.description) == ["2026-03-03", "2026-03-04"])
    #expect(findings.map { $0.subject == "share" } == [true, false])
  }

  @Test("R20: a void after the day fires by itself; two lines of a list typed in later are late")
  func voidedLater() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", "2026-03-04", persons: 1...60)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date, served_at + interval '20 hours', 'boss', 'x'
      from check_ins where service_date = '2026-03-02' and diner_id = 1;
      update check_ins set entry = 'late'
      where service_date = '2026-03-03' and diner_id <= 2 or service_date = '2026-03-04' and diner_id = 1
      """)

    let findings = try await scene.findings("R20")
    #expect(findings.map(\.day.description) == ["2026-03-02", "2026-03-03"])
    #expect(findings.first?.sentence.zh == "2026-03-03 才冲正，已过当日")
    #expect(findings.last?.subject == "share")
  }

  @Test("R01: money given back without a reversal fires; with one it does not")
  func refund() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...3, diner: 1200)
    try await scene.run(
      """
      insert into transfers
      select diner_id, service_date, check_in_id, 1, posted_on, canteen_code, 'received:cash',
          'meal_revenue', 1200
      from check_ins
      union all
      select diner_id, service_date, check_in_id, 2, posted_on, canteen_code, 'meal_revenue',
          'received:cash', 1200
      from check_ins where diner_id <= 2;
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date, served_at, 'clerk', 'x'
      from check_ins where diner_id = 1
      """)

    let found = try await scene.findings("R01").filter { !$0.sentence.zh.contains("重算") }
    #expect(found.map(\.sentence.zh).allSatisfy { $0.hasSuffix("退回后收入 0.00 元，应为 12.00 元") })
    #expect(found.count == 1)
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

  @Test("R21: a set with two buns is on the menu, and fish alone; a yuan less than a set is not")
  func singleDishes() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      insert into menus values ('DFL-01', '2026-03-04', 'lunch', 1, now(), 'test', '\\x00');
      insert into menu_dishes
      values ('DFL-01', '2026-03-04', 'lunch', 1, 1, '标准套餐', 'set', 1300, '{}'),
          ('DFL-01', '2026-03-04', 'lunch', 1, 2, '鲈鱼', 'meat', 1550, '{}'),
          ('DFL-01', '2026-03-04', 'lunch', 1, 3, '馒头', 'staple', 150, '{}'),
          ('DFL-01', '2026-03-04', 'lunch', 1, 4, '时蔬', 'vegetable', null, '{}')
      """)
    try await scene.meals("2026-03-04", persons: 1...1, list: 1600)
    try await scene.meals("2026-03-04", persons: 2...2, list: 1550)
    try await scene.meals("2026-03-04", persons: 3...3, list: 2620)
    try await scene.meals("2026-03-04", persons: 4...4, list: 1400)
    try await scene.meals(
      "2026-03-04", persons: 5...5, list: 1400,
      pricing: #"{"inputs":{"meal":{"extrasFen":100}}}"#)

    let findings = try await scene.findings("R21")
    #expect(findings.count == 2)
    #expect(
      Set(findings.map { $0.sentence.zh.prefix(10) }) == ["标价 26.20 元", "标价 14.00 元"])
  }

  @Test("R20: undone at once, three of 100 say nothing; voided in the evening they do")
  func undos() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...100)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date,
          served_at + case service_date when '2026-03-02' then interval '1 minute'
              else interval '8 hours' end, 'boss', 'x'
      from check_ins where diner_id <= 3
      """)

    #expect(try await scene.days("R20") == ["2026-03-03"])
  }

  @Test("R21: a line that a policy's own guide price flagged fires")
  func flaggedPrice() async throws {
    let scene = try await Scene(TestDatabase.current)
    func pricing(_ code: String) -> String {
      #"{"line":{"reasons":[{"code":"\#(code)","policy":"p","limit":1300}]}}"#
    }
    try await scene.meals("2026-03-02", persons: 1...1, pricing: pricing("granted"))
    try await scene.meals("2026-03-03", persons: 1...1, pricing: pricing("guide_price"))

    #expect(try await scene.days("R21") == ["2026-03-03"])
  }

  @Test("R24: a version's last day does not fire, the day after does")
  func versions() async throws {
    let scene = try await Scene(TestDatabase.current)
    let document = try #require(ExamplePolicies.text(named: "example-age-bands"))
    try await scene.run(
      """
      insert into policies
      values ('p', '1', '2026-01-01', '2026-03-02', $$\(document)$$, '\\x00', now(), 'test')
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
