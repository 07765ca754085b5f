import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Meals that go out of the house.
@Suite("delivery", .database)
struct DeliveryTests {
  private var database: Database { TestDatabase.current.database }
  private var delivery: DeliveryService { DeliveryService(database, vault: theVault) }
  private let tuesday = day("2026-12-01")

  /// Seven persons of six groups who have lunch brought home.
  private func seven() async throws -> [Diner.ID] {
    let community = try await SmallCommunity(database)
    let diners = try await community.neighbours(7, diets: ["花生过敏"])
    try await community.publishLunch(tuesday)
    _ = try await OrderService(database).place(
      diners.map {
        .init(
          diner: $0, day: tuesday,
          wish: Order.Wish(canteen: "DFL-01", period: .lunch, mode: .homeDelivery))
      }, by: aClerk)
    return diners
  }

  private func receipt(
    _ diner: Diner.ID, by name: String = "本人", at clock: String = "11:40"
  ) -> DeliveryReceipt {
    DeliveryReceipt(
      diner: diner, day: tuesday, period: .lunch, canteen: "DFL-01",
      receivedAt: CanteenCalendar.shanghai.instant(tuesday, time(clock)), receivedBy: name,
      isProxy: name != "本人", courier: "小李")
  }

  @Test
  func `stops go by group and door, and couriers get as many as each other`() async throws {
    let diners = try await seven()

    let rounds = try await delivery.plan(
      "DFL-01", on: tuesday, .lunch, couriers: ["小李", "小王"], by: aClerk)

    #expect(rounds.map(\.courier) == ["小李", "小王"])
    #expect(rounds.map(\.stops.count) == [4, 3])
    let stops = rounds.flatMap(\.stops)
    #expect(Set(stops.map(\.diner)) == Set(diners))
    #expect(stops.map(\.group) == stops.map(\.group).sorted())
    #expect(stops.first?.address.hasPrefix("和平路") == true)
  }

  @Test
  func `a new plan takes the place of the one before, and who orders late has no courier yet`()
    async throws
  {
    let diners = try await seven()
    _ = try await delivery.plan(
      "DFL-01", on: tuesday, .lunch, couriers: ["小李", "小王"], by: aClerk)
    _ = try await delivery.plan("DFL-01", on: tuesday, .lunch, couriers: ["小张"], by: aClerk)
    _ = try await OrderService(database).cancel(diners[1], on: tuesday, .lunch, by: aClerk)
    let late = try await DinerService(database, vault: theVault).person("A1")
    _ = try await OrderService(database).place(
      [
        .init(
          diner: late, day: tuesday,
          wish: Order.Wish(canteen: "DFL-01", period: .lunch, mode: .homeDelivery))
      ], by: aClerk)

    let rounds = try await delivery.rounds("DFL-01", on: tuesday, .lunch)

    #expect(rounds.map(\.courier) == ["", "小张"])
    #expect(rounds[0].stops.map(\.door.diner) == [late])
    #expect(rounds[1].stops.count == 7)
    #expect(rounds[1].stops.filter { !$0.isWanted }.map(\.door.diner) == [diners[1]])
    let careful = rounds[1].stops.filter { !$0.warnings.isEmpty }
    #expect(careful.map(\.door.diner) == [diners[0]] && careful[0].warnings == ["花生过敏"])
    #expect(!careful[0].dishes.contains("宫保鸡丁"))
  }

  @Test
  func `a receipt is kept once, sent twice it changes nothing, another one is refused`()
    async throws
  {
    let diners = try await seven()
    let noon = moment("2026-12-01", "12:00")

    #expect(try await delivery.receive(receipt(diners[0]), by: noon).isNew)
    #expect(try await !delivery.receive(receipt(diners[0]), by: noon).isNew)
    await #expect(
      throws: DeliveryRefusal.receivedBefore(by: "本人", tuesday, time("11:40"))
    ) { _ = try await delivery.receive(receipt(diners[0], by: "女儿"), by: noon) }
    await #expect(throws: DeliveryRefusal.notDelivered(tuesday, .lunch)) {
      let other = try await DinerService(database, vault: theVault).person("B1")
      _ = try await delivery.receive(receipt(other), by: noon)
    }
    await #expect(throws: DeliveryRefusal.inTheFuture) {
      _ = try await delivery.receive(receipt(diners[1], at: "13:00"), by: noon)
    }
    await #expect(throws: DeliveryRefusal.nobodyReceived) {
      _ = try await delivery.receive(receipt(diners[1], by: " "), by: noon)
    }
  }

  @Test
  func `receipts and meals that were delivered agree, and reconciliation says when they do not`()
    async throws
  {
    let diners = try await seven()
    let noon = moment("2026-12-01", "12:00")
    let reconciliation = ReconciliationService(database)
    for diner in diners.prefix(3) {
      _ = try await delivery.receive(receipt(diner), by: noon)
      let request = try await OrderService(database).checkIn(
        diner, on: tuesday, .lunch, at: time("11:40"), terminal: "送餐")
      _ = try await CheckInService(database).checkIn([request], by: noon)[0].get()
    }

    #expect(try await delivery.countReceipts("DFL-01", on: tuesday, .lunch, by: noon) == 3)
    #expect(try await reconciliation.look("R19", "DFL-01", from: tuesday, to: tuesday).isEmpty)

    _ = try await delivery.receive(receipt(diners[3]), by: noon)
    _ = try await delivery.countReceipts("DFL-01", on: tuesday, .lunch, by: noon)
    let findings = try await reconciliation.look("R19", "DFL-01", from: tuesday, to: tuesday)
    #expect(findings.map(\.subject) == ["delivered lunch"])
  }
}
