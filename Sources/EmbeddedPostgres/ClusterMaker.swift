import Foundation

/// Makes a new cluster: in a folder with a temporary name, renamed when it is whole, so that a
/// making that was cut short is never taken for a cluster.
struct ClusterMaker {
  static let owner = "canteen"
  static let database = "canteen"

  let folder: URL
  let data: URL
  let binaries: ServerBinaries
  let account: ServerAccount

  static func isMade(_ data: URL) -> Bool { version(of: data) != nil }

  /// The major version that made the data.
  static func version(of data: URL) -> Int? {
    let file = data.appendingPathComponent("PG_VERSION").path
    guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
    return Int(
      String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Called under the folder's lock.
  func make() throws(ClusterError) {
    let draft = folder.appendingPathComponent("data.unfinished")
    // What an earlier making left behind; nobody else works on it while the lock is ours.
    try? FileManager.default.removeItem(at: draft)
    try FolderAccess.makePrivate(draft, for: account)
    try run(
      "initdb",
      [
        "--pgdata", draft.path, "--username", ClusterMaker.owner, "--encoding", "UTF8",
        "--locale", ClusterMaker.locale, "--data-checksums", "--auth-local", "trust",
        "--auth-host", "reject", "--no-instructions",
      ])
    try run(
      "postgres", ["--single", "-D", draft.path, "template1"],
      input: "create database \(ClusterMaker.database)\n")
    try ServerSettings.include(in: draft, account: account)
    guard rename(draft.path, data.path) == 0 else {
      throw .creationFailed(said: "\(data.path): \(String(cString: strerror(errno)))")
    }
  }

  private func run(_ program: String, _ arguments: [String], input: String = "")
    throws(ClusterError)
  {
    let outcome: Command.Outcome
    do {
      outcome = try account.command(
        binaries.program(program), arguments, in: folder, input: input
      ).run()
    } catch {
      throw .creationFailed(said: "\(binaries.program(program)): \(error.localizedDescription)")
    }
    guard outcome.succeeded else {
      throw .creationFailed(said: ServerStart.tail(of: outcome.output))
    }
  }

  /// `C.UTF-8` sorts by code point like `C` and knows the letters of other scripts; it is missing
  /// on a few systems.
  private static var locale: String {
    guard let found = newlocale(Int32(LC_CTYPE_MASK), "C.UTF-8", nil) else { return "C" }
    freelocale(found)
    return "C.UTF-8"
  }
}
