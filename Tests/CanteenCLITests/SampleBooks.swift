import CanteenTestSupport
import Foundation
import Testing

/// Commands on the database of the running test.
enum SampleBooks {
  static func canteen(
    _ line: String, at now: String = "2026-11-23T12:04:00", input: String? = nil,
    killedAt: String? = nil, with more: [String: String] = [:]
  ) throws -> CommandLineRun {
    try CommandLineRun.canteen(
      line.split(separator: " ").map(String.init) + ["--now", now],
      environment: environment.merging(more) { $1 }, input: input, killedAt: killedAt)
  }

  /// What a command finds about the database of the running test.
  static var environment: [String: String] {
    [
      "CANTEEN_DATABASE_URL": TestDatabase.current.ownerURL, "CANTEEN_BY": "王主任",
      "CANTEEN_KEY_FILE": FileManager.default.temporaryDirectory
        .appendingPathComponent("canteen-keys-\(TestDatabase.current.name)/key").path,
    ]
  }

  /// The places, the roster and the example policy of the sample community.
  static func setUp(_ folder: String) throws {
    for line in [
      "sample write \(folder)", "region import \(folder)/regions.csv",
      "canteen import \(folder)/canteens.csv", "roster import \(folder)/roster.csv",
      "policy examples --to \(folder)", "policy activate \(folder)/example-age-bands.yaml",
      "menu publish \(folder)/menu.csv",
    ] {
      let run = try canteen(line)
      #expect(run.status == 0, "\(line): \(run.complaints)")
    }
  }
}
