import CanteenDomain
import Foundation
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A counter's window that does not give up: what was not answered is sent again with its key.
final class LoadWindow: Sendable {
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

  /// A meal that somebody takes.
  struct Meal: Sendable {
    enum Eater: Sendable {
      case diner(Int)
      case volunteer
    }

    var eater: Eater
    var daysAgo: Int
  }

  /// Returns once the server has answered for the key, or after so many tries.
  /// - Returns: what the diner pays, in fen; nil if he had the meal before, be it kept to be judged, or nobody answered.
  func checkIn(_ meal: Meal, _ key: String, tries: Int = .max) async throws -> Int? {
    let request = try Self.request(
      address, "POST", "/api/v1/check-ins", try Self.body(meal, key), cookies, csrf)
    for _ in 0..<tries {
      guard let (data, response) = try? await session.data(for: request) else { continue }
      struct Accepted: Decodable {
        struct CheckIn: Decodable { var dinerFen: Int }
        var checkIn: CheckIn
      }
      switch status(response) {
      case 200, 201: return try JSONDecoder().decode(Accepted.self, from: data).checkIn.dinerFen
      case 202, 409: return nil
      case 503: continue
      default:
        Issue.record("\(status(response)): \(String(decoding: data, as: UTF8.self))")
        return nil
      }
    }
    return nil
  }

  /// How many persons the counter offers for a key.
  func matches(_ key: String) async throws -> Int {
    let (data, _) = try await session.data(
      for: Self.request(
        address, "POST", "/api/v1/diners/search", JSONEncoder().encode(["q": key]), cookies, csrf))
    struct Matches: Decodable {
      struct Match: Decodable {}
      var matches: [Match]
    }
    return try JSONDecoder().decode(Matches.self, from: data).matches.count
  }

  private static func body(_ meal: Meal, _ key: String) throws -> Data {
    let eater =
      switch meal.eater {
      case .diner(let id): #""dinerId":\#(id)"#
      case .volunteer: #""guest":{"kind":"volunteer"}"#
      }
    let now = try #require(Day(iso: String(CounterServer.now.prefix(10))))
    let servedAt = "\(now - meal.daysAgo)\(CounterServer.now.dropFirst(10))+08:00"
    return Data(
      """
      {"key":"\(key)",\(eater),"mode":"dine_in","means":"cash","servedAt":"\(servedAt)",\
      "listFen":1200,"offline":\(meal.daysAgo > 0)}
      """.utf8)
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
