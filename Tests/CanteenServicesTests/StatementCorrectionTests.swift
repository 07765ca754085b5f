import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// What comes after a month was closed and changes what is paid for the month as a whole.
@Suite("later facts and subsidies of a period", .database)
struct StatementCorrectionTests {
  private var database: Database { TestDatabase.current.database }

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

  private func clerk(on date: String) -> Attribution {
    Attribution(by: "测试员", at: CanteenCalendar.shanghai.instant(day(date), time("20:00")))
  }

  private func isWhole(through date: String) async throws -> Bool {
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day(date), by: clerk(on: (day(date) + 1).description))
    let broken = try await AuditService(database).verify("DFL-01").broken
    if let broken { Issue.record("\(broken.zh)") }
    return broken == nil
  }

  /// What is kept as spent of a year's budget.
  private func spent(_ year: Int) async throws -> Int? {
    try await database.query(
      "select spent_fen from budget_uses where year = \(year) order by use_no desc limit 1",
      as: Int.self
    ).first
  }

  @Test
  func `a meal that is entered after its month was closed gets its operating subsidy, once`()
    async throws
  {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy("operating: [{code: op, per: subsidised, amount: 1.50, source: city}]"))
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    let october = try await community.state("2026-10", at: "2026-11-20")
    _ = try await community.checkIn(
      community.request(3, on: "2026-10-31"), community.request(4, on: "2026-11-20"))

    let november = try await community.state("2026-11", at: "2026-12-02")
    _ = try await CheckInService(database).checkIn(
      [community.request(5, on: "2026-12-03")], by: clerk(on: "2026-12-03"))
    let december = try await community.state("2026-12", at: "2027-01-03")

    #expect(october.statement.subsidies?.map(\.fen) == [300])
    #expect(november.lines.map(\.isLate) == [true, false])
    #expect(november.statement.subsidies?.map(\.fen) == [150, 150])
    #expect(november.statement.subsidies?.map(\.corrects) == [nil, "DFL-01-2026-10"])
    #expect(december.statement.subsidies?.map(\.fen) == [150])
    #expect(try await isWhole(through: "2027-01-03"))
  }

  @Test
  func
    `a meal of last year that is reversed gives its operating subsidy back to last year's budget`()
    async throws
  {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating: [{code: op, per: subsidised, amount: 1.00, source: district}]
        budgets:
          - {source: district, year: 2025, amount: 6.00, when_exhausted: stop}
          - {source: district, year: 2026, amount: 6.00, when_exhausted: stop}
        """))
    let first = community.request(1, on: "2025-12-10")
    _ = try await CheckInService(database).checkIn(
      [first, community.request(2, on: "2025-12-11")], by: clerk(on: "2025-12-11"))
    let december = try await community.state("2025-12", at: "2026-01-05")
    _ = try await CheckInService(database)
      .checkIn([community.request(3, on: "2026-01-08")], by: clerk(on: "2026-01-08"))
    _ = try await CheckInService(database)
      .reverse(first.id, reason: "重复录入", by: clerk(on: "2026-01-09"))

    let january = try await community.state("2026-01", at: "2026-02-03")

    #expect(december.statement.subsidies?.map(\.fen) == [200])
    #expect(december.statement.ceilings?.map(\.spent) == [600])
    #expect(january.statement.subsidies?.map(\.fen) == [100, Fen(-100)])
    #expect(january.statement.ceilings?.map(\.year) == [2025, 2026])
    #expect(january.statement.ceilings?.map(\.spent) == [300, 300])
    #expect(january.statement.ceilings?.map(\.claimed) == [Fen(-300), 300])
    #expect(try await spent(2025) == 300)
    #expect(try await spent(2026) == 300)
    for (from, to) in [("2025-12-01", "2025-12-31"), ("2026-01-01", "2026-01-31")] {
      let found = try await ReconciliationService(database)
        .look("R29", "DFL-01", from: day(from), to: day(to))
      #expect(found.isEmpty)
    }
    #expect(try await isWhole(through: "2026-02-03"))
  }

  @Test
  func `two rules that draw on one budget do not take its last fen twice`() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating:
          - {code: a, per: subsidised, amount: 1.00, source: district}
          - {code: b, per: subsidised, amount: 1.00, source: district}
        budgets: [{source: district, year: 2026, amount: 3.00, when_exhausted: stop}]
        """))
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))

    let october = try await community.state("2026-10", at: "2026-11-23")

    #expect(october.statement.subsidies?.map(\.code) == ["a"])
    #expect(october.statement.ceilings?.map(\.spent) == [300])
  }

  @Test
  func
    `rounding that a policy puts off to the statement is paid, stands in the books, and is corrected`()
    async throws
  {
    let community = try await SmallCommunity(
      database,
      policy: """
        policy: sub
        version: "1"
        title: 示例
        valid_from: 2025-01-01
        region: 511323
        rounding: {at: statement, mode: half_up}
        stages: [{stage: subsidy, split: {city: 50%, district: 50%}, groups: [{percent: 25%}]}]

        """)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12", list: 990),
      community.request(2, on: "2026-10-13", list: 990),
      community.request(3, on: "2026-10-14", list: 990),
      community.request(4, on: "2026-10-15", list: 990))

    let october = try await community.state("2026-10", at: "2026-11-20")
    let rounding = try await LedgerService(database)
      .balance("DFL-01", through: day("2026-11-30")).first { $0.account.code == "rounding" }
    _ = try await community.checkIn(community.request(5, on: "2026-11-20", list: 1000))
    for key in 1...3 {
      _ = try await CheckInService(database)
        .reverse(community.request(key).id, reason: "重复录入", by: aClerk)
    }
    let november = try await community.state("2026-11", at: "2026-12-02")

    // 25 % of 9.90 is 2.475: four lines of 2.47 make 9.88, and the statement 9.90.
    #expect(october.statement.sources.map(\.fen).sum() == 988)
    #expect(october.statement.subsidies?.map(\.kind) == [.rounding])
    #expect(october.statement.subsidies?.map(\.fen) == [2])
    #expect(october.statement.claimed == 990)
    #expect(october.statement.owed.map(\.fen) == [497, 493])
    #expect(rounding?.fen == Fen(-2))
    // One lunch of October is left: 2.475 are 2.48 by halves up.
    #expect(november.statement.subsidies?.map(\.fen) == [Fen(-1)])
    #expect(november.statement.subsidies?.map(\.corrects) == ["DFL-01-2026-10"])
    #expect(try await isWhole(through: "2026-12-02"))
    let files = try await StatementFiles(database, "DFL-01-2026-10")
    let summary = try ReadTable(files.path("DFL-01-2026-10.xlsx"), "汇总表")
    #expect(summary.rows.contains { $0.contains { $0.contains("取整差额") } })
  }

  @Test
  func `a round of dinners pays one trip, and the trip counts in the year's budget`() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        delivery: [{code: trip, per: trip, amount: 3.00, toward: courier, payee: 志愿队, source: street}]
        budgets: [{source: street, year: 2026, amount: 7.00, when_exhausted: stop}]
        """))
    let neighbours = try await community.neighbours(5)
    func deliver(_ place: Int, on date: String) -> CheckInRequest {
      community.request(
        place + 100 * day(date).number, card: "N\(place)", on: date, mode: .homeDelivery)
    }
    for (date, round) in [("2026-10-12", 1...4), ("2026-10-13", 1...3), ("2026-10-14", 1...2)] {
      let people = round.map { neighbours[$0 - 1] }
      try await TestDatabase.current.asOwner(
        """
        insert into delivery_rounds
        values ('DFL-01', '\(date)', 'lunch', 1, 1, '小李',
            '{\(people.map(\.description).joined(separator: ","))}', 'x', '\(date) 10:00+08')
        """)
      _ = try await CheckInService(database).checkIn(
        round.map { deliver($0, on: date) }, by: aClerk)
    }

    let october = try await community.state("2026-10", at: "2026-11-23")

    // Three rounds; 3.00 and 3.00 fit into 7.00, the third does not.
    #expect(october.statement.meals == 9)
    #expect(october.statement.subsidies?.map(\.fen) == [600])
    #expect(october.statement.subsidies?.map(\.count) == [2])
    #expect(october.statement.ceilings?.map(\.spent) == [600])
    #expect(try await spent(2026) == 600)
    #expect(
      try await ReconciliationService(database)
        .look("R29", "DFL-01", from: day("2026-10-01"), to: day("2026-10-31")).isEmpty)
    #expect(try await isWhole(through: "2026-11-22"))
  }

  /// Submits and approves a statement.
  private func approve(_ number: String) async throws {
    let life = StatementLifeService(database)
    _ = try await life.take(.submitted, number, by: aClerk)
    _ = try await life.take(.approved, number, by: Attribution(by: "街道甲", at: aMoment))
  }

  private func pay(_ fen: Fen, _ number: String, _ voucher: String) async throws
    -> StatementLifeRefusal?
  {
    do {
      _ = try await StatementLifeService(database).pay(
        .init(source: .district, fen: fen, day: day("2026-11-23"), voucher: voucher),
        for: number, by: Attribution(by: "街道甲", at: aMoment))
      return nil
    } catch let refusal as StatementLifeRefusal {
      return refusal
    }
  }

  @Test
  func `of two canteens that are paid at once from one queued budget, one waits`() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        "budgets: [{source: district, year: 2026, amount: 6.00, when_exhausted: queue}]"))
    let numbers = ["DFL-01-2026-10", "XFS-01-2026-10"]
    for (place, number) in numbers.enumerated() {
      let canteen = String(number.prefix(6))
      _ = try await community.checkIn(
        community.request(
          10 * place + 1, card: "\("AB".dropFirst(place).prefix(1))1",
          canteen: canteen, on: "2026-10-12"),
        community.request(
          10 * place + 2, card: "\("AB".dropFirst(place).prefix(1))1",
          canteen: canteen, on: "2026-10-13"))
      // Nobody lives near the second canteen, and both together pass the budget.
      _ = try await community.state(
        "2026-10", at: "2026-11-23", canteen: canteen, explaining: ["R07", "R09", "R23"])
      try await approve(number)
    }

    async let first = pay(400, numbers[0], "P")
    async let second = pay(400, numbers[1], "P")
    let refusals = [try await first, try await second].compactMap(\.self)

    #expect(refusals == [.waitsForBudget(.district, left: 200)])
  }

  @Test
  func `what another policy of the same source claims does not wait for a queued budget`()
    async throws
  {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        "budgets: [{source: district, year: 2026, amount: 2.00, when_exhausted: queue}]"
      ).replacing("periods: [lunch, dinner]", with: "periods: [lunch]"))
    _ = try await PolicyService(database).activate(
      Self.policy("").replacing("policy: sub", with: "policy: dinners")
        .replacing("periods: [lunch, dinner]", with: "periods: [dinner]"),
      name: "dinners", by: aClerk)
    for (key, date) in ["2026-10-12", "2026-10-13"].enumerated() {
      _ = try await community.checkIn(
        community.request(2 * key, on: date),
        community.request(2 * key + 1, on: date, at: "17:30", period: .dinner))
    }
    let number = "DFL-01-2026-10"
    let october = try await community.state("2026-10", at: "2026-11-23", explaining: ["R23"])
    try await approve(number)

    #expect(october.statement.claimed == 800)
    #expect(october.statement.ceilings?.map(\.claimed) == [400])
    #expect(try await pay(600, number, "P1") == nil)
    #expect(try await pay(100, number, "P2") == .waitsForBudget(.district, left: 0))
  }

  @Test
  func `late meals wait for the queued budget of their own year, and take none of the next`()
    async throws
  {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        budgets:
          - {source: district, year: 2025, amount: 2.00, when_exhausted: queue}
          - {source: district, year: 2026, amount: 4.00, when_exhausted: queue}
        """))
    func eat(_ requests: [CheckInRequest], enteredOn date: String) async throws {
      _ = try await CheckInService(database).checkIn(requests, by: clerk(on: date))
    }
    try await eat([community.request(1, on: "2025-12-10")], enteredOn: "2025-12-10")
    let december = try await community.state("2025-12", at: "2026-01-05")
    try await eat(
      [community.request(2, on: "2025-12-30"), community.request(3, on: "2026-01-08")],
      enteredOn: "2026-01-08")
    let january = try await community.state("2026-01", at: "2026-02-03", explaining: ["R23"])
    try await eat(
      [community.request(4, on: "2026-02-10"), community.request(5, on: "2026-02-11")],
      enteredOn: "2026-02-11")
    let february = try await community.state("2026-02", at: "2026-03-03", explaining: ["R23"])

    #expect(december.statement.ceilings?.map(\.year) == [2025])
    #expect(january.lines.map(\.isLate) == [true, false])
    #expect(january.statement.ceilings?.map(\.year) == [2025, 2026])
    #expect(january.statement.ceilings?.map(\.claimed) == [200, 200])
    #expect(january.statement.ceilings?.map(\.spent) == [400, 200])
    #expect(february.statement.ceilings?.map(\.claimed) == [400])

    let numbers = [december, january, february].map(\.statement.number)
    for number in numbers { try await approve(number) }
    #expect(try await pay(200, numbers[0], "P1") == nil)
    #expect(try await pay(400, numbers[1], "P2") == .waitsForBudget(.district, left: 200))
    #expect(try await pay(200, numbers[1], "P3") == nil)
    // January took 2.00 of this year's 4.00, though its other 2.00 wait for last year's.
    #expect(try await pay(400, numbers[2], "P4") == .waitsForBudget(.district, left: 200))
    #expect(try await pay(200, numbers[2], "P5") == nil)
    #expect(try await pay(100, numbers[1], "P6") == .waitsForBudget(.district, left: 0))
    #expect(try await isWhole(through: "2026-03-03"))
  }
}
