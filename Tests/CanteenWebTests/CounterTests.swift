import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import HummingbirdTesting
import Testing

/// A lunch at the counter, as its page lives it.
@Suite("the counter", .database)
struct CounterTests {
  private func world() async throws -> CounterWorld {
    try await CounterWorld(TestDatabase.current.database)
  }

  static func body(
    _ key: Int, diner: Int, at time: Instant = CounterWorld.noon, _ more: [String: Any] = [:]
  ) -> [String: Any] {
    [
      "key": "00000000-0000-4000-8000-\(String(repeating: "0", count: 12 - "\(key)".count))\(key)",
      "dinerId": diner, "mode": "dine_in", "means": "cash",
      "servedAt": Date(timeIntervalSince1970: Double(time.microseconds) / 1e6)
        .formatted(.iso8601),
    ].merging(more) { $1 }
  }

  static func diner(_ window: CounterWindow, _ key: String) async throws -> Int {
    let found = try await window.find(key)
    return try #require(found.number("matches.0.dinerId"))
  }

  @Test
  func `a card shows who it is, what to pay, and which dish to avoid`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)

      let found = try await window.find("A1")

      #expect(found.text("matches.0.name") == "王秀英")
      #expect(found.text("matches.0.auth") == "card")
      #expect(found.number("matches.0.prices.dineIn.dinerFen") == 1000)
      #expect(found.number("matches.0.prices.dineIn.listFen") == 1200)
      #expect(found.text("matches.0.clashes.0.dish") == "宫保鸡丁")
      #expect(found.text("matches.0.allergies.0") == "花生过敏")
      let text = String(decoding: found.bytes, as: UTF8.self)
      #expect(!text.contains("13900001234") && !text.contains("511323195003"))
    }
  }

  @Test
  func `a meal is taken once; the same key answers the same; the full price is always possible`()
    async throws
  {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await Self.diner(window, "A1")

      let first = try await window.post("/api/v1/check-ins", Self.body(1, diner: diner))
      let again = try await window.post("/api/v1/check-ins", Self.body(1, diner: diner))
      let second = try await window.post("/api/v1/check-ins", Self.body(2, diner: diner))
      let full = try await window.post(
        "/api/v1/check-ins", Self.body(3, diner: diner, ["fullPrice": true]))

      #expect([first, again, second, full].map(\.status) == [201, 200, 409, 201])
      #expect(first.number("checkIn.dinerFen") == 1000 && again.number("checkIn.dinerFen") == 1000)
      #expect(second.type == "application/problem+json" && second.text("code") == "already_served")
      #expect(second.text("checkIn.window") == "一号窗")
      #expect(second.text("detail")?.contains("今日午餐已就餐 12:00") == true)
      #expect(full.number("checkIn.dinerFen") == 1200)
      let quote = try await window.find("C1")
      let young = try await window.find("B1")
      #expect(quote.text("matches.0.prices.dineIn.wording")?.contains("给予") == true)
      #expect(young.text("matches.0.prices.dineIn.wording")?.contains("example") == false)
      let today = try await window.get("/api/v1/today")
      #expect(today.number("counts.total") == 2)
      #expect(today.text("lastCheckIns.0.name") == "王秀英")
    }
  }

  @Test
  func `a guest eats at full price, and two at once do not hinder each other`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)
      var body = Self.body(1, diner: 0)
      body["dinerId"] = nil
      body["guest"] = ["kind": "volunteer"]

      let one = try await window.post("/api/v1/check-ins", body)
      body["key"] = "00000000-0000-4000-8000-000000000002"
      let other = try await window.post("/api/v1/check-ins", body)

      #expect([one, other].map(\.status) == [201, 201])
      #expect(one.text("checkIn.name") == "志愿者" && one.number("checkIn.dinerFen") == 1200)
      #expect(one.text("checkIn.guest") == "volunteer")
    }
  }

  @Test
  func `what was queued and conflicts is kept, and a manager judges it once`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await Self.diner(window, "A1")
      _ = try await window.post("/api/v1/check-ins", Self.body(1, diner: diner))

      let queued = Self.body(2, diner: diner, ["offline": true, "quotedFen": 1000])
      let kept = try await window.post("/api/v1/check-ins", queued)
      let again = try await window.post("/api/v1/check-ins", queued)
      let byClerk = try await window.post(
        "/api/v1/exceptions/\(queued["key"]!)/decision",
        ["decision": "accept_full_price", "reason": "两份"])

      #expect([kept, again, byClerk].map(\.status) == [202, 202, 403])
      #expect(byClerk.text("code") == "manager_needed")
      #expect(try await window.get("/api/v1/exceptions").text("0.code") == "already_served")
      #expect(try await window.get("/api/v1/today").number("openExceptions") == 1)
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      let path = "/api/v1/exceptions/\(queued["key"]!)/decision"
      let decided = try await manager.post(
        path, ["decision": "accept_full_price", "reason": "两份"])
      let twice = try await manager.post(path, ["decision": "reject", "reason": "一份"])
      #expect(decided.status == 200 && decided.number("checkIn.dinerFen") == 1200)
      #expect(twice.status == 409)
      #expect(try await window.post("/api/v1/check-ins", queued).status == 200)
      let today = try await window.get("/api/v1/today")
      #expect(today.number("counts.total") == 2 && today.number("openExceptions") == 0)
    }
  }

  @Test
  func `the clerk takes back at once; later it takes a manager and a reason`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await Self.diner(window, "A1")
      let first = Self.body(1, diner: diner)
      _ = try await window.post("/api/v1/check-ins", first)

      let undone = try await window.post("/api/v1/check-ins/\(first["key"]!)/reversal", [:])
      let second = Self.body(2, diner: diner)
      _ = try await window.post("/api/v1/check-ins", second)
      let manager = try await world.window(client, "二号窗", staff: "陈经理", pin: "13579")
      let other = try await world.window(client, "三号窗")
      let elsewhere = try await other.post("/api/v1/check-ins/\(second["key"]!)/reversal", [:])
      let silent = try await manager.post("/api/v1/check-ins/\(second["key"]!)/reversal", [:])
      let reasoned = try await manager.post(
        "/api/v1/check-ins/\(second["key"]!)/reversal", ["reason": "刷错卡"])

      #expect(undone.status == 200 && undone["checkIn.reversed"] as? Bool == true)
      #expect(elsewhere.status == 403 && elsewhere.text("code") == "manager_needed")
      #expect(silent.status == 422)
      #expect(reasoned.status == 200)
      #expect(try await window.get("/api/v1/today").number("counts.total") == 0)
    }
  }

  @Test
  func `nobody gets in without a device, a person, or the page's own token`() async throws {
    let world = try await world()
    try await world.serve { client in
      let stranger = CounterWindow(client)
      let locked = try await world.window(client, "一号窗", staff: nil)
      let window = try await world.window(client, "二号窗")
      window.forgetToken()

      let noDevice = try await stranger.get("/api/v1/today")
      let noPerson = try await locked.get("/api/v1/today")
      let noToken = try await window.post("/api/v1/check-ins", Self.body(1, diner: 1))
      let wrongCode = try await stranger.post("/api/v1/terminals/enrol", ["code": "AAAA-BBBB"])

      #expect(noDevice.status == 401 && noDevice.text("code") == "terminal_unknown")
      #expect(noPerson.status == 401 && noPerson.text("code") == "signed_out")
      #expect(noToken.status == 403 && noToken.text("code") == "csrf_missing")
      #expect(wrongCode.status == 422 && wrongCode.text("code") == "code_wrong")
    }
  }

  @Test
  func `guessing a PIN is answered more and more slowly; the counter locks by itself`()
    async throws
  {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client, staff: nil)

      var answers: [CounterWindow.Answer] = []
      for _ in 1...4 { answers.append(try await window.signIn("小周", "0001")) }
      let right = try await window.signIn("小周", "2580")
      world.wait(seconds: 60)
      let later = try await window.signIn("小周", "2580")
      let working = try await window.get("/api/v1/today")
      world.wait(seconds: SessionService.idleSeconds + 1)
      let idle = try await window.get("/api/v1/today")

      #expect(answers.map(\.status) == [401, 401, 401, 423])
      #expect(answers.map { $0.number("retryAfterSeconds") ?? 0 } == [0, 0, 15, 15])
      #expect(right.status == 423)
      #expect(later.status == 200 && working.status == 200)
      #expect(idle.status == 401)
    }
  }

  @Test
  func `the snapshot carries a signature and prices, and nobody's numbers`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)

      let signed = try await window.get("/api/v1/snapshot")

      let payload = try #require(signed.text("payload"))
      #expect(signed.text("signature")?.count == 86)
      let roster = try #require(
        try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any])
      let persons = try #require(roster["roster"] as? [[String: Any]])
      let salt = try #require(roster["salt"] as? String)
      #expect(persons.count == 3)
      let first = try #require(persons.first { $0["name"] as? String == "王秀英" })
      let keys = try #require(first["keys"] as? [String: Any])
      #expect(
        keys["cards"] as? [String] == [CounterSnapshot.hash("A1", kind: "card", salt: salt)])
      let tails = try #require(keys["tails"] as? [String])
      #expect(tails.contains(CounterSnapshot.hash("1234", kind: "tail", salt: salt)))
      let meals = try #require(first["meals"] as? [[String: Any]])
      let prices = try #require(meals[0]["prices"] as? [String: [String: Any]])
      #expect(meals.count == 1 && prices.count == 3)
      #expect(prices["dineIn"]?["dinerFen"] as? Int == 1000)
      #expect(!payload.contains("13900001234") && !payload.contains("511323195003"))
    }
  }

  @Test
  func `the street office sees totals and nobody's name; a clerk does not`() async throws {
    let world = try await world()
    try await world.serve { client in
      let window = try await world.window(client)
      let diner = try await Self.diner(window, "A1")
      _ = try await window.post("/api/v1/check-ins", Self.body(1, diner: diner))
      let street = try await world.window(client, "街道", staff: "街道办", pin: "97531")

      let today = try await street.get("/api/v1/street/today")

      #expect(today.number("canteens.0.meals") == 1)
      #expect(today.number("canteens.0.listFen") == 1200)
      #expect(today.number("canteens.0.dinerFen") == 1000)
      #expect(today.number("canteens.0.byMode.dine_in") == 1)
      #expect(!String(decoding: today.bytes, as: UTF8.self).contains("王"))
      #expect(try await window.get("/api/v1/street/today").status == 403)
      #expect(
        try await street.post("/api/v1/check-ins", Self.body(2, diner: diner)).status == 403)
    }
  }
}
