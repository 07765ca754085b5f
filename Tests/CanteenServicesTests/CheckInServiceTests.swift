import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import Testing

/// One meal a person and period, each request with its own outcome, nothing counted twice.
@Suite("check-in", .database)
struct CheckInServiceTests {
  private func community() async throws -> SmallCommunity {
    try await SmallCommunity(TestDatabase.current.database)
  }

  @Test("a second meal of the period is refused with when and where the first was")
  func second() async throws {
    let community = try await community()

    let first = try await community.checkIn(community.request(1))
    let again = try await community.checkIn(community.request(2, at: "12:30"))

    #expect(first[0].dinerPays == 1000)
    let sentence = try #require(again[0].refusal).sentence
    #expect(sentence.zh == "2026-11-16 午餐已就餐 12:04 · 东风路社区长者食堂 · 一号窗")
  }

  @Test("the same key and body gives the same answer; another body is refused")
  func keys() async throws {
    let community = try await community()
    _ = try await community.checkIn(community.request(1))

    let repeated = try await community.checkIn(community.request(1))
    let other = try await community.checkIn(community.request(1, list: 1500))
    let otherPerson = try await community.checkIn(community.request(1, card: "B1"))

    #expect(try repeated[0].get().isRepeated && repeated[0].dinerPays == 1000)
    #expect(other[0].refusal == .keyUsedForAnother(community.request(1).id))
    #expect(otherPerson[0].refusal == .keyUsedForAnother(community.request(1).id))
  }

  @Test("at full price a further meal is always possible, and no source pays for it")
  func fullPrice() async throws {
    let community = try await community()
    _ = try await community.checkIn(community.request(1))

    let further = try await community.checkIn(community.request(2, fullPrice: true))

    #expect(further[0].dinerPays == 1200)
  }

  @Test("the day's cap holds across canteens, and the best of age and category counts")
  func capAcrossCanteens() async throws {
    let community = try await community()

    let outcomes = try await community.checkIn(
      community.request(1, card: "B1"),
      community.request(2, card: "B1", canteen: "XFS-01", at: "17:30", period: .dinner))

    #expect(outcomes.map(\.dinerPays) == [800, 1200])
  }

  @Test("one bad request never fails its neighbours")
  func neighbours() async throws {
    let community = try await community()

    let outcomes = try await community.checkIn(
      community.request(1, card: "nobody"), community.request(2),
      community.request(3, card: "B1", canteen: "NONE"), community.request(4, card: "B1", list: -1),
      community.request(5, card: "B1", on: "2023-12-31"),
      community.request(6, card: "B1", on: "2027-01-01"), community.request(7, card: "B1"),
      community.request(8, card: "B1", list: 100_001))

    #expect(
      outcomes.map { $0.refusal == nil } == [false, true, false, false, false, false, true, false])
    #expect(outcomes[7].refusal == .priceTooHigh(100_001))
    #expect(outcomes[0].refusal == .unknownCard("nobody"))
    #expect(outcomes[2].refusal == .unknownCanteen("NONE"))
    #expect(outcomes[3].refusal == .priceNotPositive(-1))
    #expect(outcomes[4].refusal == .beforeCanteenOpened(day("2023-12-31"), canteen: "东风路社区长者食堂"))
    #expect(outcomes[5].refusal == .inTheFuture(day("2027-01-01"), time("12:04")))
  }

  @Test("a list that was ticked by hand names persons by their register numbers")
  func registerNumbers() async throws {
    let community = try await community()
    let text = """
      流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式
      S1,2026-11-16,11:30,午餐,#1,DFL-01,堂食,12.00,现金,人工
      S2,2026-11-16,11:31,午餐,#99,DFL-01,堂食,12.00,现金,人工

      """
    let table = try Table(
      DecodedText(bytes: Array(text.utf8), fileName: "补录.csv"), columns: SignInRow.columns)

    let outcome = try await CheckInImport(CheckInService(community.database))
      .run(SignInRow.read(table), fileName: "补录.csv", entry: .late, by: aClerk)

    #expect(outcome.added == 1 && outcome.dinersPay == 1000)
    #expect(outcome.kept.map(\.address.line) == [3] && outcome.refused.isEmpty)
  }

  @Test("of many counters racing for one meal, exactly one wins")
  func race() async throws {
    let community = try await community()

    let won = try await withThrowingTaskGroup(of: Bool.self) { group in
      for key in 1...20 {
        group.addTask { try await community.checkIn(community.request(key))[0].refusal == nil }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }

    #expect(won == 1)
  }

  @Test("what comes after the day was closed goes into the first open day")
  func late() async throws {
    let community = try await community()
    _ = try await community.checkIn(community.request(1))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-11-20"), by: aClerk)

    let late = try await community.checkIn(community.request(2, card: "B1"))

    #expect(try late[0].get().checkIn.postedOn == day("2026-11-21"))
    #expect(try late[0].get().checkIn.day == day("2026-11-16"))
  }

  @Test("a reversal writes the transfers the other way, once, and frees the meal")
  func reversal() async throws {
    let community = try await community()
    let service = CheckInService(community.database)
    _ = try await community.checkIn(community.request(1))
    let id = community.request(1).id

    _ = try await service.reverse(id, reason: "刷错卡", by: aClerk)

    await #expect(throws: CheckInRefusal.alreadyReversed(id)) {
      try await service.reverse(id, reason: "刷错卡", by: aClerk)
    }
    let left = try await community.database.query(
      "select coalesce(sum(debit_fen - credit_fen), 0)::bigint from account_days where account = 'meal_revenue'",
      as: Int.self)
    #expect(left == [0])
    let again = try await community.checkIn(community.request(2))
    #expect(again[0].dinerPays == 1000)
  }
}
