import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenSample
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// A community's files, taken in by the services: the sample's, or those of the shared folder.
struct Community: Sendable {
  var name: String
  var roster: DecodedText
  var signIns: DecodedText
  var canteens: [Canteen]
  var regions: [Region]

  /// The invented community that the product carries.
  static func sample() throws -> Community {
    let files = Dictionary(
      SampleCommunity().files().map { ($0.name, $0.bytes) }, uniquingKeysWith: { first, _ in first }
    )
    func text(_ name: String) throws -> DecodedText {
      try DecodedText(bytes: #require(files[name]), fileName: name)
    }
    let canteens = try CanteenRow.read(
      Table(text("canteens.csv"), columns: CanteenRow.columns)
    ).compactMap(\.value)
    let regions = try RegionRow.read(Table(text("regions.csv"), columns: RegionRow.columns))
      .compactMap { $0.value?.region }
    return Community(
      name: "sample", roster: try text("roster.csv"), signIns: try text("sign-ins.csv"),
      canteens: canteens.map {
        Canteen(
          code: $0.code, name: $0.name, kind: $0.kind, region: $0.region,
          operatorName: $0.operatorName, openedOn: Day(number: 0), windows: $0.windows)
      }, regions: regions)
  }

  /// The files that others made, where they stand beside the repository; nil elsewhere.
  static func shared() throws -> Community? {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    folder.appendPathComponent("shared/data")
    let roster = folder.appendingPathComponent("dongfeng-roster.csv").path
    guard FileManager.default.fileExists(atPath: roster) else { return nil }
    return Community(
      name: "shared", roster: try DecodedText(contentsOf: roster),
      signIns: try DecodedText(
        contentsOf: folder.appendingPathComponent("dongfeng-sign-ins.csv").path),
      canteens: [aCanteen()], regions: theRegions)
  }

  /// Regions, canteens and the example policy, or the documents that are given.
  func prepare(_ database: Database, policies documents: [String]? = nil) async throws {
    _ = try await RegionService(database).add(regions, validFrom: Day(number: 0))
    for canteen in canteens { _ = try await CanteenService(database).add(canteen) }
    let example = try #require(ExamplePolicies.text(named: "example-age-bands"))
    for (index, document) in (documents ?? [example]).enumerated() {
      _ = try await PolicyService(database)
        .activate(document, name: "policy \(index + 1)", by: aClerk)
    }
  }

  func importRoster(_ database: Database) async throws -> RosterImport.Outcome {
    let rows = RosterRow.read(
      try Table(roster, columns: RosterRow.columns), asOf: day("2026-11-23"))
    return try await RosterImport(database, vault: theVault)
      .run(rows, fileName: roster.fileName, by: aClerk)
  }

  func importSignIns(
    _ database: Database, report: @escaping CanteenServices.Progress.Report = { _ in }
  ) async throws -> CheckInImport.Outcome {
    let rows = SignInRow.read(try Table(signIns, columns: SignInRow.columns))
    return try await CheckInImport(CheckInService(database))
      .run(rows, fileName: signIns.fileName, by: aClerk, report: report)
  }
}
