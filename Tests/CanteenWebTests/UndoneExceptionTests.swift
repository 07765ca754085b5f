import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Testing

/// A meal that was taken back at the counter and that the server had kept as an exception.
@Suite("undoing what waits for a decision", .database)
struct UndoneExceptionTests {
  /// Checks one person in, and brings a second meal out of the queue: it is kept.
  private static func kept(
    _ window: CounterWindow, at time: Instant
  ) async throws -> [String: Any] {
    let diner = try await CounterTests.diner(window, "A1")
    _ = try await window.post("/api/v1/check-ins", CounterTests.body(1, diner: diner, at: time))
    let body = CounterTests.body(2, diner: diner, at: time, ["offline": true, "quotedFen": 1000])
    try #require(try await window.post("/api/v1/check-ins", body).status == 202)
    return body
  }

  private static func text(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }

  @Test
  func `an exception that its clerk takes back is rejected, and nobody accepts it any more`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let body = try await Self.kept(window, at: world.now)
      let path = "/api/v1/check-ins/\(body["key"]!)/reversal"
      let asked = ["reason": "离线时撤销", "requestedAt": Self.text(world.now.adding(seconds: 60))]
      world.wait(seconds: 5 * 3600)
      _ = try await window.signIn("小周", "2580")

      let late = try await window.post(path, ["reason": "离线时撤销"])
      let undone = try await window.post(path, asked)
      let again = try await window.post(path, asked)
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      let accepted = try await manager.post(
        "/api/v1/exceptions/\(body["key"]!)/decision",
        ["decision": "accept_full_price", "reason": "两份"])

      #expect(late.status == 403 && late.text("code") == "manager_needed")
      #expect([undone, again].map(\.status) == [200, 200])
      #expect(undone.text("decision") == "reject" && undone.text("id") == body["key"] as? String)
      #expect(accepted.status == 409 && accepted.text("code") == "already_decided")
      #expect(try await window.post("/api/v1/check-ins", body).status == 202)
      #expect(try await window.get("/api/v1/today").number("openExceptions") == 0)
      let decided = try await world.context.checkIns.exceptions("DFL-01", openOnly: false)
      #expect(decided.map(\.decision) == [.reject])
      #expect(decided.map(\.reason) == ["离线时撤销"] && decided.first?.decided?.by == "小周")
      let books = try await world.context.checkIns
        .list("DFL-01", from: CounterWorld.day, to: CounterWorld.day)
      #expect(books.count == 1 && books.allSatisfy(\.stands))
    }
  }

  @Test
  func `at another window it takes a manager and a reason; of another canteen nothing is known`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    _ = try await CanteenService(world.database)
      .add(aCanteen("XFS-01", named: "幸福社区食堂", region: "511323002001"))
    try await world.serve { client in
      let window = try await world.window(client)
      let path = "/api/v1/check-ins/\(try await Self.kept(window, at: world.now)["key"]!)/reversal"
      let other = try await world.window(client, "三号窗")
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      let abroad = try await world.window(
        client, "一号窗", staff: "陈经理", pin: "13579", in: "XFS-01")

      let foreign = try await abroad.post(path, ["reason": "刷错卡"])
      let elsewhere = try await other.post(path, [:])
      let silent = try await manager.post(path, [:])
      let own = try await window.post(path, [:])

      #expect(foreign.status == 404 && foreign.text("code") == "check_in_unknown")
      #expect(elsewhere.status == 403 && elsewhere.text("code") == "manager_needed")
      #expect([silent, own].map(\.status) == [422, 200])
      let decided = try await world.context.checkIns.exceptions("DFL-01", openOnly: false)
      #expect(decided.map(\.reason) == ["柜台撤销"])
    }
  }

  @Test
  func `an exception that was accepted before is taken back as the check-in that it is`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let key = try await Self.kept(window, at: world.now)["key"]!
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      _ = try await manager.post(
        "/api/v1/exceptions/\(key)/decision",
        ["decision": "accept_full_price", "reason": "两份"])

      let undone = try await manager.post(
        "/api/v1/check-ins/\(key)/reversal", ["reason": "没有第二份"])

      #expect(undone.status == 200 && undone["checkIn.reversed"] as? Bool == true)
      #expect(try await window.get("/api/v1/today").number("counts.total") == 1)
    }
  }

  @Test
  func `whoever judges at the same moment, what was taken back is not in the books`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client, staff: "陈经理", pin: "13579")
      let diner = try await CounterTests.diner(window, "A1")
      for key in 1...9 {
        _ = try await window.post(
          "/api/v1/check-ins", CounterTests.body(key, diner: diner, ["offline": true]))
      }
      let terminal = Terminal(id: "", name: "二号窗", canteen: "DFL-01")
      let staff = Staff(name: "陈经理", role: .manager)

      let open = try await world.context.checkIns.exceptions("DFL-01")
      for exception in open {
        async let accepted = try? world.context.checkIns.decide(
          exception.id, .acceptFullPrice, reason: "两份", by: aClerk)
        async let undone = world.context.checkIns.undo(
          exception.id, reason: "没有", staff: staff, at: terminal, now: world.now)
        _ = try await (accepted, undone)
      }

      #expect(open.count == 8)
      let standing = try await world.context.checkIns
        .list("DFL-01", from: CounterWorld.day, to: CounterWorld.day).filter(\.stands)
      #expect(standing.count == 1)
      #expect(try await world.context.checkIns.exceptions("DFL-01").isEmpty)
    }
  }
}
