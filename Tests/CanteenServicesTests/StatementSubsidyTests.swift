import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// 运营补贴 and 送餐补贴 in statements and in the journal, quarters, and budgets.
@Suite("subsidies of a period", .database)
struct StatementSubsidyTests {
  private var database: Database { TestDatabase.current.database }
  private var life: StatementLifeService { StatementLifeService(database) }
  private let officer = Attribution(by: "街道甲", at: aMoment)

  private static func policy(_ rest: String) -> String {
    """
    policy: sub
    version: "1"
    title: 示例
    valid_from: 2025-01-01
    region: 511323
    periods: [lunch, dinner]
    stages:
      - {stage: subsidy, code: meal, source: district, groups: [{code: 60+, title: 60周岁及以上, who: {age: 60+}, fixed: 2.00}]}
    \(rest)

    """
  }

  /// What stands in an account at the end of a day.
  private func balance(_ account: String, through last: String = "2027-12-31") async throws -> Fen {
    try await LedgerService(database).balance("DFL-01", through: day(last))
      .first { $0.account.code == account }?.fen ?? 0
  }

  @Test(
    "tiers by average: 5 meals on 2 open days are 2.5 a day; the tier from 2 pays each meal 0.50")
  func tiers() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating:
          - code: volume
            per: served
            split: {city: 50%, district: 50%}
            tiers: {average_of: served, divided_by: days_with_meals, mode: whole, steps: [{from: 1, amount: 0.10}, {from: 2, amount: 0.50}, {from: 3, amount: 9.00}]}
            multipliers: {优秀: 120%}
        """))
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, card: "B1", on: "2026-10-12"),
      community.request(3, on: "2026-10-12", at: "17:30", period: .dinner),
      community.request(4, on: "2026-10-13"), community.request(5, card: "B1", on: "2026-10-13"))

    let october = try await community.state("2026-10", at: "2026-11-23", rating: "优秀")

    let subsidy = try #require(october.statement.subsidies?.first)
    #expect(october.statement.subsidies?.count == 1)
    #expect(subsidy.kind == .operating && subsidy.payee == "operator" && subsidy.count == 5)
    #expect(subsidy.fen == 300)
    #expect(
      subsidy.sources == [
        Statement.SourceTotal(source: .city, fen: 150),
        Statement.SourceTotal(source: .district, fen: 150),
      ])
    #expect(subsidy.sentence.zh.contains("日均2.50") && subsidy.sentence.zh.contains("120%"))
    #expect(october.statement.sources.map(\.fen).sum() == 1000)
    #expect(october.statement.claimed == 1300)
    #expect(try await balance("operating_subsidy") == Fen(-300))
    #expect(try await balance("receivable:district") == 1150)
    #expect(
      try await life.standing("DFL-01-2026-10").debts.map(\.claimed) == [150, 1150])
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test("a tier without a title is called by whom its rule is for")
  func untitled() async throws {
    let policy = Self.policy("").replacing("title: 60周岁及以上, ", with: "")
    let community = try await SmallCommunity(database, policy: policy)
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))

    let october = try await community.state("2026-10", at: "2026-11-23")

    #expect(october.statement.tiers.map(\.title) == ["60周岁及以上"])
    #expect(october.lines.map(\.tierTitle) == ["60周岁及以上"])
  }

  @Test("couriers are paid by the meal and by the trip, into accounts of their own")
  func delivery() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        delivery:
          - {code: meal, per: meal, amount: 1.00, toward: courier, payee: courier, source: street}
          - {code: trip, per: trip, amount: 3.00, toward: courier, payee: 志愿队, source: charity}
        """))
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12", mode: .homeDelivery),
      community.request(2, card: "B1", on: "2026-10-12", mode: .homeDelivery),
      community.request(3, on: "2026-10-13"))

    let october = try await community.state("2026-10", at: "2026-11-23")

    let subsidies = october.statement.subsidies ?? []
    #expect(subsidies.map(\.payee) == ["courier", "志愿队"])
    #expect(subsidies.map(\.fen) == [200, 600] && subsidies.map(\.count) == [2, 2])
    #expect(try await balance("payable:courier") == Fen(-200))
    #expect(try await balance("payable:志愿队") == Fen(-600))
    #expect(try await balance("receivable:charity") == 600)
    #expect(october.statement.claimed == 1400)
  }

  @Test("a quarterly policy makes one statement of three months, with the quarter's average")
  func quarter() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating: [{code: lump, per: settlement, amount: 500.00, source: city}]
        settlement: {period: quarter}
        """))
    _ = try await community.checkIn(
      community.request(1, on: "2026-07-06"), community.request(2, on: "2026-08-10"),
      community.request(3, on: "2026-09-30"))
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-09-30"), by: aClerk)

    let closed = try await community.state("2026-09", at: "2026-11-23")

    #expect(closed.statement.number == "DFL-01-2026-Q3")
    #expect(closed.statement.from == day("2026-07-01") && closed.statement.to == day("2026-09-30"))
    #expect(closed.lines.count == 3)
    #expect(closed.statement.subsidies?.map(\.fen) == [50_000])
    await #expect(throws: StatementRefusal.alreadyClosed("DFL-01-2026-Q3")) {
      try await community.state("2026-08", at: "2026-11-23")
    }
    await #expect(throws: StatementRefusal.notOver(lastDay: day("2026-12-31"))) {
      try await community.state("2026-10", at: "2026-11-23")
    }
  }

  @Test(
    "a meal that is reversed later, and one that is disallowed, take their operating subsidy back")
  func corrections() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy("operating: [{code: op, per: subsidised, amount: 1.50, source: city}]"))
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"),
      community.request(3, on: "2026-10-14"))
    let october = try await community.state("2026-10", at: "2026-11-20")
    _ = try await community.checkIn(community.request(4, on: "2026-11-20"))
    _ = try await CheckInService(database)
      .reverse(community.request(1).id, reason: "重复录入", by: aClerk)
    let later = Attribution(
      by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-11-22"), time("09:00")))
    _ = try await life.take(.submitted, "DFL-01-2026-10", by: later)
    _ = try await life.disallow(line: 2, of: "DFL-01-2026-10", reason: "未就餐", by: officer)

    let november = try await community.state("2026-11", at: "2026-12-02")

    #expect(october.statement.subsidies?.map(\.fen) == [450])
    #expect(november.statement.subsidies?.map(\.fen) == [150, Fen(-300)])
    #expect(november.statement.subsidies?.map(\.corrects) == [nil, "DFL-01-2026-10"])
    // Two meals stand: two subsidies of 2.00 and two of 1.50.
    #expect(try await life.all().map(\.outstanding).sum() == 700)
    #expect(try await balance("receivable:city") == 300)
    #expect(try await balance("operating_subsidy") == Fen(-300))
    _ = try await DayCloseService(database).close(
      "DFL-01", through: day("2026-12-02"),
      by: Attribution(
        by: "x", at: CanteenCalendar.shanghai.instant(day("2026-12-03"), time("09:00"))))
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test(
    "a budget of 3.00 that two meals pass: stopped, the diner pays; warned, it is paid; queued, it waits",
    arguments: ["stop", "warn", "queue"])
  func ceiling(behaviour: String) async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        "budgets: [{source: district, year: 2026, amount: 3.00, when_exhausted: \(behaviour)}]"))
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))

    let october = try await community.state(
      "2026-10", at: "2026-11-23", explaining: ["R23"])
    _ = try await life.take(.submitted, "DFL-01-2026-10", by: aClerk)
    _ = try await life.take(.approved, "DFL-01-2026-10", by: officer)
    func pay(_ fen: Fen, _ voucher: String) async throws -> StatementLifeService.Standing {
      try await life.pay(
        StatementLifeService.Payment(
          source: .district, fen: fen, day: day("2026-11-23"), voucher: voucher),
        for: "DFL-01-2026-10", by: officer)
    }

    let ceiling = try #require(october.statement.ceilings?.first)
    #expect(outcomes.map(\.dinerPays) == [1000, behaviour == "stop" ? 1200 : 1000])
    #expect(october.statement.claimed == (behaviour == "stop" ? 200 : 400))
    #expect(ceiling.excess == (behaviour == "stop" ? 0 : 100))
    #expect(ceiling.whenExhausted.rawValue == behaviour)
    if behaviour == "queue" {
      await #expect(throws: StatementLifeRefusal.waitsForBudget(.district, left: 300)) {
        try await pay(400, "P1")
      }
      #expect(try await pay(300, "P2").outstanding == 100)
    } else {
      #expect(try await pay(october.statement.claimed, "P1").step == .paid)
    }
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test("a budget that stops keeps the operating subsidy within what the meals have left of it")
  func operatingWithinBudget() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating:
          - {code: a, per: subsidised, amount: 1.00, source: district}
          - {code: b, per: subsidised, amount: 1.00, source: district}
        budgets: [{source: district, year: 2026, amount: 5.00, when_exhausted: stop}]
        """))
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    let october = try await community.state("2026-10", at: "2026-11-23")
    _ = try await community.checkIn(community.request(2, on: "2026-11-20"))

    let november = try await community.state("2026-11", at: "2026-12-02")

    // 2.00 + 1.00 + 1.00 in October leave 1.00: too little for a meal, enough for nothing else.
    #expect(october.statement.subsidies?.map(\.code) == ["a", "b"])
    #expect(october.statement.ceilings?.first?.spent == 400)
    #expect(november.statement.subsidies == nil && november.statement.claimed == 0)
  }
}
