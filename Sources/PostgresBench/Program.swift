import Foundation

/// Other programs, run to their end.
enum Program {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a program of the PATH and gives what it printed.
  static func run(_ name: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(description: "\(name) ended with \(process.terminationStatus)")
    }
    return text
  }

  /// The number that stands behind a label.
  static func number(after label: String, in text: String) throws -> Double {
    guard let start = text.range(of: label)?.upperBound else {
      throw Failed(description: "no \(label) in \(text)")
    }
    let digits = text[start...].drop { $0.isWhitespace }.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits) else { throw Failed(description: "no number in \(text)") }
    return number
  }
}

/// Files that are gone afterwards.
enum Temporary {
  static func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "postgres-bench-\(UUID().uuidString)"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  static func openForWriting(_ path: String) throws -> FileHandle {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 0)
    return handle
  }

  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
