import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// A closed statement on its way to the money, and heads that are kept outside the database.
@Suite("the life of a statement", .database)
struct StatementLifeTests {
  private static let number = "DFL-01-2026-10"
  private let officer = Attribution(by: "街道甲", at: aMoment)
  private let another = Attribution(by: "街道乙", at: aMoment)

  private var database: Database { TestDatabase.current.database }
  private var life: StatementLifeService { StatementLifeService(database) }

  /// October: two lunches of a person of 76, who gets 2 yuan: 1.20 of the district, 0.80 of the street.
  private func close() async throws -> StatementService.Closed {
    let community = try await SmallCommunity(database)
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    try #require(outcomes.allSatisfy { $0.refusal == nil })
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    return try await StatementService(database, vault: theVault)
      .closeAndRead("DFL-01", month: day("2026-10-01"), by: aClerk)
  }

  @Test("a meal of a sealed month that is taken back is looked at, and the month closes")
  func reversedLater() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-08-12"), community.request(2, on: "2026-08-13"))
    let late = Attribution(
      by: "主任", at: CanteenCalendar.shanghai.instant(day("2026-11-24"), time("10:00")))
    _ = try await DayCloseService(database).close("DFL-01", through: day("2026-11-23"), by: late)
    let reconciliation = ReconciliationService(database)
    _ = try await reconciliation.run(["DFL-01"], through: day("2026-11-23"), by: late)
    _ = try await CheckInService(database).reverse(
      community.request(1, on: "2026-08-12").id, reason: "录错", by: late)
    let statements = StatementService(database, vault: theVault)
    // Its own day, the other day on which the person ate that week, and the month's last.
    await #expect(throws: StatementRefusal.notReconciled(days: 3, canteen: "DFL-01")) {
      try await statements.close("DFL-01", month: day("2026-08-01"), by: late)
    }

    _ = try await reconciliation.run(["DFL-01"], through: day("2026-11-23"), by: late)
    let closed = try await statements.close("DFL-01", month: day("2026-08-01"), by: late)

    #expect(closed.statement.meals == 2)
  }

  private func payment(_ source: FundingSource, _ fen: Fen, _ voucher: String)
    -> StatementLifeService
    .Payment
  {
    StatementLifeService.Payment(
      source: source, fen: fen, day: day("2026-11-23"), voucher: voucher)
  }

  @Test("of one voucher for several payments it is told what else it paid, and how much")
  func sharedVoucher() async throws {
    _ = try await close()
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    _ = try await life.take(.approved, Self.number, by: officer)
    _ = try await life.pay(payment(.district, 240, "B-7"), for: Self.number, by: officer)
    _ = try await life.pay(payment(.street, 160, "B-7"), for: Self.number, by: officer)

    let others = try await life.others(under: "B-7", than: Self.number, .street)

    #expect(others.map { $0.statement } == [Self.number])
    #expect(others.map { $0.source } == [.district] && others.map { $0.fen } == [240])
  }

  @Test(
    "closed, submitted, returned, submitted, approved and paid in parts; each step says who and why"
  )
  func wholeLife() async throws {
    let closed = try await close()
    await #expect(throws: StatementLifeRefusal.outOfTurn(.approved, after: .closed)) {
      try await life.take(.approved, Self.number, by: officer)
    }
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    await #expect(throws: StatementLifeRefusal.reasonMissing) {
      try await life.take(.returned, Self.number, by: officer)
    }
    _ = try await life.take(.returned, Self.number, reason: "缺签字", by: officer)
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    await #expect(throws: StatementLifeRefusal.sameHands(aClerk.by)) {
      try await life.take(.approved, Self.number, by: aClerk)
    }
    await #expect(throws: StatementLifeRefusal.notApproved(.submitted)) {
      try await life.pay(payment(.district, 100, "P1"), for: Self.number, by: officer)
    }
    _ = try await life.take(.approved, Self.number, by: officer)
    let part = try await life.pay(payment(.district, 100, "P1"), for: Self.number, by: officer)
    await #expect(throws: StatementLifeRefusal.voucherKnown("P1")) {
      try await life.pay(payment(.district, 100, "P1"), for: Self.number, by: officer)
    }
    await #expect(throws: StatementLifeRefusal.notASource(.charity, of: [.district, .street])) {
      try await life.pay(payment(.charity, 1, "P2"), for: Self.number, by: officer)
    }
    let back = StatementLifeService.Payment(
      source: .district, fen: -1, day: day("2026-11-23"), voucher: "R1", reason: "退")
    await #expect(throws: StatementLifeRefusal.nothingToRepay(.district)) {
      try await life.pay(back, for: Self.number, by: officer)
    }
    await #expect(throws: StatementLifeRefusal.moreThanOwed(.district, outstanding: 140)) {
      try await life.pay(payment(.district, 141, "P2"), for: Self.number, by: officer)
    }
    _ = try await life.pay(payment(.district, 140, "P2"), for: Self.number, by: officer)
    let paid = try await life.pay(payment(.street, 160, "P3"), for: Self.number, by: officer)

    #expect(part.step == .approved && part.outstanding == 300)
    #expect(
      paid.steps.map(\.step) == [
        .closed, .submitted, .returned, .submitted, .approved, .paid,
      ])
    #expect(paid.steps.map(\.by) == ["测试员", "测试员", "街道甲", "测试员", "街道甲", "街道甲"])
    #expect(paid.steps[2].reason == "缺签字" && paid.outstanding == 0)
    let again = try await StatementService(database, vault: theVault).closed(Self.number)
    #expect(again == closed)
  }

  @Test
  func `a step is everybody's until its right was given to somebody, and then theirs alone`()
    async throws
  {
    _ = try await close()
    let rights = RightService(database)
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    let changes: [(StaffRight, String, Bool)] = [
      (.approveStatements, officer.by, true), (.payStatements, another.by, true),
      (.submitStatements, aClerk.by, true), (.submitStatements, aClerk.by, false),
    ]
    for (right, staff, granted) in changes {
      _ = try await rights.set(right, of: staff, granted: granted, by: aClerk)
    }

    await #expect(throws: StatementLifeRefusal.noRight(another.by, .approveStatements)) {
      try await life.take(.approved, Self.number, by: another)
    }
    await #expect(throws: StatementLifeRefusal.noRight(another.by, .approveStatements)) {
      try await life.disallow(line: 1, of: Self.number, reason: "重复", by: another)
    }
    _ = try await life.take(.returned, Self.number, reason: "缺签字", by: officer)
    // Taken back from the last who had it, it is nobody's.
    await #expect(throws: StatementLifeRefusal.noRight(aClerk.by, .submitStatements)) {
      try await life.take(.submitted, Self.number, by: aClerk)
    }
    _ = try await rights.set(.submitStatements, of: aClerk.by, granted: true, by: aClerk)
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    _ = try await life.take(.approved, Self.number, by: officer)
    await #expect(throws: StatementLifeRefusal.noRight(officer.by, .payStatements)) {
      try await life.pay(payment(.district, 240, "P1"), for: Self.number, by: officer)
    }
    let paid = try await life.pay(payment(.district, 240, "P1"), for: Self.number, by: another)
    await #expect(throws: StatementLifeRefusal.noRight(officer.by, .payStatements)) {
      try await life.correct(payment: 1, of: Self.number, reason: "错", by: officer)
    }
    #expect(paid.outstanding == 160)
    _ = try await rights.set(.closeStatements, of: another.by, granted: true, by: aClerk)
    await #expect(throws: StatementLifeRefusal.noRight(aClerk.by, .closeStatements)) {
      try await StatementService(database, vault: theVault)
        .close("DFL-01", month: day("2026-11-01"), by: aClerk)
    }
  }

  private func paymentTexts() async throws -> [String] {
    try await life.payments(of: Self.number).map {
      "\($0.number) \($0.payment.source.rawValue) \($0.payment.fen.count) \($0.payment.voucher) "
        + "\($0.payment.reason) \($0.corrects ?? 0)"
    }
  }

  /// Submits and approves October.
  private func approve() async throws {
    _ = try await close()
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    _ = try await life.take(.approved, Self.number, by: officer)
  }

  @Test
  func `a payment that was entered wrongly is taken back, and its voucher is entered again`()
    async throws
  {
    try await approve()
    _ = try await life.pay(payment(.street, 160, "S"), for: Self.number, by: officer)
    let paid = try await life.pay(payment(.district, 240, "D"), for: Self.number, by: officer)

    let back = try await life.correct(
      payment: 2, of: Self.number, reason: "金额录错", by: officer)
    _ = try await life.pay(payment(.district, 200, "D"), for: Self.number, by: officer)
    let again = try await life.pay(payment(.district, 40, "D2"), for: Self.number, by: officer)

    #expect([paid.step, back.step, again.step] == [.paid, .approved, .paid])
    #expect(back.outstanding == 240 && again.outstanding == 0)
    #expect(
      try await paymentTexts() == [
        "1 street 160 S  0", "2 district 240 D  0", "3 district -240 D 金额录错 2",
        "4 district 200 D  0", "5 district 40 D2  0",
      ])
    await #expect(throws: StatementLifeRefusal.alreadyCorrected(2)) {
      try await life.correct(payment: 2, of: Self.number, reason: "x", by: officer)
    }
    await #expect(throws: StatementLifeRefusal.noPayment(3)) {
      try await life.correct(payment: 3, of: Self.number, reason: "x", by: officer)
    }
    let bank = try await LedgerService(database).balance("DFL-01", through: day("2026-11-30"))
      .first { $0.account == .bank }
    #expect(bank?.fen == 400)
    #expect(try await AuditService(database).verify("DFL-01").broken == nil)
  }

  @Test(
    "a payment before the closing or in the future is refused",
    arguments: ["2026-11-22", "2026-11-24"])
  func paymentDay(date: String) async throws {
    try await approve()

    await #expect(
      throws: StatementLifeRefusal.paymentDay(
        day(date), closed: day("2026-11-23"), today: day("2026-11-23"))
    ) {
      try await life.pay(
        StatementLifeService.Payment(
          source: .district, fen: 100, day: day(date), voucher: "P1"),
        for: Self.number, by: officer)
    }
  }

  @Test
  func `a statement below zero is settled when the money has gone back, not before`() async throws {
    let community = try await SmallCommunity(database)
    _ = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, on: "2026-10-13"))
    _ = try await community.state("2026-10", at: "2026-11-20")
    for key in 1...2 {
      _ = try await CheckInService(database)
        .reverse(community.request(key).id, reason: "重复录入", by: aClerk)
    }
    let november = try await community.state("2026-11", at: "2026-12-02")
    let number = november.statement.number
    func by(_ name: String) -> Attribution {
      Attribution(by: name, at: CanteenCalendar.shanghai.instant(day("2026-12-03"), time("09:00")))
    }
    func back(_ source: FundingSource, _ fen: Fen, reason: String = "上月退餐")
      -> StatementLifeService.Payment
    {
      .init(source: source, fen: -fen, day: day("2026-12-03"), voucher: "R1", reason: reason)
    }

    _ = try await life.take(.submitted, number, by: by("测试员"))
    let approved = try await life.take(.approved, number, by: by("街道甲"))
    await #expect(throws: StatementLifeRefusal.reasonMissing) {
      try await life.pay(back(.district, 240, reason: ""), for: number, by: by("街道甲"))
    }
    await #expect(throws: StatementLifeRefusal.moreThanOwed(.district, outstanding: -240)) {
      try await life.pay(back(.district, 241), for: number, by: by("街道甲"))
    }
    let half = try await life.pay(back(.district, 240), for: number, by: by("街道甲"))
    let settled = try await life.pay(back(.street, 160), for: number, by: by("街道甲"))

    #expect(november.statement.claimed == Fen(-400) && november.statement.persons == 0)
    #expect([approved.step, half.step, settled.step] == [.approved, .approved, .paid])
    #expect(half.outstanding == Fen(-160))
  }

  @Test("a disallowed line is taken off each of its sources, once, while the statement is reviewed")
  func disallowance() async throws {
    _ = try await close()
    await #expect(throws: StatementLifeRefusal.notSubmitted(.closed)) {
      try await life.disallow(line: 1, of: Self.number, reason: "电话抽查未就餐", by: officer)
    }
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    let after = try await life.disallow(
      line: 1, of: Self.number, reason: "电话抽查未就餐", by: officer)
    await #expect(throws: StatementLifeRefusal.alreadyDisallowed(1)) {
      try await life.disallow(line: 1, of: Self.number, reason: "再次", by: officer)
    }
    await #expect(throws: StatementLifeRefusal.noLine(3)) {
      try await life.disallow(line: 3, of: Self.number, reason: "没有", by: officer)
    }

    #expect(
      after.debts == [
        StatementDebt(source: .district, claimed: 240, disallowed: 120),
        StatementDebt(source: .street, claimed: 160, disallowed: 80),
      ])
    #expect(after.outstanding == 200)
  }

  @Test("of two officers who approve at once, one does")
  func twoOfficers() async throws {
    _ = try await close()
    _ = try await life.take(.submitted, Self.number, by: aClerk)
    let (life, officers) = (life, [officer, another])

    let approved = await withTaskGroup(of: Bool.self) { group in
      for officer in officers {
        group.addTask {
          do {
            _ = try await life.take(.approved, Self.number, by: officer)
            return true
          } catch {
            #expect(
              error as? StatementLifeRefusal == .outOfTurn(.approved, after: .approved))
            return false
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect(approved == 1)
    #expect(
      try await life.standing(Self.number).steps.map(\.step) == [.closed, .submitted, .approved])
  }

  @Test("the newest day gone is found by its statement, and by a saved head")
  func newestDayDeleted() async throws {
    _ = try await close()
    let audit = AuditService(database)
    let saved = try await AuditHead(text: audit.head().text)
    #expect(try await audit.compare(saved) == nil)

    try await TestDatabase.current.asOwner(
      "delete from day_closes where closed_day = '2026-10-31'")

    #expect(try await audit.verify("DFL-01").broken?.zh.contains("2026-10-31") == true)
    #expect(try await audit.compare(saved)?.zh == "封存头上的 DFL-01 2026-10-31 已不在账上")
  }

  @Test("a saved head finds a last day and a statement that were sealed anew")
  func sealedAnew() async throws {
    _ = try await close()
    let audit = AuditService(database)
    let saved = try await audit.head()
    try await TestDatabase.current.asOwner(
      "update statements set sha256 = sha256('forged'::bytea)")
    let statement = try await audit.compare(saved)
    try await TestDatabase.current.asOwner(
      "update day_closes set seal = sha256('forged'::bytea) where closed_day = '2026-10-31'")
    let day = try await audit.compare(saved)

    #expect(statement?.en == "DFL-01-2026-10 is sealed otherwise than in the saved head")
    #expect(day?.en == "DFL-01 2026-10-31 is sealed otherwise than in the saved head")
    #expect(throws: AuditHeadRefusal.notALine(1)) { try AuditHead(text: "day DFL-01\n") }
    #expect(throws: AuditHeadRefusal.empty) { try AuditHead(text: "") }
  }
}
