import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// 预拨: money that came ahead of statements, what was paid out of it, and what went back.
@Suite("advances", .database)
struct AdvanceTests {
  private static let october = "DFL-01-2026-10"
  private let officer = Attribution(by: "街道甲", at: aMoment)
  private let another = Attribution(by: "街道乙", at: aMoment)

  private var database: Database { TestDatabase.current.database }
  private var advances: AdvanceService { AdvanceService(database) }
  private var life: StatementLifeService { StatementLifeService(database) }

  private func advance(
    _ fen: Fen, _ voucher: String, of source: FundingSource = .street,
    on date: String = "2026-11-23", reason: String = ""
  ) -> Advance {
    Advance(
      canteen: "DFL-01", source: source, fen: fen, day: day(date), voucher: voucher, reason: reason)
  }

  private func payment(
    _ source: FundingSource, _ fen: Fen, _ voucher: String,
    from origin: StatementLifeService.Payment.Origin = .advance
  ) -> StatementLifeService.Payment {
    StatementLifeService.Payment(
      source: source, fen: fen, day: day("2026-11-23"), voucher: voucher, from: origin)
  }

  private func approve(_ number: String) async throws {
    _ = try await life.take(.submitted, number, by: aClerk)
    _ = try await life.take(.approved, number, by: officer)
  }

  /// October approved with two lunches: the district owes 2.40, the street 1.60.
  private func prepare() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-23")
    try await approve(Self.october)
  }

  private func balances() async throws -> [String] {
    let balances = try await LedgerService(database)
      .balance("DFL-01", through: day("2026-12-31"))
    #expect(balances.map(\.fen).sum() == 0)
    return balances.map { "\($0.account) \($0.fen.yuan)" }
  }

  /// What the canteen holds of the street's.
  private func held() async throws -> Fen? {
    try await advances.holdings(of: "DFL-01").first { $0.source == .street }?.held
  }

  /// Closes the days up to the one on which the tests run, and verifies the books.
  private func broken() async throws -> Sentence? {
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-11-23"), by: aClerk)
    return try await AuditService(database).verify("DFL-01").broken
  }

  @Test
  func `money that came ahead is the canteen's debt by source, and sealed with its day`()
    async throws
  {
    _ = try await SmallCommunity(database)

    _ = try await advances.enter(advance(500, "V1"), by: officer)
    let holdings = try await advances.enter(advance(300, "V1", of: .district), by: officer)

    #expect(
      holdings == [
        AdvanceHolding(canteen: "DFL-01", source: .district, received: 300),
        AdvanceHolding(canteen: "DFL-01", source: .street, received: 500),
      ])
    #expect(
      try await balances() == ["advance:district -3.00", "advance:street -5.00", "bank 8.00"])
    let sides = try await database.query(
      "select sum(debit_fen - credit_fen)::bigint from ledger_days", as: Int.self)
    #expect(sides == [0])
    #expect(try await broken() == nil)
    try await TestDatabase.current.asOwner("update advances set fen = 400 where fen = 500")
    #expect(try await broken()?.zh.hasPrefix("DFL-01 2026-11-23 的明细与封存时不同") == true)
  }

  @Test
  func `a statement is paid out of an advance in part and then whole, beside the bank`()
    async throws
  {
    try await prepare()
    _ = try await advances.enter(advance(500, "V1"), by: officer)

    _ = try await life.pay(
      payment(.district, 240, "P1", from: .bank), for: Self.october, by: officer)
    let part = try await life.pay(payment(.street, 60, "P2"), for: Self.october, by: officer)
    let halfway = try await held()
    let whole = try await life.pay(payment(.street, 100, "P3"), for: Self.october, by: officer)

    #expect(part.step == .approved && part.outstanding == 100 && halfway == 440)
    #expect(whole.step == .paid && whole.outstanding == 0)
    #expect(
      try await advances.holdings() == [
        AdvanceHolding(canteen: "DFL-01", source: .street, received: 500, used: 160)
      ])
    #expect(
      try await life.payments(of: Self.october).map(\.payment.from) == [.bank, .advance, .advance])
    #expect(
      try await balances() == [
        "advance:street -3.40", "bank 7.40", "meal_revenue -24.00", "received:cash 20.00",
      ])
    #expect(try await broken() == nil)
  }

  @Test
  func `the ledger shows what moved an advance, and the ageing what is left of it`() async throws {
    try await prepare()
    _ = try await advances.enter(advance(500, "V1"), by: officer)
    _ = try await life.pay(payment(.street, 60, "P1"), for: Self.october, by: officer)
    let ledger = LedgerService(database)

    let account = try await ledger.account(
      "预收补贴·街道", "DFL-01", from: day("2026-10-01"), to: day("2026-11-30"))
    let ageing = try await ledger.ageing("DFL-01", today: day("2026-11-30"))

    #expect(
      account.entries.map {
        "\($0.day) \($0.cause.name.zh) \($0.reference ?? "-") \($0.debit.yuan) \($0.credit.yuan)"
      } == [
        "2026-11-23 预拨 V1 0.00 5.00", "2026-11-23 拨付 P1 0.60 0.00",
      ])
    #expect(account.closing == Fen(-440))
    #expect(ageing.map(\.source) == [.district, .street])
    #expect(ageing.map(\.total) == [240, 100])
    #expect(ageing.map(\.advance) == [0, 440])
  }

  @Test
  func `more than is left of an advance is refused, and so is more than the source owes`()
    async throws
  {
    try await prepare()
    _ = try await advances.enter(advance(100, "V1"), by: officer)

    await #expect(throws: AdvanceRefusal.moreThanHeld(.street, held: 100)) {
      try await life.pay(payment(.street, 101, "P1"), for: Self.october, by: officer)
    }
    await #expect(throws: AdvanceRefusal.moreThanHeld(.district, held: 0)) {
      try await life.pay(payment(.district, 1, "P1"), for: Self.october, by: officer)
    }
    _ = try await advances.enter(advance(400, "V2"), by: officer)
    await #expect(throws: StatementLifeRefusal.moreThanOwed(.street, outstanding: 160)) {
      try await life.pay(payment(.street, 161, "P1"), for: Self.october, by: officer)
    }

    let sentence = AdvanceRefusal.moreThanHeld(.street, held: 100).sentence
    #expect(sentence.zh == "街道的预拨款只余 1.00 元")
    #expect(sentence.en == "only 1.00 yuan are left of what street paid ahead")
    #expect(try await held() == 500)
    #expect(try await life.standing(Self.october).outstanding == 400)
  }

  @Test
  func `of two officers who pay two statements out of one advance at once, one does`()
    async throws
  {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-09-14"), community.request(2, on: "2026-10-12"))
    let numbers = ["DFL-01-2026-09", Self.october]
    for month in ["2026-09", "2026-10"] {
      _ = try await community.state(month, at: "2026-11-23")
    }
    for number in numbers { try await approve(number) }
    _ = try await advances.enter(advance(80, "V1"), by: officer)
    let (life, paying) = (life, payment(.street, 80, "P1"))
    let officers = [officer, another]

    let paid = await withTaskGroup(of: Bool.self) { group in
      for (number, officer) in zip(numbers, officers) {
        group.addTask {
          do {
            _ = try await life.pay(paying, for: number, by: officer)
            return true
          } catch {
            #expect(error as? AdvanceRefusal == .moreThanHeld(.street, held: 0))
            return false
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect(paid == 1)
    #expect(try await held() == 0)
    #expect(try await broken() == nil)
  }

  @Test
  func `an advance is entered once by its voucher, taken back by a counter-entry, and returned`()
    async throws
  {
    try await prepare()
    _ = try await advances.enter(advance(500, "V1"), by: officer)
    await #expect(throws: StatementLifeRefusal.voucherKnown("V1")) {
      try await advances.enter(advance(500, "V1"), by: officer)
    }

    _ = try await advances.correct(1, of: "DFL-01", reason: "金额录错", by: officer)
    _ = try await advances.enter(advance(50, "V1"), by: officer)
    await #expect(throws: AdvanceRefusal.alreadyCorrected(1)) {
      try await advances.correct(1, of: "DFL-01", reason: "x", by: officer)
    }
    await #expect(throws: AdvanceRefusal.unknown(2)) {
      try await advances.correct(2, of: "DFL-01", reason: "x", by: officer)
    }
    await #expect(throws: StatementLifeRefusal.reasonMissing) {
      try await advances.enter(advance(-20, "R1"), by: officer)
    }
    await #expect(throws: AdvanceRefusal.moreThanHeld(.street, held: 50)) {
      try await advances.enter(advance(-51, "R1", reason: "年末结清"), by: officer)
    }
    let left = try await advances.enter(advance(-20, "R1", reason: "年末结清"), by: officer)

    #expect(
      left == [
        AdvanceHolding(canteen: "DFL-01", source: .street, received: 50, returned: 20)
      ])
    #expect(
      try await advances.all().map {
        "\($0.number) \($0.advance.fen.count) \($0.advance.reason) \($0.corrects ?? 0)"
      } == ["1 500  0", "2 -500 金额录错 1", "3 50  0", "4 -20 年末结清 0"])
    #expect(try await balances().filter { $0.hasPrefix("bank") } == ["bank 0.30"])
    #expect(try await broken() == nil)
  }

  @Test
  func `what a statement used cannot be taken back before its payment is`() async throws {
    try await prepare()
    _ = try await advances.enter(advance(160, "V1"), by: officer)
    _ = try await life.pay(
      payment(.district, 240, "P1", from: .bank), for: Self.october, by: officer)
    _ = try await life.pay(payment(.street, 160, "P2"), for: Self.october, by: officer)
    await #expect(throws: AdvanceRefusal.moreThanHeld(.street, held: 0)) {
      try await advances.correct(1, of: "DFL-01", reason: "录错", by: officer)
    }

    let back = try await life.correct(
      payment: 2, of: Self.october, reason: "应由银行拨付", by: officer)
    let again = try await held()
    _ = try await advances.correct(1, of: "DFL-01", reason: "录错", by: officer)

    #expect(back.step == .approved && back.outstanding == 160 && again == 160)
    #expect(try await held() == 0)
    #expect(try await broken() == nil)
    try await TestDatabase.current.asOwner(
      "update statement_payments set paid_from = 'advance' where payment_no = 1")
    #expect(try await broken()?.zh == "结算单 \(Self.october) 的补贴、核减或拨付与分录不符")
  }

  @Test
  func `an advance is of a source that pays canteens, by who may pay, and not of tomorrow`()
    async throws
  {
    _ = try await SmallCommunity(database)
    let refused: [(Advance, AdvanceRefusal)] = [
      (
        advance(100, "V1", of: .diner),
        .unknownSource(.diner, known: [.district, .street])
      ),
      (
        advance(100, "V1", on: "2026-11-24"),
        .inFuture(day("2026-11-24"), today: day("2026-11-23"))
      ),
    ]
    for (advance, refusal) in refused {
      await #expect(throws: refusal) { try await advances.enter(advance, by: officer) }
    }
    _ = try await RightService(database).set(
      .payStatements, of: another.by, granted: true, by: aClerk)
    await #expect(throws: StatementLifeRefusal.noRight(officer.by, .payStatements)) {
      try await advances.enter(advance(100, "V1"), by: officer)
    }
    _ = try await advances.enter(advance(100, "V1"), by: another)
    await #expect(throws: StatementLifeRefusal.noRight(officer.by, .payStatements)) {
      try await advances.correct(1, of: "DFL-01", reason: "x", by: officer)
    }

    #expect(try await held() == 100)
  }

  @Test
  func `what a source is to get back of a statement below zero can stay as its advance`()
    async throws
  {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-20")
    for key in 1...2 {
      _ = try await CheckInService(database)
        .reverse(community.request(key).id, reason: "重复录入", by: aClerk)
    }
    let number = try await community.state("2026-11", at: "2026-12-02").statement.number
    func by(_ name: String) -> Attribution {
      Attribution(by: name, at: CanteenCalendar.shanghai.instant(day("2026-12-03"), time("09:00")))
    }
    _ = try await life.take(.submitted, number, by: by("测试员"))
    _ = try await life.take(.approved, number, by: by("街道甲"))

    let kept = try await life.pay(
      StatementLifeService.Payment(
        source: .street, fen: -160, day: day("2026-12-03"), voucher: "R1", reason: "抵下期",
        from: .advance),
      for: number, by: by("街道甲"))
    let before = try await held()
    _ = try await life.correct(payment: 1, of: number, reason: "录错", by: by("街道甲"))

    #expect(kept.outstanding == Fen(-240) && before == 160)
    #expect(try await held() == 0)
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }
}
