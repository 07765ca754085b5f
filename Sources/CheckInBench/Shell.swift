import Foundation
import Synchronization

/// Runs the programs that make the load.
enum Shell {
  /// What it printed.
  /// - Throws: `Unusable` with its complaints.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (output, complaints) = (Pipe(), Pipe())
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = complaints
    hearAlarms()
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errors = complaints.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let said = String(decoding: errors.suffix(400), as: UTF8.self)
      throw Unusable(description: "\(program) failed: \(said)")
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// What a process holds, in megabytes.
  static func residentMegabytes(_ process: Int32) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
    return (kilobytes.flatMap { Double($0) } ?? 0) / 1024
  }

  /// Threads of a Swift program hear no signals, and what they start inherits that: pgbench would
  /// never hear the alarm by which it ends.
  private static func hearAlarms() {
    var alarm = sigset_t()
    sigemptyset(&alarm)
    sigaddset(&alarm, SIGALRM)
    pthread_sigmask(SIG_UNBLOCK, &alarm, nil)
  }
}

/// Counts from 0.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
