import CanteenDomain
import CanteenServices
import CanteenTestSupport
import CanteenWeb
import Hummingbird
import HummingbirdTesting
import Testing

/// Orders, the kitchen and deliveries over the API.
@Suite("orders over the API", .database)
struct OrderRoutesTests {
  private let day = CounterWorld.day.description

  private func world() async throws -> CounterWorld {
    try await CounterWorld(TestDatabase.current.database)
  }

  private func diner(_ window: CounterWindow, _ card: String) async throws -> Int {
    try #require(try await window.find(card).number("matches.0.dinerId"))
  }

  @Test
  func `an order is placed by the manager after the cut-off, served by a tap, and served once`()
    async throws
  {
    let world = try await world()
    let day = day
    try await world.serve { client in
      let clerk = try await world.window(client)
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      let id = try await diner(clerk, "A1")
      var body: [String: Any] = ["dinerId": id, "day": day, "period": "lunch"]

      let late = try await clerk.post("/api/v1/orders", body)
      body["afterCutoff"] = true
      let notHers = try await clerk.post("/api/v1/orders", body)
      let placed = try await manager.post("/api/v1/orders", body)
      let again = try await manager.post("/api/v1/orders", body)
      let sheet = try await clerk.get("/api/v1/kitchen")
      let tap = try await clerk.post("/api/v1/orders/check-in", body)
      let second = try await clerk.post("/api/v1/orders/check-in", body)
      let orders = try await clerk.get("/api/v1/orders")

      #expect(late.status == 409 || late.status == 403, "\(late.status)")
      #expect(notHers.status == 403)
      #expect([placed.status, again.status] == [201, 200] && again.number("unchanged") == 1)
      #expect(sheet.number("ordered") == 1 && sheet.text("specials.0.clashes.0.dish") == "宫保鸡丁")
      #expect([tap.status, second.status] == [201, 200])
      #expect(tap.text("checkIn.key") == second.text("checkIn.key"))
      #expect(orders.text("0.state") == "served")
      let document = try OpenAPIDocument(
        try await CounterWindow(client).get("/openapi.json").bytes)
      for (method, path, answer) in [
        ("post", "/api/v1/orders", placed), ("get", "/api/v1/kitchen", sheet),
        ("post", "/api/v1/orders/check-in", tap), ("get", "/api/v1/orders", orders),
      ] {
        let faults = try document.faults(method, path, answer.status, answer.json)
        #expect(faults.isEmpty, "\(path): \(faults)")
      }
    }
  }

  @Test
  func `a receipt from the door checks the meal in, and comes twice without harm`() async throws {
    let world = try await world()
    let day = day
    try await world.serve { client in
      let manager = try await world.window(client, staff: "陈经理", pin: "13579")
      let id = try await diner(manager, "B1")
      let meal: [String: Any] = ["dinerId": id, "day": day, "period": "lunch"]
      var order = meal
      order["mode"] = "delivery"
      order["afterCutoff"] = true
      order["channel"] = "phone"
      _ = try await manager.post("/api/v1/orders", order)
      var receipt = meal
      receipt["receivedBy"] = "邻居老王"
      receipt["proxy"] = true
      receipt["receivedAt"] = "\(day)T11:50:00+08:00"

      let before = try await manager.get("/api/v1/delivery")
      let first = try await manager.post("/api/v1/delivery/receipts", receipt)
      let second = try await manager.post("/api/v1/delivery/receipts", receipt)
      receipt["receivedBy"] = "本人"
      let other = try await manager.post("/api/v1/delivery/receipts", receipt)
      let after = try await manager.get("/api/v1/delivery")
      let cancelled = try await manager.post("/api/v1/orders/cancellation", meal)

      #expect([first.status, second.status, other.status] == [201, 200, 409])
      #expect(first.text("checkIn.mode") == "delivery")
      #expect(before.text("0.stops.0.receivedBy") == nil)
      #expect(after.text("0.stops.0.receivedBy") == "邻居老王")
      #expect(cancelled.status == 409)
      let document = try OpenAPIDocument(
        try await CounterWindow(client).get("/openapi.json").bytes)
      #expect(try document.faults("get", "/api/v1/delivery", 200, after.json).isEmpty)
      #expect(
        try document.faults("post", "/api/v1/delivery/receipts", 201, first.json).isEmpty)
    }
  }

  @Test
  func `what nobody ordered cannot be served, and who is signed out sees nothing`() async throws {
    let world = try await world()
    let day = day
    try await world.serve { client in
      let clerk = try await world.window(client)
      let id = try await diner(clerk, "C1")
      let meal: [String: Any] = ["dinerId": id, "day": day, "period": "lunch"]
      let nobody = try await world.window(client, "三号窗", staff: nil)

      #expect(try await clerk.post("/api/v1/orders/check-in", meal).status == 404)
      #expect(try await clerk.get("/api/v1/orders?day=yesterday").status == 422)
      #expect(try await clerk.get("/api/v1/kitchen?day=0001-01-01").status == 422)
      for path in ["orders", "kitchen", "delivery"] {
        #expect(try await nobody.get("/api/v1/\(path)").status == 401, "\(path)")
      }
    }
  }

  @Test
  func `the poster and the feed are there for everybody, with the day's dishes`() async throws {
    let world = try await world()
    let day = day
    try await world.serve { client in
      let window = CounterWindow(client)

      let poster = try await window.get("/menus/DFL-01/poster?size=a3&from=\(day)")
      let feed = try await window.get("/menus/DFL-01/openmensa.xml?from=\(day)")
      let wrong = try await window.get("/menus/DFL-01/poster?size=a9")

      #expect(poster.status == 200 && poster.type.hasPrefix("text/html"))
      #expect(String(decoding: poster.bytes, as: UTF8.self).contains("宫保鸡丁"))
      #expect(feed.status == 200 && feed.type.hasPrefix("application/xml"))
      #expect(String(decoding: feed.bytes, as: UTF8.self).contains("<note>含花生</note>"))
      #expect(wrong.status == 422)
    }
  }
}
