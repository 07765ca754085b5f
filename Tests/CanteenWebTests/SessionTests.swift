import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// How long who is signed in may leave the counter alone.
@Suite("an idle counter", .database)
struct SessionTests {
  @Test
  func `what the page asks by itself does not keep the counter open; what a person asks does`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      func poll() async throws -> Int {
        try await window.get("/api/v1/today", ["X-Background": "true"]).status
      }

      world.wait(seconds: 600)
      let early = try await poll()
      world.wait(seconds: SessionService.idleSeconds - 599)
      let idle = try await poll()
      _ = try await window.signIn("小周", "2580")
      world.wait(seconds: 600)
      let asked = try await window.find("A1")
      world.wait(seconds: 600)
      let later = try await poll()
      world.wait(seconds: SessionService.idleSeconds - 599)
      let idleAgain = try await poll()

      #expect([early, idle, later, idleAgain] == [200, 401, 200, 401])
      #expect(asked.status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `neither does the street office's page, whose events end with the session`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      let feed = Task { await world.context.feed.run() }
      func draw() async throws -> Int {
        try await officer.get("/street/fragment", ["X-Background": "true"]).status
      }

      world.wait(seconds: 600)
      async let events = officer.get("/api/v1/street/events")
      for _ in 1...5 { #expect(try await draw() == 200) }
      world.wait(seconds: SessionService.idleSeconds - 599)
      let notices = Task {
        while !Task.isCancelled {
          try await world.context.street.notify()
          await Task.yield()
        }
      }
      let text = String(decoding: try await events.bytes, as: UTF8.self)
      let idle = try await draw()

      notices.cancel()
      feed.cancel()
      #expect(text.hasPrefix("retry: 2000") && idle == 401)
    }
  }

  @Test
  func `after a restart who signed in or served somebody of late goes on, and nobody else`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    let noon = CounterWorld.noon
    let terminal = try await TerminalService(world.database).make(
      "一号窗", in: "DFL-01", by: Attribution(by: "管理员", at: noon)
    ).terminal
    let signedIn = try await SessionService(world.database).signIn(
      name: "小周", pin: "2580", at: terminal, now: noon)
    let token = SessionService.Token(signedIn.token)
    func afterRestart(_ seconds: Int64) async throws -> String? {
      try await SessionService(world.database).session(
        token: token, at: terminal, now: noon.adding(seconds: seconds))?.staff.name
    }
    func serve(_ key: Int, _ entry: CheckInEntry, after seconds: Int64) async throws {
      let id = try #require(CheckIn.ID("00000000-0000-4000-8000-00000000000\(key)"))
      let request = CheckInRequest(
        id: id, party: .guest(.family), canteen: "DFL-01", day: CounterWorld.day,
        time: time("12:00"), period: .lunch, mode: .dineIn, list: 1200, means: .cash,
        auth: .manual, terminal: "一号窗", entry: entry)
      let by = Attribution(by: "小周", at: noon.adding(seconds: seconds))
      _ = try await world.context.checkIns.checkIn([request], by: by)[0].get()
    }

    let fresh = try await afterRestart(600)
    try await serve(1, .counter, after: 600)
    try await serve(2, .offline, after: 1200)
    let busy = try await afterRestart(600 + SessionService.idleSeconds)
    let idle = try await afterRestart(601 + SessionService.idleSeconds)
    let ended = try await afterRestart(600)

    #expect([fresh, busy] == ["小周", "小周"])
    #expect(idle == nil && ended == nil)
  }
}
