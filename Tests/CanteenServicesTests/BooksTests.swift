import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// 总账, 日报 and 抽查 on a small community.
@Suite("the books", .database)
struct BooksTests {
  private var database: Database { TestDatabase.current.database }
  private var ledger: LedgerService { LedgerService(database) }
  private var days: DayCloseService { DayCloseService(database) }
  private let officer = Attribution(by: "街道甲", at: aMoment)

  /// October stated, approved and paid in part; one lunch of November in the open.
  private func prepare() async throws -> SmallCommunity {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-23")
    let life = StatementLifeService(database)
    _ = try await life.take(.submitted, "DFL-01-2026-10", by: aClerk)
    _ = try await life.disallow(line: 1, of: "DFL-01-2026-10", reason: "未就餐", by: officer)
    _ = try await life.take(.approved, "DFL-01-2026-10", by: officer)
    _ = try await life.pay(
      StatementLifeService.Payment(
        source: .district, fen: 100, day: day("2026-11-23"), voucher: "P1"),
      for: "DFL-01-2026-10", by: officer)
    _ = try await community.checkIn(community.request(3, on: "2026-11-16"))
    return community
  }

  @Test("the trial balance adds up to nothing and says what each account holds, open days included")
  func trialBalance() async throws {
    _ = try await prepare()

    let balances = try await ledger.balance("DFL-01", through: day("2026-11-30"))
    let october = try await ledger.balance("DFL-01", through: day("2026-10-31"))

    #expect(balances.map(\.fen).sum() == 0)
    #expect(
      balances.map { "\($0.account) \($0.fen.yuan)" } == [
        "bank 1.00", "disallowances 2.00", "meal_revenue -36.00", "receivable:district 1.40",
        "receivable:street 1.60", "received:cash 30.00",
      ])
    #expect(october.map(\.fen).sum() == 0)
    #expect(october.map { "\($0.account) \($0.fen.yuan)" }.first == "meal_revenue -24.00")
    #expect(try await ledger.balance(nil, through: day("2026-11-30")) == balances)
  }

  @Test("closing the open days changes no balance")
  func closedOrOpen() async throws {
    _ = try await prepare()
    let before = try await ledger.balance("DFL-01", through: day("2026-11-23"))

    _ = try await days.close("DFL-01", through: day("2026-11-23"), by: aClerk)

    #expect(try await ledger.balance("DFL-01", through: day("2026-11-23")) == before)
  }

  @Test("an account statement runs from its opening balance through meals, refusals and payments")
  func accountStatement() async throws {
    _ = try await prepare()

    let account = try await ledger.account(
      "应收补贴·区县", "DFL-01", from: day("2026-10-13"), to: day("2026-11-30"))

    #expect(account.opening == 120)
    #expect(
      account.entries.map {
        "\($0.day) \($0.cause.name.zh) \($0.reference ?? "-") \($0.debit.yuan) \($0.credit.yuan)"
      } == [
        "2026-10-13 当日餐次 - 1.20 0.00", "2026-11-16 当日餐次 - 1.20 0.00",
        "2026-11-23 核减 1 0.00 1.20", "2026-11-23 拨付 P1 0.00 1.00",
      ])
    #expect(account.running == [240, 360, 240, 140] && account.closing == 140)
    await #expect(throws: LedgerRefusal.self) {
      try await ledger.account("x", "DFL-01", from: day("2026-10-01"), to: day("2026-10-31"))
    }
  }

  @Test("the ageing puts what is owed by the age of its period, and adds up to the receivables")
  func ageing() async throws {
    _ = try await prepare()

    let rows = try await ledger.ageing("DFL-01", today: day("2026-11-30"))
    let later = try await ledger.ageing("DFL-01", today: day("2027-02-15"))

    #expect(rows.map(\.source) == [.district, .street])
    #expect(rows.map(\.unstated) == [120, 80])
    #expect(rows.map(\.byAge) == [[20, 0, 0, 0], [80, 0, 0, 0]])
    #expect(rows.map(\.total) == [140, 160])
    #expect(later.map(\.byAge) == [[0, 0, 0, 20], [0, 0, 0, 80]])
  }

  @Test("a till that counted other than the books needs a reason, which is sealed with the day")
  func till() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-16"), community.request(2, card: "B1", on: "2026-11-16"))
    let counts = [
      IndependentCount(
        canteen: "DFL-01", day: day("2026-11-16"), source: .till, key: "cash", amount: 1700)
    ]
    _ = try await IndependentCountService(database).add(counts, by: aClerk)
    let line = TillLine(means: .cash, ledger: 1800, till: 1700)

    await #expect(throws: DayCloseRefusal.tillDiffers(day("2026-11-16"), [line], closedBefore: 0)) {
      try await days.close("DFL-01", through: day("2026-11-16"), by: aClerk)
    }
    let open = try await days.report("DFL-01", day("2026-11-16"))
    _ = try await days.close(
      "DFL-01", through: day("2026-11-16"), reason: "找零差错", by: aClerk)
    let closed = try await days.report("DFL-01", day("2026-11-16"))

    #expect(open.till == [line] && open.seal == nil && open.till.first?.difference == Fen(-100))
    #expect(closed.till.first?.reason == "找零差错" && closed.seal != nil)
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
    try await TestDatabase.current.asOwner("update till_differences set reason = '无'")
    #expect(
      try await AuditService(database).verify("DFL-01").broken?.zh
        == "DFL-01 2026-11-16 的明细与封存时不同")
  }

  @Test
  func `a means of payment that nobody counted differs from nothing, and is said to be uncounted`()
    async throws
  {
    let community = try await SmallCommunity(database)
    var byPhone = community.request(2, card: "B1", on: "2026-11-16")
    byPhone.means = .wechat
    _ = try await community.checkIn(community.request(1, on: "2026-11-16"), byPhone)

    let closed = try await days.close(
      "DFL-01", through: day("2026-11-16"), till: [.cash: 1000], by: aClerk)
    let report = try await days.report("DFL-01", day("2026-11-16"))
    let reconciliation = ReconciliationService(database)
    func found(_ check: String) async throws -> [String] {
      try await reconciliation
        .look(check, "DFL-01", from: day("2026-11-16"), to: day("2026-11-16")).map(\.subject)
    }

    #expect(closed.count == 1)
    #expect(report.till.map(\.means) == [.cash, .wechat])
    #expect(report.till.map(\.difference) == [0, nil])
    #expect(try await found("R18").isEmpty)
    #expect(try await found("R31") == ["till"])
  }

  @Test
  func `a void on a later day leaves the tills of both days right, for the close and for R18`()
    async throws
  {
    let community = try await SmallCommunity(database)
    func by(_ date: String) -> Attribution {
      Attribution(by: "测试员", at: CanteenCalendar.shanghai.instant(day(date), time("20:00")))
    }
    let service = CheckInService(database)
    let lunch = community.request(1, on: "2026-11-16")
    _ = try await service.checkIn(
      [lunch, community.request(2, card: "B1", on: "2026-11-16")], by: by("2026-11-16"))
    _ = try await days.close(
      "DFL-01", through: day("2026-11-16"), till: [.cash: 1800], by: by("2026-11-16"))
    _ = try await service.checkIn(
      [community.request(3, card: "B1", on: "2026-11-17"), community.request(4, on: "2026-11-17")],
      by: by("2026-11-17"))
    _ = try await service.reverse(lunch.id, reason: "未取餐", by: by("2026-11-17"))

    // 18.00 for the day's lunches, less 10.00 that were paid back.
    let second = try await days.close(
      "DFL-01", through: day("2026-11-17"), till: [.cash: 800], by: by("2026-11-17"))
    let found = try await ReconciliationService(database)
      .look("R18", "DFL-01", from: day("2026-11-16"), to: day("2026-11-17"))

    #expect(second.map(\.day) == [day("2026-11-17")])
    #expect(found.isEmpty)
    await #expect(throws: DayCloseRefusal.closedAlready(day("2026-11-16"))) {
      try await days.close(
        "DFL-01", through: day("2026-11-16"), till: [.cash: 1700], by: by("2026-11-17"))
    }
    #expect(try await days.report("DFL-01", day("2026-11-16")).till.map(\.till) == [1800])
  }

  @Test
  func
    `what is paid back leaves the till on its day, though the books of the meal's were still open`()
    async throws
  {
    let community = try await SmallCommunity(database)
    func by(_ date: String) -> Attribution {
      Attribution(by: "测试员", at: CanteenCalendar.shanghai.instant(day(date), time("20:00")))
    }
    let service = CheckInService(database)
    let lunch = community.request(1, on: "2026-11-16")
    _ = try await service.checkIn(
      [lunch, community.request(2, card: "B1", on: "2026-11-16")], by: by("2026-11-16"))
    _ = try await service.checkIn([community.request(3, on: "2026-11-17")], by: by("2026-11-17"))
    _ = try await service.reverse(lunch.id, reason: "未取餐", by: by("2026-11-17"))

    let closed = try await days.close(
      "DFL-01", through: day("2026-11-16"), till: [.cash: 1800], by: by("2026-11-17"))
    let next = try await days.close(
      "DFL-01", through: day("2026-11-17"), till: [.cash: 0], by: by("2026-11-17"))

    #expect(closed.map(\.totals.revenue) == [1200] && next.count == 1)
    #expect(
      try await ReconciliationService(database)
        .look("R18", "DFL-01", from: day("2026-11-16"), to: day("2026-11-17")).isEmpty)
  }

  @Test
  func `R18 says the reason that was given when the day was closed, and nothing of late meals`()
    async throws
  {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-11-16"))
    _ = try await days.close(
      "DFL-01", through: day("2026-11-16"), till: [.cash: 1800], reason: "停电，一人后补", by: aClerk)
    func found() async throws -> [String] {
      try await ReconciliationService(database)
        .look("R18", "DFL-01", from: day("2026-11-16"), to: day("2026-11-16")).map(\.sentence.zh)
    }

    let before = try await found()
    _ = try await community.checkIn(community.request(2, card: "B1", on: "2026-11-16"))

    #expect(before.count == 1 && before[0].hasSuffix("日结时说明：停电，一人后补"))
    #expect(try await found().isEmpty)
  }

  @Test("a day's report lists its meals by period, mode and tier, its voids and its late entries")
  func dayReport() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-11-16"),
      community.request(2, card: "B1", on: "2026-11-16", mode: .pickup))
    _ = try await days.close("DFL-01", through: day("2026-11-16"), by: aClerk)
    _ = try await CheckInService(database)
      .reverse(
        community.request(1).id, reason: "重复录入",
        by: Attribution(
          by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-11-17"), time("09:00"))))
    _ = try await community.checkIn(
      community.request(3, on: "2026-11-16", at: "17:30", period: .dinner, fullPrice: true))

    let first = try await days.report("DFL-01", day("2026-11-16"))
    let second = try await days.report("DFL-01", day("2026-11-17"))

    #expect(
      first.totals.counts.map { "\($0.period) \($0.mode) \($0.category) \($0.meals)" } == [
        "lunch dineIn 70-79 1", "lunch pickup care 1",
      ])
    #expect(first.voids.isEmpty && first.late.isEmpty)
    #expect(second.voids.map(\.reason) == ["重复录入"] && second.voids.map(\.name) == ["甲*"])
    #expect(second.late.map(\.day) == [day("2026-11-16")])
    #expect(second.late.map(\.checkIn) == [community.request(3).id])
    // The money of the late dinner was in the till of its day; what was paid back is in today's.
    #expect(second.till.map(\.ledger) == [Fen(-1000)])
  }

  @Test("what is posted late is listed, and sealed with its day also where nobody listed it")
  func lateLines() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(community.request(1, on: "2026-11-16"))
    _ = try await days.close("DFL-01", through: day("2026-11-16"), by: aClerk)
    _ = try await community.checkIn(
      community.request(2, card: "B1", on: "2026-11-16"), community.request(3, on: "2026-11-17"))
    func listed() async throws -> [CheckIn.ID] {
      try await database.query("select check_in_id from late_check_ins", as: CheckIn.ID.self)
    }
    #expect(try await listed() == [community.request(2).id])

    // As a server of an earlier version leaves it that runs beside a migrated database.
    try await TestDatabase.current.asOwner("delete from late_check_ins")
    let closed = try await days.close("DFL-01", through: day("2026-11-17"), by: aClerk)

    #expect(closed.map(\.totals.meals) == [2])
    #expect(try await listed() == [community.request(2).id])
    let audit = try await AuditService(database).verify("DFL-01")
    #expect(audit.broken == nil && audit.days == 2)
  }

  @Test("a sample is drawn by its seed, the same again, and keeps what people said")
  func sample() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, card: "B1", on: "2026-10-12"),
      community.request(3, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-23")
    let service = SpotCheckService(database)

    let one = try await service.draw("DFL-01-2026-10", size: 1, seed: 7, by: officer)
    let both = try await service.draw("DFL-01-2026-10", seed: 8, by: officer)
    let line = try #require(both.people.first?.lines.first)
    try await service.record(
      "DFL-01-2026-10", line: line, result: "属实", on: day("2026-11-24"), by: officer)
    let again = try await service.samples("DFL-01-2026-10")
    await #expect(throws: SpotCheckRefusal.askedBefore(line: line, day("2026-11-24"))) {
      try await service.record(
        "DFL-01-2026-10", line: line, result: "未就餐", on: day("2026-11-24"), by: officer)
    }

    #expect(one.people.count == 1 && both.people.count == 2 && both.persons == 2)
    #expect(again.map(\.seed) == [7, 8] && again[0].people.map(\.lines) == one.people.map(\.lines))
    #expect(again[1].people.map(\.result) == ["属实", nil])
    #expect(both.people.flatMap(\.lines).sorted() == [1, 2, 3])
    await #expect(throws: SpotCheckRefusal.size(3, persons: 2)) {
      try await service.draw("DFL-01-2026-10", size: 3, seed: 1, by: officer)
    }
  }

  @Test("a draw takes everybody equally often, and each once")
  func fairDraw() {
    var drawn = [Int](repeating: 0, count: 10)
    for seed in Int64(0)..<2000 {
      let sample = SpotCheckSample.draw(3, of: Array(0..<10), seed: seed)
      #expect(Set(sample).count == 3)
      for person in sample { drawn[person] += 1 }
    }

    // 600 are expected of each; six standard deviations are about 123.
    #expect(drawn.allSatisfy { (477...723).contains($0) }, "\(drawn)")
    #expect(SpotCheckSample.usualSize(of: 260) == 13 && SpotCheckSample.usualSize(of: 6) == 6)
  }
}
