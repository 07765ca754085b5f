import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import HummingbirdTesting
import Testing

/// A meal that was ordered is served once, and one that was brought to a door is never lost.
@Suite("ordered meals over the API", .database)
struct DeliveredMealTests {
  private static let day = CounterWorld.day.description

  private func world() async throws -> CounterWorld {
    try await CounterWorld(TestDatabase.current.database)
  }

  /// Orders a meal of a person and gives its name.
  private static func order(
    _ manager: CounterWindow, _ card: String, mode: String = "dine_in", period: String = "lunch"
  ) async throws -> [String: Any] {
    let meal: [String: Any] = [
      "dinerId": Int(try await CounterTests.diner(manager, card)), "day": day, "period": period,
    ]
    let more: [String: Any] = ["mode": mode, "afterCutoff": true]
    let placed = try await manager.post("/api/v1/orders", meal.merging(more) { $1 })
    try #require(placed.status == 201, "\(placed.text("detail") ?? "")")
    return meal
  }

  private static func receipt(
    _ meal: [String: Any], at time: String = "11:50"
  ) -> [String: Any] {
    meal.merging(["receivedBy": "本人", "receivedAt": "\(day)T\(time):00+08:00"]) { $1 }
  }

  @Test
  func `a second tap minutes later is the same meal; taken back, it can be served again`()
    async throws
  {
    let world = try await world()
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let meal = try await Self.order(manager, "A1")
      let path = "/api/v1/orders/check-in"

      let first = try await manager.post(path, meal)
      world.wait(seconds: 180)
      let second = try await manager.post(path, meal)
      let key = try #require(first.text("checkIn.key"))
      let undone = try await manager.post("/api/v1/check-ins/\(key)/reversal", [:])
      world.wait(seconds: 180)
      let again = try await manager.post(path, meal)

      #expect([first, second, undone, again].map(\.status) == [201, 200, 200, 201])
      #expect(second.text("checkIn.key") == key && again.text("checkIn.key") != key)
      #expect(try await manager.get("/api/v1/today").number("counts.total") == 1)
    }
  }

  @Test
  func `an order is served on its day, and what is told late is marked as sent later`()
    async throws
  {
    let world = try await world()
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let meal = try await Self.order(manager, "A1")
      func serve(_ at: String) async throws -> CounterWindow.Answer {
        try await manager.post("/api/v1/orders/check-in", meal.merging(["servedAt": at]) { $1 })
      }

      let yesterday = try await serve("2026-11-22T12:00:00+08:00")
      let ahead = try await serve("\(Self.day)T13:00:00+08:00")
      let late = try await serve("\(Self.day)T11:30:00+08:00")

      #expect([yesterday, ahead, late].map(\.status) == [422, 422, 201])
      #expect(late.text("checkIn.entry") == "offline")
    }
  }

  @Test
  func `a delivered meal that cannot be checked in as it is waits for a person`() async throws {
    let world = try await world()
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let meal = try await Self.order(manager, "B1", mode: "delivery")
      let diner = try #require(meal["dinerId"] as? Int)
      _ = try await manager.post(
        "/api/v1/check-ins", CounterTests.body(1, diner: diner))
      let path = "/api/v1/delivery/receipts"

      let kept = try await manager.post(path, Self.receipt(meal))
      let again = try await manager.post(path, Self.receipt(meal))
      let open = try await manager.get("/api/v1/exceptions")

      #expect([kept, again].map(\.status) == [202, 202])
      #expect(open.text("0.code") == "already_served" && open.text("0.mode") == "delivery")
      let document = try OpenAPIDocument(
        try await CounterWindow(client).get("/openapi.json").bytes)
      #expect(try document.faults("post", path, 202, kept.json).isEmpty)
    }
  }

  @Test
  func `a delivered meal without a price is booked once the price is published`() async throws {
    let world = try await world()
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let meal = try await Self.order(manager, "B1", mode: "delivery", period: "dinner")
      world.wait(seconds: 6 * 3600)
      _ = try await manager.signIn("陈经理", "13579")
      let receipt = Self.receipt(meal, at: "17:40")

      let kept = try await manager.post("/api/v1/delivery/receipts", receipt)
      let id = try #require(kept.text("exception.id"))
      let decision = ["decision": "accept", "reason": "已补菜单"]
      let tooEarly = try await manager.post("/api/v1/exceptions/\(id)/decision", decision)
      try await world.publish(
        .dinner, Dish(name: "晚餐套餐", category: .set, price: 1100, allergens: []))
      let again = try await manager.post("/api/v1/delivery/receipts", receipt)
      let decided = try await manager.post("/api/v1/exceptions/\(id)/decision", decision)
      let last = try await manager.post("/api/v1/delivery/receipts", receipt)

      #expect([kept, tooEarly, again, decided, last].map(\.status) == [202, 422, 202, 200, 200])
      #expect(kept.text("exception.sentence")?.contains("没有唯一的套餐价") == true)
      #expect(decided.number("checkIn.listFen") == 1100)
      #expect(try await manager.get("/api/v1/today").number("counts.total") == 1)
    }
  }

  @Test
  func `a receipt that comes again after the meal was taken back serves nothing`() async throws {
    let world = try await world()
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let meal = try await Self.order(manager, "B1", mode: "delivery")
      let receipt = Self.receipt(meal)
      let first = try await manager.post("/api/v1/delivery/receipts", receipt)
      let key = try #require(first.text("checkIn.key"))
      world.wait(seconds: 60)
      let undone = try await manager.post(
        "/api/v1/check-ins/\(key)/reversal", ["reason": "送错"])
      world.wait(seconds: 60)

      let again = try await manager.post("/api/v1/delivery/receipts", receipt)
      let total = try await manager.get("/api/v1/today").number("counts.total")
      let tap = try await manager.post("/api/v1/orders/check-in", meal)

      #expect([first, undone, again, tap].map(\.status) == [201, 200, 200, 201])
      #expect(total == 0)
    }
  }

  @Test
  func `a canteen neither takes nor cancels the orders of another`() async throws {
    let world = try await world()
    _ = try await CanteenService(world.database)
      .add(aCanteen("XFS-01", named: "幸福社区食堂", region: "511323002001"))
    try await world.serve { client in
      let here = try await world.window(client, staff: "陈经理", pin: "13579")
      let there = try await world.window(
        client, "他处", staff: "陈经理", pin: "13579", in: "XFS-01")
      let meal = try await Self.order(here, "A1")

      let taken = try await there.post(
        "/api/v1/orders", meal.merging(["afterCutoff": true]) { $1 })
      let cancelled = try await there.post("/api/v1/orders/cancellation", meal)

      #expect(taken.status == 409 && taken.text("detail")?.contains("已在 东风路社区长者食堂") == true)
      #expect(cancelled.status == 404)
      #expect(try await here.get("/api/v1/orders").text("0.state") == "ordered")
      #expect(try await here.post("/api/v1/orders/cancellation", meal).status == 200)
    }
  }

  @Test
  func `the street office sees no names of a canteen, and nobody orders more than twenty dishes`()
    async throws
  {
    let world = try await world()
    try await world.serve { client in
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let diner = try await CounterTests.diner(manager, "A1")
      let paths = [
        "/counter/sheet", "/api/v1/today", "/api/v1/exceptions", "/api/v1/orders",
        "/api/v1/kitchen", "/api/v1/snapshot", "/api/v1/delivery",
      ]

      let answers = try await paths.asyncMap { try await officer.get($0).status }
      let many = try await manager.post(
        "/api/v1/orders",
        [
          "dinerId": diner, "day": Self.day, "period": "lunch", "afterCutoff": true,
          "dishes": Array(repeating: "午餐套餐", count: 21),
        ])

      #expect(answers == Array(repeating: 403, count: paths.count))
      #expect(try await officer.find("A1").status == 403)
      #expect(many.status == 422 && many.text("code") == "field_wrong")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `who was signed out is told nothing more of the day`() async throws {
    let world = try await world()
    try await world.serve { client in
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      let feed = Task { await world.context.feed.run() }
      async let events = officer.get("/api/v1/street/events")
      for _ in 1...5 { _ = try await officer.get("/api/v1/street/today") }
      _ = try await officer.send(.delete, "/api/v1/session", nil)
      let notices = Task {
        while !Task.isCancelled {
          try await world.context.street.notify()
          await Task.yield()
        }
      }

      let text = String(decoding: try await events.bytes, as: UTF8.self)

      notices.cancel()
      feed.cancel()
      #expect(text.hasPrefix("retry: 2000"))
    }
  }
}
