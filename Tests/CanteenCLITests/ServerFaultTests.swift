import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Synchronization
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The server killed under load, its database connections broken: every check-in that was acknowledged
/// is there once, none is there twice, and the books balance.
@Suite("a server that is killed", .database)
struct ServerFaultTests {
  private static let meals = 200
  private static let windows = 8

  @Test(.timeLimit(.minutes(3)))
  func `loses nothing that it acknowledged and doubles nothing`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-faults-\(UUID().uuidString)").path
    try SampleBooks.setUp(folder)
    let server = try await CounterServer()
    let window = try await LoadWindow(server.address)

    let progress = Acknowledged()
    let clients = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<Self.windows {
          group.addTask {
            for _ in stride(from: client, to: Self.meals, by: Self.windows) {
              let key = UUID().uuidString.lowercased()
              try await window.checkIn(key)
              progress.acknowledge(key)
            }
          }
        }
        try await group.waitForAll()
      }
    }
    // Each fault comes after some more were acknowledged, so that all of them meet the load.
    for fault in 1...6 {
      try await progress.reach(fault * Self.meals / 8)
      try await breakConnections()
      if fault % 2 == 0 {
        server.cut()
        try await server.start()
      }
    }
    try await clients.value
    server.cut()

    let database = TestDatabase.current.database
    let stored = try await database.query(
      "select check_in_id::text from check_ins", as: String.self)
    #expect(stored.count == Self.meals)
    #expect(Set(stored) == progress.keys)
    let unbalanced = try await database.query(
      """
      select count(*)
      from check_ins as c
      where c.list_fen is distinct from (
          select sum(t.fen)
          from transfers as t
          where t.diner_id = c.diner_id
              and t.service_date = c.service_date
              and t.check_in_id = c.check_in_id
      )
      """, as: Int.self)
    #expect(unbalanced == [0])
  }

  private func breakConnections() async throws {
    let killer = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    _ = try await killer.query(
      """
      select pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and random() < 0.7
      """)
    await killer.close()
  }
}

/// Keys that the server acknowledged, and who waits for how many.
private final class Acknowledged: Sendable {
  private struct State {
    var keys: Set<String> = []
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  var keys: Set<String> { state.withLock(\.keys) }

  func acknowledge(_ key: String) {
    let reached = state.withLock { state in
      state.keys.insert(key)
      let reached = state.waiting.filter { $0.count <= state.keys.count }
      state.waiting.removeAll { $0.count <= state.keys.count }
      return reached.map(\.continuation)
    }
    for continuation in reached { continuation.resume() }
  }

  /// Returns once so many are acknowledged.
  func reach(_ count: Int) async throws {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.keys.count >= count { return true }
        state.waiting.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}

/// A counter's window that does not give up: what was not answered is sent again with its key.
private final class LoadWindow: Sendable {
  private let address: String
  private let cookies: String
  private let csrf: String
  private let session: URLSession

  init(_ address: String) async throws {
    self.address = address
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 5
    configuration.httpCookieAcceptPolicy = .never
    session = URLSession(configuration: configuration)
    let added = try SampleBooks.canteen("staff add 小周", input: "2580\n")
    #expect(added.status == 0, "\(added.complaints)")
    let made = try SampleBooks.canteen(
      "terminal enrol XFS-01 一号窗 --format json", at: CounterServer.now)
    struct Made: Decodable { var code: String }
    let code = try JSONDecoder().decode(Made.self, from: Data(made.output.utf8)).code
    var cookies: [String] = []
    var csrf = ""
    let steps: [(String, String, [String: String]?)] = [
      ("POST", "/api/v1/terminals/enrol", ["code": code]), ("GET", "/api/v1/session", nil),
      ("POST", "/api/v1/session", ["name": "小周", "pin": "2580"]),
    ]
    for (method, path, body) in steps {
      let (data, response) = try await session.data(
        for: Self.request(
          address, method, path, try body.map { try JSONEncoder().encode($0) },
          cookies.joined(separator: "; "), csrf))
      try #require(status(response) == 200, "\(path): \(String(decoding: data, as: UTF8.self))")
      if let cookie = (response as? HTTPURLResponse)?.value(
        forHTTPHeaderField: "Set-Cookie")
      {
        cookies.append(String(cookie.prefix { $0 != ";" }))
      }
      struct Token: Decodable { var csrf: String? }
      csrf = try JSONDecoder().decode(Token.self, from: data).csrf ?? csrf
    }
    self.cookies = cookies.joined(separator: "; ")
    self.csrf = csrf
  }

  /// A guest's meal; returns once the server has acknowledged the key.
  func checkIn(_ key: String) async throws {
    let body = Data(
      """
      {"key":"\(key)","guest":{"kind":"volunteer"},"mode":"dine_in","means":"cash",
       "servedAt":"\(CounterServer.now)+08:00","listFen":1200}
      """.utf8)
    let request = try Self.request(address, "POST", "/api/v1/check-ins", body, cookies, csrf)
    while true {
      guard let (data, response) = try? await session.data(for: request) else { continue }
      switch status(response) {
      case 200, 201: return
      case 503: continue
      default:
        Issue.record("\(status(response)): \(String(decoding: data, as: UTF8.self))")
        return
      }
    }
  }

  private static func request(
    _ address: String, _ method: String, _ path: String, _ body: Data?, _ cookies: String,
    _ csrf: String
  ) throws -> URLRequest {
    var request = URLRequest(url: try #require(URL(string: address + path)))
    request.httpMethod = method
    request.httpBody = body
    request.setValue(cookies, forHTTPHeaderField: "Cookie")
    request.setValue(csrf, forHTTPHeaderField: "X-CSRF-Token")
    return request
  }
}

private func status(_ response: URLResponse) -> Int {
  (response as? HTTPURLResponse)?.statusCode ?? 0
}
