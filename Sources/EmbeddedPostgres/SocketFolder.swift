import Foundation

/// Where the server's socket stands: inside the cluster's folder if the path fits, else under /tmp.
enum SocketFolder {
  static let port = 5432
  /// A socket's address holds 108 bytes with its closing zero (unix(7)); 104 on macOS.
  static let longestPath = 103

  static func prepare(for folder: URL, account: ServerAccount) throws(ClusterError) -> String {
    let path = choose(for: folder, user: account.user)
    if FolderAccess.isPrivate(path, of: account.user) { return path }
    do {
      try FolderAccess.makePrivate(URL(fileURLWithPath: path), for: account)
    } catch {
      // Somebody may have put a folder or a link of theirs there first, which /tmp allows.
      var facts = stat()
      if lstat(path, &facts) == 0 { throw .socketFolderTaken(path: path) }
      throw error
    }
    return path
  }

  static func choose(for folder: URL, user: uid_t) -> String {
    let inside = folder.appendingPathComponent("socket").path
    return fits(inside) ? inside : "/tmp/canteen-\(user)-\(hash(of: folder.path))"
  }

  static func socketPath(in folder: String) -> String { "\(folder)/.s.PGSQL.\(port)" }

  /// Short enough, and without the commas, quotes and blanks that the server's setting and
  /// connection strings would need quoted.
  private static func fits(_ path: String) -> Bool {
    socketPath(in: path).utf8.count <= longestPath
      && path.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// FNV-1a, 64 bits: only to give each data folder its own short name.
  private static func hash(of text: String) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
