import Foundation
import Logging
import Postgres

/// Measures the room `Postgres` against other clients of the same server, pair by pair, and
/// writes one JSON array of ratios. It makes its tables itself and drops them at the end.
///
///     PostgresBench --database-url URL [--python PATH] [--runs N] [--seconds S] [--only NAME]
///
/// `--python` names an interpreter that has asyncpg (and, better, uvloop).
@main
struct PostgresBench {
  static func main() async throws {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    let bench = try Bench(options)
    try await bench.prepare()
    var rows: [Figure] = []
    for (name, measure) in bench.measures where options.isWanted(name) {
      FileHandle.standardError.write(Data("\(name) …\n".utf8))
      rows.append(try await measure(bench)())
    }
    try await bench.cleanUp()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(rows) + Data("\n".utf8))
  }
}

/// One line of the report: two figures from the same run, and what they give divided.
struct Figure: Encodable {
  let name: String
  /// How many times as good we are: above 1 is better than the other.
  let ratio: Double
  let ours: Double
  let theirs: Double
  let unit: String
  let runs: Int
}

/// What the command line says.
struct Options {
  var databaseURL = ""
  var python: String?
  var runs = 5
  var seconds = 3.0
  var only: String?

  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Unusable(description: "\(option) what?") }
      switch option {
      case "--database-url": databaseURL = value
      case "--python": python = value
      case "--runs": runs = max(1, Int(value) ?? 5)
      case "--seconds": seconds = Double(value) ?? 3
      case "--only": only = value
      default: throw Unusable(description: "unknown option \(option)")
      }
    }
    guard !databaseURL.isEmpty else { throw Unusable(description: "--database-url is missing") }
  }

  func isWanted(_ name: String) -> Bool { only.map(name.contains) ?? true }
}
