import AsyncHTTPClient
import Foundation

/// A headless Chromium, driven by WebDriver (W3C) through chromium-driver.
///
/// Waiting is done in the page: a condition is looked at until it holds, for ten seconds at most.
final class Browser: Sendable {
  private let driver: URL
  private let session: String

  /// What a page did not do in time, or the driver refused.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// A driver and a browser with a profile of its own, for the length of `body`.
  static func with<Value>(
    width: Int = 1280, height: Int = 860, _ body: (Browser) async throws -> Value
  ) async throws -> Value {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/chromedriver")
    let port = try FreePort.find()
    process.arguments = ["--port=\(port)", "--log-level=OFF"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The session is ended by then. Not waited for: that would wait for all that a browser leaves.
    defer { kill(process.processIdentifier, SIGKILL) }
    let browser = try await Browser(
      URL(string: "http://127.0.0.1:\(port)")!, "--window-size=\(width),\(height)")
    do {
      let value = try await body(browser)
      try await browser.quit()
      return value
    } catch {
      try? await browser.picture("fault")
      try? await browser.quit()
      throw error
    }
  }

  private init(_ driver: URL, _ size: String) async throws {
    self.driver = driver
    let arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--autoplay-policy=no-user-gesture-required", size,
    ]
    let capabilities = [
      "capabilities": ["alwaysMatch": ["goog:chromeOptions": ["args": arguments]]]
    ]
    // The driver listens a moment after it was started.
    for _ in 0..<200
    where (try? await Self.send("GET", driver.appendingPathComponent("status"), nil)) == nil {
      try await Task.sleep(for: .milliseconds(25))
    }
    let answer = try await Self.send("POST", driver.appendingPathComponent("session"), capabilities)
    guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
      throw Fault(description: "chromium-driver gave no session")
    }
    session = id
  }

  private func quit() async throws { _ = try await call("DELETE", "") }

  func open(_ address: String) async throws {
    _ = try await call("POST", "url", ["url": address])
  }

  /// Runs a script and gives what it returns.
  @discardableResult
  func run(_ script: String) async throws -> Any? {
    try await call("POST", "execute/sync", ["script": script, "args": [Any]()])
  }

  func text(_ script: String) async throws -> String { try await run(script) as? String ?? "" }

  /// Waits until an expression is true.
  func wait(until condition: String) async throws {
    let script = """
      const done = arguments[arguments.length - 1], end = Date.now() + 10000;
      (function look() {
        let holds = false;
        try { holds = Boolean(\(condition)); } catch {}
        if (holds || Date.now() > end) done(holds); else setTimeout(look, 20);
      })();
      """
    let holds = try await call("POST", "execute/async", ["script": script, "args": [Any]()])
    guard holds as? Bool == true else {
      let page = try await text("return document.body.innerText")
      throw Fault(description: "not within ten seconds: \(condition); the page shows: \(page)")
    }
  }

  func wait(forText text: String, in selector: String = "#answer") async throws {
    try await wait(until: "document.querySelector('\(selector)').innerText.includes('\(text)')")
  }

  /// Types as a scanner does, which is a keyboard; `Enter` at the end.
  func scan(_ key: String) async throws {
    let actions = (key.map(String.init) + ["\u{E007}"]).flatMap { letter in
      [["type": "keyDown", "value": letter], ["type": "keyUp", "value": letter]]
    }
    _ = try await call(
      "POST", "actions", ["actions": [["type": "key", "id": "scanner", "actions": actions]]])
  }

  func tap(_ selector: String) async throws {
    try await run("document.querySelector('\(selector)').click()")
  }

  /// Another tab of the same browser, which becomes the current one.
  func openTab() async throws {
    let tab = try await call("POST", "window/new", ["type": "tab"]) as? [String: Any]
    try await show(tab?["handle"] as? String ?? "")
  }

  func tabs() async throws -> [String] {
    try await call("GET", "window/handles") as? [String] ?? []
  }

  func show(_ tab: String) async throws {
    _ = try await call("POST", "window", ["handle": tab])
  }

  /// Closes the current tab and shows the one that is left.
  func closeTab() async throws {
    _ = try await call("DELETE", "window")
    if let left = try await tabs().first { try await show(left) }
  }

  /// Keeps a picture of the page in .build/screenshots.
  func picture(_ name: String) async throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/screenshots")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = try await call("GET", "screenshot") as? String ?? ""
    try Data(base64Encoded: text)?.write(to: folder.appendingPathComponent("\(name).png"))
  }

  /// The page as it prints.
  func pdf() async throws -> Data {
    let text = try await call("POST", "print", ["shrinkToFit": false]) as? String ?? ""
    return Data(base64Encoded: text) ?? Data()
  }

  private func call(
    _ method: String, _ path: String, _ body: [String: Any] = [:]
  ) async throws -> Any? {
    let base = driver.appendingPathComponent("session/\(session)")
    return try await Self.send(
      method, path.isEmpty ? base : base.appendingPathComponent(path),
      method == "POST" ? body : nil)
  }

  private static func send(
    _ method: String, _ url: URL, _ body: [String: Any]?
  ) async throws -> Any? {
    var request = HTTPClientRequest(url: url.absoluteString)
    request.method = .init(rawValue: method)
    if let body {
      request.body = .bytes(try JSONSerialization.data(withJSONObject: body))
      request.headers.add(name: "Content-Type", value: "application/json")
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 64 << 20)
    let answer =
      try JSONSerialization.jsonObject(with: Data(String(buffer: bytes).utf8)) as? [String: Any]
    let value = answer?["value"]
    if let fault = value as? [String: Any], let error = fault["error"] as? String {
      throw Fault(description: "\(error): \(fault["message"] ?? "")")
    }
    return value
  }
}

/// A port of the loopback that nobody listens on.
enum FreePort {
  static func find() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard isBound else { throw Browser.Fault(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
