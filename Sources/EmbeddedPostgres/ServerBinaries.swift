import Foundation

/// PostgreSQL's own programs: where they are and which major version.
public struct ServerBinaries: Sendable, Hashable {
  /// The folder with `initdb`, `pg_ctl` and `postgres`.
  public let folder: String
  /// The major version, such as 15.
  public let version: Int

  static let oldestVersion = 15

  func program(_ name: String) -> String { folder + "/" + name }

  /// The folders in which systems keep PostgreSQL: what `pg_config --bindir` says, then the usual
  /// places of Debian, Red Hat, Homebrew and a build from source, then `path`.
  public static func usualFolders(
    path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) -> [String] {
    let onPath = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    var folders = onPath.compactMap { folder -> String? in
      let program = folder + "/pg_config"
      guard FileManager.default.isExecutableFile(atPath: program),
        let outcome = try? Command(
          program: program, arguments: ["--bindir"], folder: URL(fileURLWithPath: "/")
        ).run(), outcome.succeeded
      else { return nil }
      return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    for (parent, suffix) in [
      ("/usr/lib/postgresql", "/bin"), ("/usr", "/bin"), ("/opt/homebrew/opt", "/bin"),
      ("/usr/local/opt", "/bin"), ("/Library/PostgreSQL", "/bin"),
    ] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
      folders += names.sorted().filter {
        parent == "/usr/lib/postgresql" || parent == "/Library/PostgreSQL"
          || $0.hasPrefix("postgresql") || $0.hasPrefix("pgsql-")
      }.map { "\(parent)/\($0)\(suffix)" }
    }
    folders += ["/usr/local/pgsql/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"] + onPath
    var seen: Set<String> = []
    return folders.filter { seen.insert($0).inserted }
  }

  /// The programs that made the data if there is any (no other version can open it), else the
  /// highest version of at least 15.
  static func find(in folders: [String], forDataIn data: URL) throws(ClusterError) -> ServerBinaries
  {
    let installed = folders.compactMap(look(in:)).filter { $0.version >= oldestVersion }
    guard !installed.isEmpty else { throw .noServerFound(searched: folders) }
    if let made = ClusterMaker.version(of: data) {
      guard let same = installed.first(where: { $0.version == made }) else {
        throw .versionMismatch(data: made, installed: Set(installed.map(\.version)).sorted())
      }
      return same
    }
    // The first of the highest, so that an earlier folder wins over a later one.
    return installed.reduce(installed[0]) { $1.version > $0.version ? $1 : $0 }
  }

  private static func look(in folder: String) -> ServerBinaries? {
    // Debian's `pg_config` names the server's folder even where only the client is installed.
    guard
      ["initdb", "pg_ctl", "postgres"].allSatisfy({
        FileManager.default.isExecutableFile(atPath: folder + "/" + $0)
      }),
      let outcome = try? Command(
        program: folder + "/postgres", arguments: ["--version"], folder: URL(fileURLWithPath: "/")
      ).run(), outcome.succeeded
    else { return nil }
    // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `… 18beta1`.
    let words = outcome.output.split(separator: " ")
    guard words.count >= 3, let version = Int(words[2].prefix { $0.isASCII && $0.isNumber }) else {
      return nil
    }
    return ServerBinaries(folder: folder, version: version)
  }
}
