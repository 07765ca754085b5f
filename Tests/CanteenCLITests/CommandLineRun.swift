import Foundation
import Testing

/// One run of the built `canteen`, as a person at a terminal sees it.
struct CommandLineRun {
  let status: Int32
  let output: String
  let complaints: String

  /// Runs the binary that stands beside the test bundle, with nothing of the tester's environment
  /// but the path.
  /// - Parameters:
  ///   - input: what it finds on standard input; nothing if nil.
  ///   - killedAt: a text on standard error at which the process is killed on the spot.
  static func canteen(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    killedAt: String? = nil
  ) throws -> CommandLineRun {
    // Files, not pipes: nothing to drain, so nothing to wait for.
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appendingPathComponent("out")
    let err = folder.appendingPathComponent("err")
    for place in [out, err] { try Data().write(to: place) }
    let process = Process()
    process.executableURL = try binary()
    process.arguments = arguments
    var variables = environment
    variables["PATH"] = ProcessInfo.processInfo.environment["PATH"]
    process.environment = variables
    let outHandle = try FileHandle(forWritingTo: out)
    let errHandle = try FileHandle(forWritingTo: err)
    process.standardOutput = outHandle
    process.standardError = errHandle
    let typed = folder.appendingPathComponent("in")
    try Data((input ?? "").utf8).write(to: typed)
    process.standardInput = try FileHandle(forReadingFrom: typed)
    try process.run()
    if let killedAt {
      while process.isRunning, !(try String(contentsOf: err, encoding: .utf8)).contains(killedAt) {
        usleep(1000)
      }
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    try outHandle.close()
    try errHandle.close()
    return CommandLineRun(
      status: process.terminationStatus, output: try String(contentsOf: out, encoding: .utf8),
      complaints: try String(contentsOf: err, encoding: .utf8))
  }

  static func binary() throws -> URL {
    var folder = Bundle.main.bundleURL
    if let path = ProcessInfo.processInfo.arguments.first(where: { $0.contains("xctest") }) {
      folder = URL(fileURLWithPath: path)
    }
    for _ in 0..<6 {
      let candidate = folder.appendingPathComponent("canteen")
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder),
        !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: candidate.path)
      {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    throw BinaryMissing()
  }

  struct BinaryMissing: Error, CustomStringConvertible {
    var description: String { "no built canteen beside the tests" }
  }
}

/// A folder for one test, gone after it.
struct Workbench: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let place = folder.appendingPathComponent(name)
    try Data(bytes).write(to: place)
    return place.path
  }

  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }
}
