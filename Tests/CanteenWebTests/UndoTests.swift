import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Testing

/// Taking back what was checked in, at once and by a terminal that had no network; and how old or new a
/// meal may be.
@Suite("undoing over the API", .database)
struct UndoTests {
  private static func text(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }

  @Test
  func `an undo that was asked for in the meal's period is taken later, and no other`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await CounterTests.diner(window, "A1")
      let body = CounterTests.body(1, diner: diner)
      _ = try await window.post("/api/v1/check-ins", body)
      let asked = world.now.adding(seconds: 300)
      world.wait(seconds: 5 * 3600)
      _ = try await window.signIn("小周", "2580")
      let path = "/api/v1/check-ins/\(body["key"]!)/reversal"

      let now = try await window.post(path, ["reason": "离线时撤销"])
      let answers = try await [
        CounterWorld.noon.adding(seconds: -60), world.now.adding(seconds: 60),
      ].asyncMap { try await window.post(path, ["requestedAt": Self.text($0)]) }
      let then = try await window.post(path, ["requestedAt": Self.text(asked)])

      #expect(now.status == 403 && now.text("code") == "manager_needed")
      #expect(answers.map(\.status) == [403, 403])
      #expect(then.status == 200 && then["checkIn.reversed"] as? Bool == true)
    }
  }

  @Test
  func `a meal may lie ten minutes ahead of our clock, and no more`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await CounterTests.diner(window, "A1")

      let far = try await window.post(
        "/api/v1/check-ins",
        CounterTests.body(1, diner: diner, at: world.now.adding(seconds: 660)))
      let near = try await window.post(
        "/api/v1/check-ins",
        CounterTests.body(2, diner: diner, at: world.now.adding(seconds: 540)))

      #expect([far, near].map(\.status) == [422, 201])
      #expect(far.text("code") == "field_wrong")
    }
  }

  @Test
  func `of two managers who judge one exception at once, one decides, and the books say the same`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client, staff: "陈经理", pin: "13579")
      let diner = try await CounterTests.diner(window, "A1")
      for key in 1...9 {
        _ = try await window.post(
          "/api/v1/check-ins", CounterTests.body(key, diner: diner, ["offline": true]))
      }

      let open = try await world.context.checkIns.exceptions("DFL-01")
      for exception in open {
        async let accepted = try? world.context.checkIns.decide(
          exception.id, .acceptFullPrice, reason: "两份", by: aClerk)
        async let rejected: CheckInReceipt?? = try? world.context.checkIns.decide(
          exception.id, .reject, reason: "一份", by: aClerk)
        _ = await (accepted, rejected)
      }

      #expect(open.count == 8)
      let decided = try await world.context.checkIns.exceptions("DFL-01", openOnly: false)
      let accepted = decided.filter { $0.decision == .acceptFullPrice }.map(\.id)
      let inTheBooks = try await world.context.checkIns
        .list("DFL-01", from: CounterWorld.day, to: CounterWorld.day).map(\.checkIn.id)
      #expect(decided.allSatisfy { $0.decision != nil })
      #expect(Set(inTheBooks).subtracting(accepted).count == 1)
      #expect(inTheBooks.count == accepted.count + 1)
    }
  }

  @Test
  func `a policy that was activated a moment ago is the one that is quoted`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let before = try await window.find("A1")
      let policies = PolicyService(world.database)
      let policy = try #require(try await policies.all().first)
      let yesterday = CounterWorld.day - 1
      try await policies.retire(
        policy.id, version: policy.version, lastDay: yesterday, today: yesterday, by: aClerk)

      let after = try await window.find("A1")

      #expect(before.number("matches.0.prices.dineIn.dinerFen") == 1000)
      #expect(after.number("matches.0.prices.dineIn.dinerFen") == 1200)
    }
  }
}

extension Array {
  func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
