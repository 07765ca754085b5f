import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import CanteenWeb
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Postgres
import Synchronization
import Testing

/// A canteen at lunch time with a menu, three persons, a clerk, a manager and a street officer; and a
/// client that keeps cookies, as a browser does.
final class CounterWorld: Sendable {
  let database: Database
  let context: WebContext
  static let day = Day(number: 20_780)
  static let noon = CanteenCalendar.shanghai.instant(day, time("12:00"))

  private static let roster = """
    姓名,性别,身份证号,户籍地,居住社区,居民小组,人员类别,类别起始,卡号,联系电话,饮食禁忌
    王秀英,女,\(number("51132319500308152")),蓬安县,东风路社区,1组,,,A1,13900001234,花生过敏
    李建国,男,\(number("51132319610613319")),蓬安县,东风路社区,2组,低保,2024-01-01,B1,,
    赵小明,男,\(number("51132319400513319")),蓬安县,东风路社区,3组,,,C1,13900001234,

    """

  private static func number(_ digits: String) -> String {
    digits + String(ResidentID.checkCharacter(for: digits.compactMap(\.wholeNumberValue)))
  }

  init(_ database: Database) async throws {
    self.database = database
    let reading = Reading(clock: Self.noon)
    self.reading = reading
    context = WebContext(
      CheckInService(database, vault: theVault), canteens: CanteenService(database),
      menus: MenuService(database), vault: theVault, terminals: TerminalService(database),
      sessions: SessionService(database), street: StreetService(database),
      statements: StatementBookService(database), now: { reading.now })
    try await furnish()
  }

  /// The clock that the server reads.
  final class Reading: Sendable {
    private let held: Mutex<Instant>
    init(clock: Instant) { held = Mutex(clock) }
    var now: Instant { held.withLock { $0 } }
    func move(seconds: Int64) { held.withLock { $0 = $0.adding(seconds: seconds) } }
  }

  private let reading: Reading
  var now: Instant { reading.now }
  func wait(seconds: Int64) { reading.move(seconds: seconds) }

  private func furnish() async throws {
    let by = Attribution(by: "测试员", at: Self.noon)
    _ = try await RegionService(database).add(theRegions, validFrom: Day(number: 0))
    _ = try await CanteenService(database).add(aCanteen())
    let policy = try #require(ExamplePolicies.text(named: "example-age-bands"))
    _ = try await PolicyService(database).activate(policy, name: "example", by: by)
    let table = try Table(
      DecodedText(bytes: Array(Self.roster.utf8), fileName: "名册.csv"), columns: RosterRow.columns)
    _ = try await RosterImport(database, vault: theVault)
      .run(RosterRow.read(table, asOf: Self.day), fileName: "名册.csv", by: by)
    _ = try await MenuService(database).publish(
      [
        Menu(
          canteen: "DFL-01", day: Self.day, period: .lunch,
          dishes: [
            Dish(name: "午餐套餐", category: .set, price: 1200, allergens: []),
            Dish(name: "宫保鸡丁", category: .meat, price: nil, allergens: ["花生"]),
          ])
      ], by: by)
    let staff = StaffService(database, pinCost: 4)
    try await staff.add(
      Staff(name: "小周", role: .clerk, canteen: "DFL-01"), pin: "2580", by: by)
    try await staff.add(Staff(name: "陈经理", role: .manager), pin: "13579", by: by)
    try await staff.add(Staff(name: "街道办", role: .streetOfficer), pin: "97531", by: by)
  }

  /// Publishes a menu of the day.
  func publish(_ period: MealPeriod, _ dishes: Dish...) async throws {
    _ = try await MenuService(database).publish(
      [Menu(canteen: "DFL-01", day: Self.day, period: period, dishes: dishes)],
      by: Attribution(by: "测试员", at: now))
  }

  /// Runs a body against the application, without a socket.
  func serve(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws
  {
    try await Application(router: makeRouter(context)).test(.router) { try await body($0) }
  }

  /// A browser on a device that was enrolled, with somebody signed in.
  func window(
    _ client: any TestClientProtocol, _ name: String = "一号窗", staff: String? = "小周",
    pin: String = "2580", in canteen: String = "DFL-01"
  ) async throws -> CounterWindow {
    let made = try await TerminalService(database).make(
      name, in: canteen, by: Attribution(by: "管理员", at: now))
    let window = CounterWindow(client)
    let enrolled = try await window.send(.post, "/api/v1/terminals/enrol", ["code": made.code])
    try #require(enrolled.status == 200)
    _ = try await window.get("/api/v1/session")
    if let staff { try #require(try await window.signIn(staff, pin).status == 200) }
    return window
  }
}

/// A browser's cookies and the page's token.
final class CounterWindow: Sendable {
  struct Answer: Sendable {
    var status: Int
    var type: String
    var bytes: [UInt8]
    var headers: HTTPFields

    var json: Any {
      (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) ?? ""
    }

    /// A part of the answer, such as `checkIn.dinerFen`.
    subscript(path: String) -> Any? {
      path.split(separator: ".").reduce(json as Any?) { value, key in
        if let list = value as? [Any], let index = Int(key) {
          return list.indices.contains(index) ? list[index] : nil
        }
        return (value as? [String: Any])?[String(key)]
      }
    }

    func text(_ path: String) -> String? { self[path] as? String }
    func number(_ path: String) -> Int? { self[path] as? Int }
  }

  private struct State {
    var cookies: [String: String] = [:]
    var csrf = ""
  }

  private let client: any TestClientProtocol
  private let state = Mutex(State())

  init(_ client: any TestClientProtocol) { self.client = client }

  func forgetToken() { state.withLock { $0.csrf = "" } }

  func signIn(_ name: String, _ pin: String) async throws -> Answer {
    try await send(.post, "/api/v1/session", ["name": name, "pin": pin])
  }

  func get(_ path: String, _ more: [String: String] = [:]) async throws -> Answer {
    try await send(.get, path, nil, more)
  }
  /// Whom a key names.
  func find(_ key: String) async throws -> Answer {
    try await post("/api/v1/diners/search", ["q": key])
  }
  func post(_ path: String, _ body: [String: Any]) async throws -> Answer {
    try await send(.post, path, body)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: [String: Any]?,
    _ more: [String: String] = [:]
  ) async throws -> Answer {
    var headers: HTTPFields = [:]
    for (name, value) in more {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    let (cookies, csrf) = state.withLock { ($0.cookies, $0.csrf) }
    if !cookies.isEmpty {
      headers[.cookie] = cookies.map { "\($0)=\($1)" }.sorted().joined(separator: "; ")
    }
    if method != .get, let name = HTTPField.Name("X-CSRF-Token") { headers[name] = csrf }
    let bytes = try body.map { try JSONSerialization.data(withJSONObject: $0) }
    let answer = try await client.execute(
      uri: path, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) }
    ) { response in
      Answer(
        status: response.status.code, type: response.headers[.contentType] ?? "",
        bytes: Array(response.body.readableBytesView), headers: response.headers)
    }
    state.withLock { state in
      for cookie in answer.headers[values: .setCookie] {
        let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
        if pair.count == 2 {
          state.cookies[String(pair[0])] = String(pair[1])
        } else if let name = pair.first {
          state.cookies[String(name)] = nil
        }
      }
      if let csrf = answer.text("csrf") { state.csrf = csrf }
    }
    return answer
  }
}
