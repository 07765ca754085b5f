import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Orders as peers' tests tell them, with their numbers.
@Suite("orders", .database)
struct OrderServiceTests {
  private var database: Database { TestDatabase.current.database }
  private var orders: OrderService { OrderService(database) }
  private var standing: StandingOrderService { StandingOrderService(database) }
  /// A Tuesday; the Friday and the Monday after it.
  private let tuesday = day("2026-12-01")
  private let friday = day("2026-12-04")
  private let monday = day("2026-12-07")
  private let lunch = Order.Wish(canteen: "DFL-01", period: .lunch)

  private func wanted(_ from: Day? = nil, _ to: Day? = nil) async throws -> Int {
    try await orders.list("DFL-01", from: from ?? tuesday, to: to ?? tuesday + 13)
      .count { $0.order.isWanted }
  }

  /// Ten persons who eat on Mondays and Fridays.
  private func ten() async throws -> [Diner.ID] {
    let diners = try await SmallCommunity(database).neighbours(10)
    for diner in diners {
      _ = try await standing.add(
        diner, lunch, on: [1, 5], from: day("2026-11-24"), by: aClerk)
    }
    return diners
  }

  private func generate(_ from: Day, _ days: Int) async throws -> StandingOrderService.Generated {
    try await standing.generate("DFL-01", from: from, days: days, by: aClerk)
  }

  @Test
  func `ten on Monday and Friday make twenty in seven days, and twenty when it is made again`()
    async throws
  {
    _ = try await ten()

    let first = try await generate(tuesday, 7)
    let again = try await generate(tuesday, 7)

    #expect(first.added == 20 && first.known == 0)
    #expect(again.added == 0 && again.known == 20)
    #expect(try await wanted() == 20)
  }

  @Test
  func `after four drop Friday a clean base gets six on Friday and ten on Monday`() async throws {
    let diners = try await ten()
    for diner in diners.prefix(4) {
      try await standing.change(1, of: diner, weekdays: [1], by: aClerk)
    }

    let onFriday = try await generate(friday, 1)
    let later = try await generate(tuesday, 7)

    #expect(onFriday.added == 6)
    #expect(try await wanted(friday, friday) == 6)
    #expect(later.added == 10 && later.known == 6)
    #expect(try await wanted() == 16)
  }

  @Test
  func `a cancelled meal never comes back, whether it was made before or skipped ahead`()
    async throws
  {
    let diners = try await ten()
    _ = try await orders.cancel(diners[0], on: friday, .lunch, by: aClerk)
    _ = try await generate(tuesday, 7)
    _ = try await orders.cancel(diners[1], on: friday, .lunch, by: aClerk)
    _ = try await orders.cancel(diners[1], on: friday, .lunch, by: aClerk)

    let again = try await generate(tuesday, 7)

    #expect(again.added == 0)
    #expect(try await wanted(friday, friday) == 8)
    let revisions = try await database.query(
      "select count(*) from orders where diner_id = \(diners[1]) and service_date = \(friday)::date",
      as: Int.self)
    #expect(revisions == [2])
    #expect(
      try await orders.place(
        [.init(diner: diners[1], day: friday, wish: lunch)], by: aClerk
      ).added == 1)
    #expect(try await wanted(friday, friday) == 9)
  }

  @Test
  func `two generations at once double nothing`() async throws {
    _ = try await ten()
    let standing = standing
    let tuesday = tuesday

    let added = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await standing.generate("DFL-01", from: tuesday, days: 7, by: aClerk).added
        }
      }
      return try await group.reduce(0, +)
    }

    #expect(added == 20)
    #expect(try await wanted() == 20)
  }

  @Test
  func `an order at the cut-off is taken, a second later only by the manager`() async throws {
    let diner = try await SmallCommunity(database).neighbours(1)[0]
    let request = OrderService.Request(diner: diner, day: tuesday, wish: lunch)
    let last = moment("2026-11-30", "16:00")
    let late = Attribution(by: "测试员", at: last.at.adding(seconds: 1))

    await #expect(
      throws: OrderRefusal.tooLate(
        tuesday, .lunch, lastDay: tuesday - 1, lastTime: time("16:00"))
    ) { _ = try await orders.place([request], by: late) }
    await #expect(throws: OrderRefusal.past(tuesday)) {
      _ = try await orders.place([request], by: moment("2026-12-02"))
    }
    await #expect(throws: OrderRefusal.tooFar(tuesday, last: tuesday - 1)) {
      _ = try await orders.place([request], by: moment("2025-11-29"))
    }
    #expect(try await orders.place([request], by: last).added == 1)
    #expect(try await orders.place([request], by: last).unchanged == 1)
    #expect(try await orders.cancel(diner, on: tuesday, .lunch, by: late).isLate)
    #expect(try await orders.place([request], afterCutoff: true, by: late).added == 1)
  }

  @Test
  func `the last portion is sold once, by clerks at once and by the generation`() async throws {
    let diners = try await ten()
    try await orders.set(
      OrderRules(capacity: 3), "DFL-01", .lunch, by: aClerk)
    let (orders, tuesday, lunch) = (orders, tuesday, lunch)

    let taken = await withTaskGroup(of: Bool.self) { group in
      for diner in diners {
        group.addTask {
          (try? await orders.place([.init(diner: diner, day: tuesday, wish: lunch)], by: aClerk))
            != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    let made = try await generate(friday, 1)

    #expect(taken == 3)
    #expect(try await wanted(tuesday, tuesday) == 3)
    #expect(made.added == 3 && made.beyondCapacity.count == 7)
    await #expect(throws: OrderRefusal.full(tuesday, .lunch, capacity: 3)) {
      for diner in diners {
        _ = try await orders.place([.init(diner: diner, day: tuesday, wish: lunch)], by: aClerk)
      }
    }
  }

  @Test
  func `a group's list is taken whole or not at all, one line a person`() async throws {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(5)
    var wish = lunch
    wish.channel = .group
    wish.orderedBy = "日间照料中心"
    let lines = diners.map { OrderService.Request(diner: $0, day: tuesday, wish: wish) }
    var wrong = lines
    wrong[4].wish.dishes = ["佛跳墙"]

    await #expect(throws: OrderRefusal.notOnTheMenu("佛跳墙", tuesday, .lunch)) {
      _ = try await orders.place(wrong, by: aClerk)
    }
    #expect(try await wanted() == 0)
    #expect(try await orders.place(lines, by: aClerk).added == 5)
    #expect(
      try await orders.list("DFL-01", from: tuesday, to: tuesday)
        .allSatisfy { $0.order.wish.orderedBy == "日间照料中心" })
  }

  @Test
  func `a tap serves an order, a second tap gives the same answer, and it is one meal`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(2)
    try await community.publishLunch(tuesday)
    var fish = lunch
    fish.dishes = ["清蒸鲈鱼", "馒头"]
    _ = try await orders.place(
      [
        .init(diner: diners[0], day: tuesday, wish: lunch),
        .init(diner: diners[1], day: tuesday, wish: fish),
      ], by: aClerk)
    let noon = moment("2026-12-01", "12:00")
    let engine = CheckInEngine(CheckInService(database))
    var receipts: [CheckInReceipt] = []

    for diner in [diners[0], diners[0], diners[1]] {
      let request = try await orders.checkIn(
        diner, on: tuesday, .lunch, at: time("12:00"), terminal: "一号窗")
      receipts.append(try await engine.checkIn(request, by: noon).get())
    }

    #expect(receipts.map(\.isRepeated) == [false, true, false])
    #expect(receipts.map(\.checkIn.list) == [1200, 1200, 1500])
    #expect(receipts[0].checkIn.dinerPays < 1200)
    #expect(
      try await orders.list("DFL-01", from: tuesday, to: tuesday)
        .map { $0.state(on: tuesday) } == [.served, .served])
    #expect(
      try await CheckInService(database).list("DFL-01", from: tuesday, to: tuesday).count == 2)
  }

  @Test
  func `who does not come is counted, costs nobody a fen, and is put on hold by the rule`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(2)
    try await orders.set(OrderRules(noShowLimit: 2), "DFL-01", .lunch, by: aClerk)
    for diner in diners {
      _ = try await standing.add(diner, lunch, on: [2, 3], from: tuesday, by: aClerk)
    }
    _ = try await generate(tuesday, 2)
    try await community.publishLunch(tuesday, tuesday + 1)
    let request = try await orders.checkIn(
      diners[0], on: tuesday, .lunch, at: time("12:00"), terminal: "一号窗")
    _ = try await CheckInService(database).checkIn([request], by: moment("2026-12-01", "12:00"))

    let after = moment("2026-12-03")
    let made = try await standing.generate("DFL-01", from: tuesday + 7, days: 2, by: after)

    let states = try await orders.list("DFL-01", from: tuesday, to: tuesday + 1)
      .map { $0.state(on: day("2026-12-03")) }
    #expect(states.count { $0 == .noShow } == 3 && states.count { $0 == .served } == 1)
    let money = try await database.query(
      "select count(*) from transfers where diner_id = \(diners[1])", as: Int.self)
    #expect(money == [0])
    #expect(made.added == 2 && made.onHold.map(\.diner) == [diners[1], diners[1]])
  }

  @Test
  func `nobody is ordered for who has died, and nothing for a closing day`() async throws {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(3)
    for diner in diners {
      _ = try await standing.add(diner, lunch, on: [1, 5], from: tuesday, by: aClerk)
    }
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses
      values (\(diners[0]), 1, 1, now(), 'test', 'deceased', '2026-12-02', null)
      """)
    try await MenuPlanService(database).set(
      CanteenDay(canteen: "DFL-01", day: monday, kind: .closed, name: "检修"), by: aClerk)

    let made = try await generate(tuesday, 7)

    #expect(made.added == 2 && made.notInTheScheme == 1)
    await #expect(throws: OrderRefusal.notInTheScheme(.deceased, friday)) {
      _ = try await orders.place([.init(diner: diners[0], day: friday, wish: lunch)], by: aClerk)
    }
    await #expect(throws: OrderRefusal.closed(monday, name: "检修")) {
      _ = try await orders.place([.init(diner: diners[1], day: monday, wish: lunch)], by: aClerk)
    }
  }
}
