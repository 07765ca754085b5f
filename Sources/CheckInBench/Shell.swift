import Foundation
import Logging
import Postgres
import Synchronization

/// Runs the programs that make the load.
enum Shell {
  /// What it printed.
  /// - Throws: `Unusable` with its complaints.
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (output, complaints) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = complaints
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
}

/// Counts from 0.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}

extension Database {
  var benchLogger: Logger { Logger(label: "check-in.bench") }
}
