import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// The kitchen's sheet from what is really in the tables.
@Suite("the kitchen", .database)
struct KitchenServiceTests {
  private var database: Database { TestDatabase.current.database }
  private let tuesday = day("2026-12-01")

  private func order(
    _ diner: Diner.ID, _ mode: ServiceMode = .dineIn, on day: Day? = nil
  ) -> OrderService.Request {
    .init(
      diner: diner, day: day ?? tuesday,
      wish: Order.Wish(canteen: "DFL-01", period: .lunch, mode: mode))
  }

  @Test
  func `four diners of whom three are incomplete: three flagged and visible, one special line`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(4, diets: ["花生过敏"])
    try await TestDatabase.current.asOwner(
      """
      update diner_records set address_sealed = null where diner_id = \(diners[1]);
      update diner_records set phone_sealed = null, phone_tail = null, phone_key = null
      where diner_id = \(diners[2]);
      update diner_records set emergency_name = '', emergency_phone_sealed = null
      where diner_id = \(diners[3])
      """)
    try await community.publishLunch(tuesday)
    _ = try await OrderService(database).place(
      [
        order(diners[0]), order(diners[1], .homeDelivery), order(diners[2], .homeDelivery),
        order(diners[3]),
      ], by: aClerk)

    let sheet = try await KitchenService(database).sheet("DFL-01", on: tuesday, .lunch)

    let count = sheet.count
    #expect(count.guests.count == 4)
    #expect(Set(count.incomplete.map(\.order.diner)) == Set(diners[1...]))
    #expect(
      Set(count.incomplete.flatMap(\.gaps)) == [.address, .phone, .emergencyContact])
    #expect(count.specials.map(\.guest.order.diner) == [diners[0]])
    #expect(count.specials[0].swaps.map(\.instead) == ["清蒸鲈鱼"])
    #expect(count.count(of: "宫保鸡丁") == 3 && count.count(of: "米饭") == 4)
    #expect(sheet.plates.reduce(0) { $0 + $1.count } == count.portions.reduce(0) { $0 + $1.count })
  }

  @Test
  func `who ordered is no walk-in, and the forecast is judged by who came`() async throws {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(6)
    try await community.publishLunch(tuesday)
    _ = try await OrderService(database).place([order(diners[0])], by: aClerk)
    let checkIns = CheckInService(database)
    func came(_ persons: ArraySlice<Diner.ID>, on day: Day) async throws {
      let requests = persons.enumerated().map { index, person in
        CheckInRequest(
          id: CheckIn.ID(
            bytes: (0..<16).map { UInt8(truncatingIfNeeded: (day.number * 64 + index) >> (4 * $0)) }
          ),
          party: .diner(person), canteen: "DFL-01", day: day, time: time("12:00"), period: .lunch,
          mode: .dineIn, list: 1200, means: .cash, auth: .manual, terminal: "一号窗")
      }
      for outcome in try await checkIns.checkIn(requests, by: moment("2026-12-09")) {
        _ = try outcome.get()
      }
    }
    try await came(diners[1...3], on: tuesday - 7)
    try await came(diners[0...5], on: tuesday)

    let kitchen = KitchenService(database)
    let before = try await kitchen.sheet("DFL-01", on: tuesday, .lunch)
    let judged = try await kitchen.judged("DFL-01", .lunch, from: tuesday, to: tuesday)

    #expect(before.forecast.walkIns == 3 && before.expected == 4)
    #expect(judged.map(\.walkIns) == [5] && judged.map(\.error) == [2])
    #expect(judged.map(\.meals) == [6])
  }

  @Test
  func `what is carried over comes into the next meal, and reconciliation reads it`() async throws {
    _ = try await SmallCommunity(database)
    let kitchen = KitchenService(database)

    let new = try await kitchen.record(
      .init(produced: 100, carriedOver: 4, wasted: 2), "DFL-01", on: tuesday, .lunch, by: aClerk)
    let again = try await kitchen.record(
      .init(carriedOver: 5), "DFL-01", on: tuesday, .lunch, by: aClerk)

    #expect([new, again] == [4, 2])
    let counts = try await database.query(
      """
      select concat_ws(' ', key, source, amount) as line
      from current_independent_counts order by key, source
      """
    ).map { try $0.decode("line", as: String.self) }
    #expect(
      counts == [
        "dinner carried_in 5", "lunch carried_over 5", "lunch produced 100", "lunch wasted 2",
      ])
  }
}
