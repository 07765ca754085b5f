import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import HTTPTypes
import Testing

/// When the off-line roster is made anew, and when a terminal is told that it has the latest.
@Suite("the off-line roster", .database)
struct SnapshotTests {
  private static func tag(_ answer: CounterWindow.Answer) -> String {
    answer.headers[.eTag] ?? ""
  }

  private static func meal(_ world: CounterWorld, _ key: Int, _ diner: Int) -> [String: Any] {
    [
      "key": "00000000-0000-4000-8000-00000000000\(key)", "dinerId": diner, "mode": "dine_in",
      "means": "cash",
      "servedAt": Date(timeIntervalSince1970: Double(world.now.microseconds) / 1e6)
        .formatted(.iso8601),
    ]
  }

  @Test
  func `a terminal that has the latest is told so, and every terminal gets the same one`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let one = try await world.window(client)
      let other = try await world.window(client, "二号窗")

      let first = try await one.get("/api/v1/snapshot")
      let again = try await one.get("/api/v1/snapshot", ["If-None-Match": Self.tag(first)])
      let elsewhere = try await other.get("/api/v1/snapshot")
      let stranger = try await CounterWindow(client)
        .get("/api/v1/snapshot", ["If-None-Match": Self.tag(first)])

      #expect(first.status == 200 && !Self.tag(first).isEmpty)
      #expect(again.status == 304 && again.bytes.isEmpty)
      #expect(elsewhere.bytes == first.bytes)
      #expect(stranger.status == 401)
    }
  }

  @Test
  func `meals wait five minutes for a new one, the register waits for nothing`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let found = try await window.find("A1")
      let diner = try #require(found.number("matches.0.dinerId"))
      let first = Self.tag(try await window.get("/api/v1/snapshot"))
      func isNew(_ tag: String) async throws -> Bool {
        try await window.get("/api/v1/snapshot", ["If-None-Match": tag]).status == 200
      }

      _ = try await window.post("/api/v1/check-ins", Self.meal(world, 1, diner))
      let atOnce = try await isNew(first)
      world.wait(seconds: 301)
      let later = try await isNew(first)
      let second = Self.tag(try await window.get("/api/v1/snapshot"))
      world.wait(seconds: 600)
      let withoutMeals = try await isNew(second)
      _ = try await MenuService(world.database).publish(
        [
          Menu(
            canteen: "DFL-01", day: CounterWorld.day + 1, period: .lunch,
            dishes: [Dish(name: "午餐套餐", category: .set, price: 1300, allergens: [])])
        ], by: aClerk)
      let withMenu = try await isNew(second)

      #expect([atOnce, later, withoutMeals, withMenu] == [false, true, false, true])
    }
  }

  /// A person's meals of the day in a roster, by period.
  private static func meals(
    _ window: CounterWindow, of name: String
  ) async throws -> [String: [String: Any]] {
    let payload = try #require(try await window.get("/api/v1/snapshot").text("payload"))
    let roster = try #require(
      try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any])
    #expect(roster["utcOffsetSeconds"] as? Int == 28_800)
    #expect(
      (roster["windows"] as? [[String: Any]])?.map { $0["period"] as? String }
        == ["lunch", "dinner"])
    let persons = try #require(roster["roster"] as? [[String: Any]])
    let meals = persons.first { $0["name"] as? String == name }?["meals"] as? [[String: Any]]
    return Dictionary(
      try #require(meals).compactMap { meal in (meal["period"] as? String).map { ($0, meal) } },
      uniquingKeysWith: { first, _ in first })
  }

  @Test
  func `who ate at lunch has not had dinner, and each meal has clashes of its own`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.publish(
      .dinner, Dish(name: "晚餐套餐", category: .set, price: 1100, allergens: []))
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await CounterTests.diner(window, "A1")
      _ = try await window.post("/api/v1/check-ins", Self.meal(world, 1, diner))

      let meals = try await Self.meals(window, of: "王秀英")

      let (lunch, dinner) = (try #require(meals["lunch"]), try #require(meals["dinner"]))
      #expect((lunch["refusal"] as? [String: Any])?["code"] as? String == "already_served")
      #expect((lunch["clashes"] as? [[String: Any]])?.first?["dish"] as? String == "宫保鸡丁")
      #expect(dinner["refusal"] == nil && (dinner["clashes"] as? [Any])?.isEmpty == true)
      let price = (dinner["prices"] as? [String: [String: Any]])?["dineIn"]
      #expect(price?["listFen"] as? Int == 1100)
    }
  }
}
