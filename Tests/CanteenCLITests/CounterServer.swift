import CanteenTestSupport
import Foundation
import FoundationNetworking

/// The built `canteen serve` on the loopback, on the database of the running test. It can be cut
/// off, which is a SIGKILL, and comes back at the same address.
final class CounterServer {
  static let now = "2026-10-30T12:04:00"

  let port: Int
  private var process: Process?
  private let logFile = FileManager.default.temporaryDirectory
    .appendingPathComponent("canteen-server-\(UUID().uuidString).log")

  var address: String { "http://localhost:\(port)" }

  init() async throws {
    port = try FreePort.find()
    try await start()
  }

  deinit {
    cut()
    try? FileManager.default.removeItem(at: logFile)
  }

  /// What it said on standard error, since it was first started.
  var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

  /// Starts it and waits until it is ready.
  func start() async throws {
    let process = Process()
    process.executableURL = try CommandLineRun.binary()
    process.arguments = ["serve", "--port", "\(port)", "--now", Self.now]
    process.environment = SampleBooks.environment
    process.standardOutput = FileHandle.nullDevice
    if !FileManager.default.fileExists(atPath: logFile.path) { try Data().write(to: logFile) }
    let log = try FileHandle(forWritingTo: logFile)
    try log.seekToEnd()
    process.standardError = log
    try process.run()
    self.process = process
    guard let ready = URL(string: "\(address)/ready") else { return }
    for _ in 0..<400 {
      if let (_, response) = try? await URLSession.shared.data(from: ready),
        (response as? HTTPURLResponse)?.statusCode == 200
      {
        return
      }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Browser.Fault(description: "canteen serve did not become ready")
  }

  var isRunning: Bool { process?.isRunning == true }

  /// Asks it to end, as an operator does.
  func tellToEnd() {
    if let process { kill(process.processIdentifier, SIGTERM) }
  }

  /// Returns once it takes no new connections.
  func waitUntilClosed() async throws {
    guard let health = URL(string: "\(address)/health") else { return }
    for _ in 0..<400 {
      let session = URLSession(configuration: .ephemeral)
      guard (try? await session.data(from: health)) != nil else { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Browser.Fault(description: "canteen serve still takes connections")
  }

  /// Asks it to end; whether it has ended within ten seconds.
  func end() async throws -> Bool {
    guard let process else { return true }
    tellToEnd()
    for _ in 0..<400 where process.isRunning { try await Task.sleep(for: .milliseconds(25)) }
    return !process.isRunning
  }

  /// The line is cut: the server is gone without a word.
  func cut() {
    guard let process else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    self.process = nil
  }
}
