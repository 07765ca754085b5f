import CanteenTestSupport
import Foundation
import Testing

/// The sample community with some meals of October closed at one canteen, by its commands.
final class ClosedBooks {
  static let number = "XFS-01-2026-10"
  let bench: Workbench

  init() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let all = try String(contentsOfFile: "\(folder)/sign-ins.csv", encoding: .utf8)
      .split(whereSeparator: \.isNewline)
    let some =
      all.prefix(1)
      + all.filter { $0.contains(",2026-10-") && $0.contains("XFS-01") }
      .prefix(150)
    let file = try bench.file("some.csv", some.joined(separator: "\n") + "\n")
    for line in [
      "check-in import \(file)", "day close --canteen XFS-01 --through 2026-10-31",
      "reconcile --canteen XFS-01 --from 2026-10-01 --through 2026-10-31",
      "statement close --canteen XFS-01 --month 2026-10",
    ] {
      let run = try SampleBooks.canteen(line)
      try #require([0, 3].contains(run.status), "\(line): \(run.complaints)")
    }
    self.bench = bench
  }

  func path(_ name: String) -> String { bench.folder.appendingPathComponent(name).path }

  /// The bytes of the files of a folder by their names.
  func files(_ folder: String) throws -> [String: Data] {
    let place = bench.folder.appendingPathComponent(folder)
    return Dictionary(
      uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: place.path).map {
        ($0, try Data(contentsOf: place.appendingPathComponent($0)))
      })
  }
}
