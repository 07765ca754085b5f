import CanteenSQL
import CanteenVault
import Foundation

/// Checks that are versioned together: the product's, or an installation's own.
struct CheckSet: Sendable {
  var checks: [ReconciliationCheck]
  /// A hash of all the files: when one changes, every day is looked at again by this set.
  var edition: Seal

  init(_ files: [(name: String, text: String)]) throws {
    checks = try files.map(ReconciliationCheck.init)
    let ids = checks.map(\.id)
    if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
      throw ReconciliationCheck.Malformed(description: "two checks are called \(twice)")
    }
    edition = Seal.of(files.map { $0.name + "\n" + $0.text }.joined().utf8)
  }

  /// The checks that the binary carries.
  static let builtIn: Result<CheckSet, any Error> = Result {
    try CheckSet(CanteenSQL.checks.map { ($0.name, $0.text) })
  }

  /// The checks of a folder, in the order of their names; nil if it has none.
  static func folder(_ path: String) throws -> CheckSet? {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    guard !names.isEmpty else { return nil }
    let set = try CheckSet(
      names.map {
        (
          $0,
          try String(
            contentsOf: URL(fileURLWithPath: path).appendingPathComponent($0), encoding: .utf8)
        )
      })
    let known = Set(try builtIn.get().checks.map(\.id))
    if let taken = set.checks.first(where: { known.contains($0.id) }) {
      throw ReconciliationCheck.Malformed(
        description: "\(taken.id) is a check of the product; give your own another id")
    }
    return set
  }
}
