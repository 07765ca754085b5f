import Foundation

/// Makes folders with the modes and owners that the server and its socket need.
enum FolderAccess {
  /// Makes the cluster's folder and checks that the server's user can reach it.
  ///
  /// As root the folder stays root's and is merely passable (0711), so that only root adds to it;
  /// `data` and `socket` inside belong to the server's user (0700).
  static func prepare(_ folder: URL, for account: ServerAccount) throws(ClusterError) {
    if !isFolder(folder.path) {
      do {
        try FileManager.default.createDirectory(
          at: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: account.prefix.isEmpty ? 0o700 : 0o711])
      } catch {
        throw .folderNotWritable(path: folder.path, reason: reason(error))
      }
    }
    guard access(folder.path, W_OK | X_OK) == 0 else {
      throw .folderNotWritable(path: folder.path, reason: String(cString: strerror(errno)))
    }
    guard !account.prefix.isEmpty else { return }
    let entered = try? account.command(
      "/bin/sh", ["-c", "cd \"$1\"", "sh", folder.path], in: URL(fileURLWithPath: "/")
    ).run()
    guard entered?.succeeded == true else {
      throw .folderClosed(path: firstClosed(above: folder, to: account), user: account.name)
    }
  }

  /// Makes an empty folder of mode 0700 that belongs to the server's user.
  static func makePrivate(_ folder: URL, for account: ServerAccount) throws(ClusterError) {
    guard mkdir(folder.path, 0o700) == 0 else {
      throw .folderNotWritable(path: folder.path, reason: String(cString: strerror(errno)))
    }
    if !account.prefix.isEmpty { _ = chown(folder.path, account.user, account.group) }
  }

  /// Whether the path is itself a folder (no link), the user's own, and closed to everybody else.
  static func isPrivate(_ path: String, of user: uid_t) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
      && facts.st_uid == user && facts.st_mode & 0o777 == 0o700
  }

  static func owner(of folder: URL) -> uid_t? {
    var facts = stat()
    return stat(folder.path, &facts) == 0 ? facts.st_uid : nil
  }

  private static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  private static func firstClosed(above folder: URL, to account: ServerAccount) -> String {
    var path = ""
    for part in folder.pathComponents where part != "/" {
      path += "/" + part
      let entered = try? account.command(
        "/bin/sh", ["-c", "cd \"$1\"", "sh", path], in: URL(fileURLWithPath: "/")
      ).run()
      if entered?.succeeded != true { return path }
    }
    return folder.path
  }

  private static func reason(_ error: any Error) -> String {
    let cocoa = error as NSError
    if let under = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError,
      under.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(under.code)))
    }
    return cocoa.localizedDescription
  }
}
