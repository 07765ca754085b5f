import CanteenDomain
import CanteenServices
import CanteenTestSupport
import CanteenWeb
import Hummingbird
import HummingbirdTesting
import Testing

/// The pages and the read-only API.
@Suite("the web room", .database)
struct WebTests {
  private let noon = CanteenCalendar.shanghai.instant(
    Day(number: 20_760), TimeOfDay(seconds: 43_200)!)

  private func test(
    _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws {
    let (database, noon) = (TestDatabase.current.database, noon)
    let context = WebContext(
      CheckInService(database, vault: theVault), canteens: CanteenService(database),
      menus: MenuService(database), vault: theVault, terminals: TerminalService(database),
      sessions: SessionService(database), street: StreetService(database),
      statements: StatementBookService(database), now: { noon })
    try await Application(router: makeRouter(context)).test(.router) { try await body($0) }
  }

  private func publishLunch() async throws {
    let database = TestDatabase.current.database
    let code = Region.Code("51")
    _ = try await RegionService(database).add(
      [Region(code: code, name: "四川省", level: .province, parent: nil)], validFrom: Day(number: 0))
    _ = try await CanteenService(database).add(
      Canteen(
        code: "DFL-01", name: "东风<食堂>", region: code, operatorName: "示例",
        openedOn: Day(number: 20_000),
        windows: [
          ServiceWindow(
            period: .lunch, from: TimeOfDay("10:30")!, to: TimeOfDay("13:00")!)
        ]))
    _ = try await MenuService(database).publish(
      [
        Menu(
          canteen: "DFL-01", day: Day(number: 20_760), period: .lunch,
          dishes: [
            Dish(name: "红烧豆腐", category: .vegetable, price: 600, allergens: ["大豆"])
          ])
      ], by: Attribution(by: "厨房", at: noon))
  }

  @Test("health answers by itself, readiness with the database")
  func health() async throws {
    try await test { client in
      try await client.execute(uri: "/health", method: .get) { #expect($0.status == .ok) }
      try await client.execute(uri: "/ready", method: .get) { #expect($0.status == .ok) }
    }
  }

  @Test
  func `a short answer has its length, whatever measures it`() async throws {
    try await test { client in
      for (path, length) in [("/health", 3), ("/nothing", nil)] {
        try await client.execute(uri: path, method: .get) { answer in
          let bytes = answer.body.readableBytes
          #expect(answer.headers[.contentLength] == "\(bytes)")
          if let length { #expect(bytes == length) }
        }
      }
      try await client.execute(uri: "/metrics", method: .get) { #expect($0.status == .ok) }
    }
  }

  @Test(
    "whoever asks for the head alone gets a page's head and no body", arguments: ["/", "/ready"])
  func head(path: String) async throws {
    try await test { client in
      try await client.execute(uri: path, method: .head) { answer in
        #expect(answer.status == .ok && answer.body.readableBytes == 0)
        #expect(answer.headers[.contentType] != nil)
      }
    }
  }

  @Test("the menu page shows what was published, with names escaped")
  func menuPage() async throws {
    try await publishLunch()
    try await test { client in
      try await client.execute(uri: "/menus/DFL-01", method: .get) { response in
        let html = String(buffer: response.body)
        #expect(response.status == .ok)
        #expect(html.contains("红烧豆腐") && html.contains("6.00 元") && html.contains("含 大豆"))
        #expect(html.contains("东风&lt;食堂&gt;") && !html.contains("东风<食堂>"))
        #expect(response.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
      }
    }
  }

  @Test("a canteen that is not there is a problem document with a Chinese sentence")
  func unknownCanteen() async throws {
    try await test { client in
      try await client.execute(uri: "/api/v1/canteens/NONE/menus", method: .get) { response in
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(String(buffer: response.body).contains("没有助餐点 NONE"))
      }
    }
  }

  @Test(
    "a query that makes no sense is refused",
    arguments: ["from=yesterday", "days=0", "days=400", "days=x"])
  func badQuery(query: String) async throws {
    try await publishLunch()
    try await test { client in
      try await client.execute(uri: "/api/v1/canteens/DFL-01/menus?\(query)", method: .get) {
        #expect($0.status == .unprocessableContent)
      }
    }
  }
}
