import Foundation
import Testing

@testable import EmbeddedPostgres

/// A temporary folder for one test; whatever server runs in it is stopped at the end, by its process
/// id, and the folder removed.
func withClusterFolder(_ body: (URL) throws -> Void) throws {
  let root = FileManager.default.temporaryDirectory.appendingPathComponent(
    "canteen-cluster-" + UUID().uuidString.prefix(8))
  // Passable for the server's own user, as a folder under /var/lib would be.
  try FileManager.default.createDirectory(
    at: root, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
  defer {
    if let running = ServerProcess.find(in: EmbeddedCluster(folder: root).data) {
      try? running.stop(patienceSeconds: 30)
    }
    try? FileManager.default.removeItem(at: root)
  }
  try body(root)
}

/// What one statement answers, asked by psql over the connection string that the cluster gives.
func ask(_ statement: String, at address: ClusterAddress) throws -> String {
  let binaries = try ServerBinaries.find(
    in: ServerBinaries.usualFolders(), forDataIn: URL(fileURLWithPath: "/nowhere"))
  let outcome = try Command(
    program: binaries.program("psql"),
    arguments: ["--no-psqlrc", "--tuples-only", "--no-align", "--command", statement, address.url],
    folder: URL(fileURLWithPath: "/")
  ).run()
  #expect(outcome.succeeded, "\(outcome.output)")
  return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The permissions of a path, such as 0o700.
func mode(of path: String) throws -> Int {
  let facts = try FileManager.default.attributesOfItem(atPath: path)
  return try #require(facts[.posixPermissions] as? NSNumber).intValue
}
