import Foundation
import Postgres
import Testing

@testable import EmbeddedPostgres

/// Debian's PgBouncer in transaction mode before the tests' server, as an unprivileged user.
enum PgBouncer {
  struct Missing: Error, CustomStringConvertible {
    var description: String { "pgbouncer is not installed: run `scripts/install.sh test`" }
  }

  struct NotStarted: Error, CustomStringConvertible {
    let description: String
  }

  /// A running PgBouncer with two connections to the server, for the length of `body`.
  static func with(
    _ body: (ConnectionConfiguration) async throws -> Void
  ) async throws {
    let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
    guard let program = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw Missing()
    }
    try await PrivateServer.withFolder { folder in
      let data = folder.appendingPathComponent("bouncer")
      let account = try ServerAccount.choose(for: data)
      try FolderAccess.makePrivate(data, for: account)
      let settings = folder.appendingPathComponent("pgbouncer.ini")
      try settingsText(folder: data.path).write(to: settings, atomically: true, encoding: .utf8)
      let outcome = try account.command(
        program, ["--daemon", "--quiet", settings.path], in: URL(fileURLWithPath: "/")
      ).run()
      guard outcome.succeeded else { throw NotStarted(description: outcome.output) }
      defer { stop(data) }
      try awaitSocket(in: data)

      var configuration = try TestServer.configuration()
      configuration.parameters["host"] = data.path
      configuration.parameters["port"] = "6432"
      do {
        try await body(configuration)
      } catch {
        let log =
          (try? String(contentsOf: data.appendingPathComponent("log"), encoding: .utf8)) ?? ""
        let report = (error as? ServerError)?.report ?? (error as? ConnectionError)?.report
        Issue.record("\(report ?? "\(error)"); PgBouncer's log: \(log)")
      }
    }
  }

  private static func settingsText(folder: String) throws -> String {
    let server = try TestServer.configuration().parameters
    return """
      [databases]
      * = host=\(server["host"] ?? "") port=\(server["port"] ?? "5432") user=\(server["user"] ?? "")
      [pgbouncer]
      pool_mode = transaction
      default_pool_size = 2
      max_client_conn = 100
      listen_addr =
      listen_port = 6432
      unix_socket_dir = \(folder)
      auth_type = any
      logfile = \(folder)/log
      pidfile = \(folder)/pid

      """
  }

  /// The program goes into the background before it listens.
  private static func awaitSocket(in folder: URL) throws {
    for _ in 0..<500 {
      if let caller = try? UnixSocket.call("\(folder.path)/.s.PGSQL.6432") {
        close(caller)
        return
      }
      usleep(10_000)
    }
    throw NotStarted(description: "pgbouncer does not listen")
  }

  /// Asks it to end at once (SIGTERM) and waits for that.
  private static func stop(_ folder: URL) {
    let file = folder.appendingPathComponent("pid")
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return }
    kill(pid, SIGTERM)
    // It removes the file as its last act.
    for _ in 0..<500 where FileManager.default.fileExists(atPath: file.path) { usleep(10_000) }
  }
}
