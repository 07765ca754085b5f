import CanteenDomain
import CanteenServices
import CanteenVault
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The real server, and wrk that checks meals in through it over connections that stay open.
final class HTTPLoad {
  struct Run {
    var perSecond: Double
    var median: Double
    var p99: Double
  }

  private let process = Process()
  private let home: URL
  private let scene: BenchScene
  private let port = Int.random(in: 20_000...40_000)
  private var clerk: String { "bench \(port)" }
  private var cookies: [String: String] = [:]
  private var csrf = ""

  init(canteen: String, url: String, scene: BenchScene) async throws {
    self.scene = scene
    home = FileManager.default.temporaryDirectory
      .appendingPathComponent("check-in-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let keys = KeyFile(path: home.appendingPathComponent("canteen.key").path)
    try keys.replace(with: VaultKeys(scene.key))
    process.executableURL = URL(fileURLWithPath: canteen)
    process.arguments = ["serve", "--port", "\(port)", "--home", home.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["CANTEEN_DATABASE_URL": url, "CANTEEN_KEY_FILE": keys.path]) { $1 }
    process.standardError = FileHandle.nullDevice
    try process.run()
    try await signIn()
  }

  /// What the server holds, in megabytes.
  var residentMegabytes: Double { Shell.residentMegabytes(process.processIdentifier) }

  func stop() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: home)
  }

  private func signIn() async throws {
    let by = Attribution(
      by: "bench", at: Instant(seconds: Int64(Date().timeIntervalSince1970)))
    try await StaffService(scene.database).add(
      Staff(name: clerk, role: .manager), pin: "2580", by: by)
    let made = try await TerminalService(scene.database)
      .make("\(port)号窗", in: scene.canteen, by: by)
    var tries = 0
    while try await status("/health") != 200 {
      tries += 1
      guard tries < 100 else { throw Unusable(description: "the server does not answer") }
      try await Task.sleep(for: .milliseconds(100))
    }
    try await call("POST", "/api/v1/terminals/enrol", ["code": made.code])
    try await call("GET", "/api/v1/session", nil)
    try await call("POST", "/api/v1/session", ["name": clerk, "pin": "2580"])
  }

  private func status(_ path: String) async throws -> Int {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { return 0 }
    let answer = try? await URLSession.shared.data(from: url)
    return (answer?.1 as? HTTPURLResponse)?.statusCode ?? 0
  }

  private func call(_ method: String, _ path: String, _ body: [String: String]?) async throws {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { return }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpShouldHandleCookies = false
    request.setValue(cookieHeader, forHTTPHeaderField: "Cookie")
    request.setValue(csrf, forHTTPHeaderField: "X-CSRF-Token")
    request.httpBody = try body.map { try JSONEncoder().encode($0) }
    let (data, response) = try await URLSession.shared.data(for: request)
    guard let answer = response as? HTTPURLResponse, answer.statusCode < 300 else {
      throw Unusable(description: "\(path): \(String(decoding: data, as: UTF8.self))")
    }
    if let set = answer.value(forHTTPHeaderField: "Set-Cookie") {
      let pair = set.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
      cookies[String(pair[0])] = String(pair[1])
    }
    struct Session: Decodable { var csrf: String? }
    csrf = (try? JSONDecoder().decode(Session.self, from: data))?.csrf ?? csrf
  }

  private var cookieHeader: String {
    cookies.map { "\($0)=\($1)" }.sorted().joined(separator: "; ")
  }

  /// - Parameter skipping: so many persons have no meal; those behind them may be strangers to the server.
  func run(clients: Int, seconds: Int, skipping: Int = 0) throws -> Run {
    // Whole days, so that each run begins with the first person.
    let base = scene.claim(clients == 1 ? 40_000 : 100_000) + skipping
    let file = home.appendingPathComponent("meals.lua")
    try script(base).write(to: file, atomically: true, encoding: .utf8)
    let text = try Shell.run(
      "wrk",
      [
        "-t", "1", "-c", "\(clients)", "-d", "\(seconds)s", "-s", file.path,
        "http://127.0.0.1:\(port)",
      ])
    var figures: [String: Double] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("bench ") {
      let words = line.split(separator: " ")
      figures[String(words[1])] = Double(words[2])
    }
    guard figures["wrong"] == 0, let count = figures["meals"], let time = figures["microseconds"]
    else { throw Unusable(description: "wrk said: \(text.suffix(400))") }
    return Run(
      perSecond: count / time * 1e6, median: (figures["p50"] ?? 0) / 1000,
      p99: (figures["p99"] ?? 0) / 1000)
  }

  /// Each request is a meal that nobody has taken, with a key of its own.
  private func script(_ base: Int) -> String {
    """
    local place, diners = \(base), \(scene.dinerCount)
    local first = \(scene.firstDay.number) * 86400
    wrong = 0
    local headers = {
      ["Content-Type"] = "application/json", ["Cookie"] = "\(cookieHeader)",
      ["X-CSRF-Token"] = "\(csrf)",
    }
    function request()
      local meal = math.floor(place / diners)
      local at = first + math.floor(meal / 2) * 86400
        + (meal % 2 == 0 and 41400 or 64800) - 28800 + place % 5000
      local body = string.format(
        '{"key":"%08x-0000-4000-8000-%012x","dinerId":%d,"mode":"dine_in","means":"cash",'
          .. '"auth":"card","servedAt":"%s","listFen":1200,"offline":false}',
        \(base), place, place % diners + 1, os.date("!%Y-%m-%dT%H:%M:%SZ", at))
      place = place + 1
      return wrk.format("POST", "/api/v1/check-ins", headers, body)
    end
    function response(status)
      if status ~= 201 then wrong = wrong + 1 end
    end
    function setup(thread) thread:set("id", 1) threads = thread end
    function done(summary, latency)
      print("bench meals " .. summary.requests)
      print("bench microseconds " .. summary.duration)
      print("bench p50 " .. latency:percentile(50))
      print("bench p99 " .. latency:percentile(99))
      print("bench wrong " .. (threads:get("wrong") + summary.errors.status
        + summary.errors.timeout))
    end
    """
  }
}
