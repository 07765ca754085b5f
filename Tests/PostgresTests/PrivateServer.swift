import Foundation
import Postgres

@testable import EmbeddedPostgres

/// A server of a test's own, to be stopped and started while the shared one stays as it is.
enum PrivateServer {
  /// A running server in a new folder, for the length of `body`.
  static func with(
    _ body: (EmbeddedCluster, ConnectionConfiguration) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      let address = try cluster.start()
      do {
        try await body(cluster, try ConnectionConfiguration(url: address.url))
        try cluster.stop()
      } catch {
        try? cluster.stop()
        throw error
      }
    }
  }

  /// A new folder that the server's unprivileged user can pass through.
  static func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = URL(fileURLWithPath: "/tmp/pg-test-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }
}
