import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// A week in the life of the sample community: planned, published, ordered, generated, cooked, served,
/// delivered, counted, reconciled and claimed. Every number is derived twice, here by the services and
/// in `WeekShadow` and `IndependentSums` without them, and they are equal.
@Suite("a week in the life", .database)
struct WeekTests {
  private var database: Database { TestDatabase.current.database }
  private let monday = WeekShadow.monday
  private let canteen = "DFL-01"
  private let open = Array(0..<6)

  private func at(_ offset: Int, _ clock: String) -> Attribution {
    moment((monday + offset).description, clock)
  }

  @Test
  func `every number of the week is the same when it is derived a second time`() async throws {
    let community = try Community.sample()
    let shadow = WeekShadow(roster: community.roster.text)
    try await community.prepare(database)
    _ = try await community.importRoster(database)
    let diners = try await persons()

    try await publish()
    try await order(diners)
    let volunteer = try await helper(diners[1]!)
    for offset in open {
      try await cook(offset, shadow)
      let fetched = try await serve(offset, diners, volunteer: volunteer)
      #expect(fetched == WeekShadow.fetched(offset).count)
      try await count(offset, roster: community.roster.text)
    }

    try await ordersEnded(as: shadow)
    try await forecastOfSaturday()
    try await nothingToReconcile()
    try await claim(roster: community.roster.text)
  }

  private func persons() async throws -> [Int: Diner.ID] {
    let service = DinerService(database, vault: theVault)
    var diners: [Int: Diner.ID] = [:]
    for person in Array(1...70) + Array(101...110) {
      diners[person] = try await service.person(WeekShadow.card(person))
    }
    return diners
  }

  /// Dishes from a table, the week from a grid, Sunday closed.
  private func publish() async throws {
    let dishes = DishRow.read(
      try Table(
        DecodedText(
          bytes: Array(
            """
            菜名,类别,配料,过敏原
            标准套餐,套餐,,
            红烧肉,荤,猪肉,
            宫保鸡丁,荤,鸡肉、花生米,花生
            清蒸鱼,荤,鲈鱼,鱼类
            清炒时蔬,素,青菜,
            冬瓜汤,汤,冬瓜,
            米饭,主食,大米,

            """.utf8), fileName: "菜品.csv"), columns: DishRow.columns)
    ).compactMap(\.value?.record).map { record in
      var record = record
      record.canteen = canteen
      return record
    }
    _ = try await DishService(database).add(dishes, by: aClerk)
    _ = try await DishService(database).setPrice(
      DishPrice(canteen: canteen, dish: "标准套餐", from: monday, price: 1200), by: aClerk)
    let grid = """
      餐次,类别,周一,周二,周三,周四,周五,周六
      午餐,套餐,标准套餐,标准套餐,标准套餐,标准套餐,标准套餐,标准套餐
      午餐,荤,\(WeekShadow.mains.joined(separator: ","))
      午餐,素,清炒时蔬,清炒时蔬,清炒时蔬,清炒时蔬,清炒时蔬,清炒时蔬
      午餐,汤,冬瓜汤,冬瓜汤,冬瓜汤,冬瓜汤,冬瓜汤,冬瓜汤
      午餐,主食,米饭,米饭,米饭,米饭,米饭,米饭

      """
    let cells = MenuGrid.read(
      try Table(
        DecodedText(bytes: Array(grid.utf8), fileName: "排餐.csv"), columns: MenuGrid.columns)
    ).compactMap(\.value).flatMap { $0 }
    let plans = MenuPlanService(database)
    try await plans.set(
      CanteenDay(
        canteen: canteen, day: monday + WeekShadow.closedOffset, kind: .closed, name: "检修"),
      by: aClerk)
    try await plans.plan(
      MenuGrid.plans(cells, canteen: canteen, monday: monday), by: aClerk)
    let published = try await plans.publish(canteen, of: monday, by: aClerk)
    // Vegetables come six times: a remark, and no obstacle.
    #expect(published.published == 6 && published.look.contains { $0.weight == .look })
  }

  /// Standing orders, what is skipped ahead and cancelled afterwards, and single orders.
  private func order(_ diners: [Int: Diner.ID]) async throws {
    let orders = OrderService(database)
    let standing = StandingOrderService(database)
    for person in WeekShadow.standing {
      _ = try await standing.add(
        diners[person]!, wish(person), on: WeekShadow.weekdays(person), from: monday, by: aClerk)
    }
    let cancelled = open.flatMap { offset in
      WeekShadow.standing.filter { WeekShadow.cancels($0, offset) }.map { ($0, offset) }
    }
    for (person, offset) in cancelled where person % 2 == 0 {
      _ = try await orders.cancel(diners[person]!, on: monday + offset, .lunch, by: aClerk)
    }
    let made = try await standing.generate(canteen, from: monday, days: 7, by: aClerk)
    for (person, offset) in cancelled where person % 2 == 1 {
      _ = try await orders.cancel(diners[person]!, on: monday + offset, .lunch, by: aClerk)
    }
    let again = try await standing.generate(canteen, from: monday, days: 7, by: aClerk)
    let due = open.flatMap { offset in
      WeekShadow.standing.filter { WeekShadow.isDue($0, offset) }
    }.count
    #expect(made.added == due - cancelled.count { $0.0 % 2 == 0 } && again.added == 0)
    for offset in open {
      _ = try await orders.place(
        WeekShadow.singles(offset).map {
          .init(diner: diners[$0]!, day: monday + offset, wish: wish($0))
        }, by: aClerk)
    }
  }

  private func wish(_ person: Int) -> Order.Wish {
    Order.Wish(
      canteen: canteen, period: .lunch, mode: WeekShadow.mode(person),
      size: WeekShadow.size(person))
  }

  /// Somebody who earns fifteen points and pays a part of Monday's lunch by two of them.
  private func helper(_ diner: Diner.ID) async throws -> Volunteer.ID {
    let volunteers = VolunteerService(database)
    try await volunteers.set(PointRules.Earning(points: 15, minutes: 150), for: "帮厨", by: aClerk)
    try await volunteers.set(PointRules.Spending(points: 2, fen: 400), for: .lunch, by: aClerk)
    let id = try await volunteers.add("周某", diner: diner, joinedOn: monday, by: aClerk)
    let shift = try await volunteers.plan(
      id, at: canteen, on: monday, task: "帮厨", minutes: 150, by: aClerk)
    #expect(try await volunteers.confirm(shift, of: id, minutes: 150, by: aClerk).balance == 15)
    return id
  }

  private func cook(_ offset: Int, _ shadow: WeekShadow) async throws {
    let sheet = try await KitchenService(database).sheet(canteen, on: monday + offset, .lunch)
    let ordered = WeekShadow.ordered(offset)
    let count = sheet.count

    #expect(count.guests.count == ordered.count)
    #expect(count.count(of: "米饭") == ordered.count)
    #expect(count.specials.count == ordered.count { shadow.isSpecial($0, offset) })
    let main = WeekShadow.mains[offset]
    let eatMain = ordered.count { !shadow.refusesMain($0, offset) }
    #expect(count.count(of: main) == eatMain, "\(main)")
    for mode in ServiceMode.allCases {
      let independent = ordered.count { WeekShadow.mode($0) == mode }
      #expect(count.persons(mode: mode) == independent)
      #expect(
        count.portions.filter { $0.dish == "米饭" && $0.mode == mode }
          .reduce(0) { $0 + $1.count } == independent)
    }
    for size in Order.Size.allCases {
      #expect(count.persons(size: size) == ordered.count { WeekShadow.size($0) == size })
    }
    _ = try await FoodSampleService(database).take(
      [], grams: 150, canteen, on: monday + offset, .lunch, by: at(offset, "10:30"))
  }

  /// Serves who comes: at the window, at the door by a receipt, and who did not order.
  private func serve(
    _ offset: Int, _ diners: [Int: Diner.ID], volunteer: Volunteer.ID
  ) async throws -> Int {
    let (orders, day) = (OrderService(database), monday + offset)
    let delivery = DeliveryService(database, vault: theVault)
    let by = at(offset, "13:30")
    let rounds = try await delivery.plan(
      canteen, on: day, .lunch, couriers: ["小李", "小王"], by: at(offset, "09:00"))
    let doors = WeekShadow.ordered(offset).filter { WeekShadow.mode($0) == .homeDelivery }
    #expect(Set(rounds.flatMap(\.stops).map(\.diner)) == Set(doors.map { diners[$0]! }))
    var requests: [CheckInRequest] = []
    for (index, person) in WeekShadow.eaters(offset).enumerated() {
      let clock = TimeOfDay(seconds: 11 * 3600 + index * 20)!
      let diner = diners[person]!
      guard !WeekShadow.walkIns(offset).contains(person) else {
        requests.append(
          CheckInRequest(
            id: CheckIn.ID(bytes: [UInt8(offset), UInt8(person)] + Array(repeating: 7, count: 14)),
            card: WeekShadow.card(person), canteen: canteen, day: day, time: clock,
            period: .lunch, mode: .dineIn, list: 1200, means: .cash, auth: .card,
            terminal: "一号窗"))
        continue
      }
      if WeekShadow.mode(person) == .homeDelivery {
        _ = try await delivery.receive(
          DeliveryReceipt(
            diner: diner, day: day, period: .lunch, canteen: canteen,
            receivedAt: CanteenCalendar.shanghai.instant(day, clock), receivedBy: "本人",
            isProxy: false, courier: "小李"), by: by)
      }
      var request = try await orders.checkIn(
        diner, on: day, .lunch, at: clock, auth: .card, terminal: "一号窗")
      if person == 1, offset == 0 { request.pointsOf = volunteer }
      requests.append(request)
    }
    // Each tap comes twice.
    let service = CheckInService(database)
    let first = try await service.checkIn(requests, by: by)
    let second = try await service.checkIn(requests, by: by)
    #expect(first.allSatisfy { $0.refusal == nil })
    #expect(try second.allSatisfy { try $0.get().isRepeated })
    return first.count - WeekShadow.walkIns(offset).count
  }

  /// What others count on the day: the till, the gate, the kitchen and the couriers.
  private func count(_ offset: Int, roster: String) async throws {
    let day = monday + offset
    let sums = IndependentSums(roster: roster, signIns: WeekShadow.signIns([offset]))
    let paidByPoints = offset == 0 ? 400 : 0
    let eaters = WeekShadow.eaters(offset)
    let ordered = Set(WeekShadow.ordered(offset))
    let dineIn = eaters.count { !ordered.contains($0) || WeekShadow.mode($0) == .dineIn }
    func independent(_ source: IndependentCount.Source, _ key: String, _ amount: Int)
      -> IndependentCount
    {
      IndependentCount(canteen: canteen, day: day, source: source, key: key, amount: amount)
    }
    let month = try #require(sums.months.values.first)
    _ = try await IndependentCountService(database).add(
      [
        independent(.till, "cash", month.diner - paidByPoints),
        independent(.gate, "lunch", dineIn),
      ], by: aClerk)
    _ = try await KitchenService(database).record(
      .init(produced: eaters.count + 3, wasted: 3), canteen, on: day, .lunch, by: aClerk)
    let receipts = try await DeliveryService(database, vault: theVault)
      .countReceipts(canteen, on: day, .lunch, by: aClerk)
    #expect(
      receipts == WeekShadow.fetched(offset).count { WeekShadow.mode($0) == .homeDelivery })
  }

  private func ordersEnded(as shadow: WeekShadow) async throws {
    let states = try await OrderService(database)
      .list(canteen, from: monday, to: monday + 6).map { $0.state(on: monday + 7) }
    let fetched = open.map { WeekShadow.fetched($0).count }.reduce(0, +)
    let ordered = open.map { WeekShadow.ordered($0).count }.reduce(0, +)
    let cancelled = open.flatMap { offset in
      WeekShadow.standing.filter { WeekShadow.cancels($0, offset) }
    }.count
    #expect(states.count { $0 == .served } == fetched)
    #expect(states.count { $0 == .noShow } == ordered - fetched)
    #expect(states.count { $0 == .cancelled } == cancelled)
    #expect(!states.contains(.ordered))
  }

  /// Five, six, seven, eight and nine came; so seven are expected, and ten come.
  private func forecastOfSaturday() async throws {
    let judged = try await KitchenService(database)
      .judged(canteen, .lunch, from: monday + 5, to: monday + 5)
    #expect(judged.map(\.forecast.walkIns) == [7])
    #expect(judged.map(\.walkIns) == [WeekShadow.walkIns(5).count])
    #expect(judged.map(\.error) == [3])
    #expect(judged.map(\.meals) == [WeekShadow.eaters(5).count])
  }

  private func nothingToReconcile() async throws {
    let reconciliation = ReconciliationService(database)
    for check in ["R01", "R02", "R03", "R05", "R12", "R18", "R19", "R24", "R30"] {
      let findings = try await reconciliation.look(
        check, canteen, from: monday, to: monday + 6)
      #expect(findings.isEmpty, "\(check): \(findings.map(\.sentence.zh))")
    }
  }

  /// The month's statement says what the independent sums say of the week, and of points.
  private func claim(roster: String) async throws {
    let sums = IndependentSums(roster: roster, signIns: WeekShadow.signIns(open))
    let month = try #require(sums.months["DFL-01-2026-12"])
    let later = moment("2027-01-02")
    _ = try await DayCloseService(database).close(canteen, through: day("2026-12-31"), by: later)
    _ = try await ReconciliationService(database)
      .run([canteen], through: day("2026-12-31"), by: later)

    let statement = try await StatementService(database, vault: theVault)
      .close(canteen, month: monday, by: later).statement

    func source(_ source: FundingSource) -> Int {
      statement.sources.first { $0.source == source }?.fen.count ?? 0
    }
    #expect(statement.meals == open.map { WeekShadow.eaters($0).count }.reduce(0, +))
    #expect(statement.meals == month.meals && statement.list.count == month.list)
    #expect(statement.diner.count == month.diner - 400 && source(.points) == 400)
    #expect(source(.district) == month.district && source(.street) == month.street)
    #expect(statement.servingDays == open.count)
    #expect(try await AuditService(database).verify(canteen).broken == nil)
    #expect(try await VolunteerService(database).list().map(\.balance) == [13])
  }
}
