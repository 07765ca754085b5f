import Foundation

/// The user as whom the server runs: ourselves, or an unprivileged user if we are root.
struct ServerAccount {
  let user: uid_t
  let group: gid_t
  let name: String
  /// What stands before a command to run it as this user; empty if we are that user.
  let prefix: [String]

  /// For data that exists, its owner, whom alone PostgreSQL accepts; otherwise ourselves, or
  /// `postgres`, or `nobody`.
  static func choose(for data: URL) throws(ClusterError) -> ServerAccount {
    let own = geteuid()
    let owner = FolderAccess.owner(of: data)
    guard own == 0 else {
      if let owner, owner != own {
        throw .ownedByAnother(path: data.path, user: name(of: owner))
      }
      return ServerAccount(user: own, group: getegid(), name: name(of: own), prefix: [])
    }
    let entry: passwd
    if let owner, owner != 0, let found = getpwuid(owner) {
      entry = found.pointee
    } else if let found = getpwnam("postgres") ?? getpwnam("nobody") {
      entry = found.pointee
    } else {
      throw .cannotDropRoot
    }
    let name = String(cString: entry.pw_name)
    return ServerAccount(
      user: entry.pw_uid, group: entry.pw_gid, name: name, prefix: try prefix(for: name))
  }

  private static func prefix(for name: String) throws(ClusterError) -> [String] {
    for folder in ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] {
      if FileManager.default.isExecutableFile(atPath: folder + "/setpriv") {
        // Groups are set anew, or the server would keep root's.
        return [
          folder + "/setpriv", "--reuid", name, "--regid", "\(gid(of: name))",
          "--init-groups", "--",
        ]
      }
    }
    for folder in ["/usr/sbin", "/sbin", "/usr/bin"] {
      if FileManager.default.isExecutableFile(atPath: folder + "/runuser") {
        return [folder + "/runuser", "-u", name, "--"]
      }
    }
    throw .cannotDropRoot
  }

  private static func gid(of name: String) -> gid_t { getpwnam(name)?.pointee.pw_gid ?? 65534 }

  private static func name(of user: uid_t) -> String {
    getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)"
  }

  /// A command that will run as this user.
  func command(
    _ program: String, _ arguments: [String], in folder: URL,
    environment: [String: String] = [:], input: String = ""
  ) -> Command {
    let words = prefix + [program] + arguments
    return Command(
      program: words[0], arguments: Array(words.dropFirst()), environment: environment,
      folder: folder, input: input)
  }
}
