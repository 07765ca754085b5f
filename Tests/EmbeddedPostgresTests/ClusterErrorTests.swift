import Foundation
import Testing

@testable import EmbeddedPostgres

@Suite("What stands in the embedded cluster's way is said plainly")
struct ClusterErrorTests {
  @Test("Without PostgreSQL on the search path the error names what was searched")
  func noServer() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder, searchPath: ["/nowhere/bin", "/etc"])

      let error = #expect(throws: ClusterError.self) { try cluster.start() }

      #expect(error == .noServerFound(searched: ["/nowhere/bin", "/etc"]))
      #expect(error?.zh.contains("apt-get install postgresql") == true)
      #expect(cluster.status() == .absent)
    }
  }

  @Test("A file where the folder should be is refused with its path")
  func notAFolder() throws {
    try withClusterFolder { root in
      let file = root.appendingPathComponent("notes.txt")
      try Data("x".utf8).write(to: file)

      let error = #expect(throws: ClusterError.self) {
        try EmbeddedCluster(folder: file.appendingPathComponent("cluster")).start()
      }

      guard case .folderNotWritable(let path, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(path == file.appendingPathComponent("cluster").path)
    }
  }

  @Test("A file system that refuses every new folder is refused")
  func notWritable() throws {
    let error = #expect(throws: ClusterError.self) {
      try EmbeddedCluster(folder: URL(fileURLWithPath: "/proc/canteen/cluster")).start()
    }

    guard case .folderNotWritable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "As root, a folder that the server's user cannot enter is named", .enabled(if: geteuid() == 0))
  func closedFolder() throws {
    try withClusterFolder { root in
      let closed = root.appendingPathComponent("closed")
      try FileManager.default.createDirectory(
        at: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])

      let error = #expect(throws: ClusterError.self) {
        try EmbeddedCluster(folder: closed.appendingPathComponent("cluster")).start()
      }

      guard case .folderClosed(let path, let user) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(path == closed.path)
      #expect(user != "root")
    }
  }

  @Test("Data of a version that is not installed is refused, naming both versions")
  func otherVersion() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      try FileManager.default.createDirectory(at: cluster.data, withIntermediateDirectories: false)
      try Data("99\n".utf8).write(to: cluster.data.appendingPathComponent("PG_VERSION"))

      let error = #expect(throws: ClusterError.self) { try cluster.start() }

      guard case .versionMismatch(99, let installed) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(!installed.isEmpty)
    }
  }

  @Test("A lock that is held too long is given up, after saying that it waits")
  func heldLock() throws {
    try withClusterFolder { folder in
      let lock = try FolderLock.take(in: folder, patienceSeconds: 0, onWait: {})
      defer { lock.release() }
      var told: [ClusterProgress] = []

      let error = #expect(throws: ClusterError.self) {
        try EmbeddedCluster(folder: folder, patienceSeconds: 0.1).start { told.append($0) }
      }

      #expect(error == .locked(path: folder.path))
      #expect(told == [.waitingForAnotherProcess])
    }
  }

  @Test("A foreign folder in the socket's place under /tmp is not used")
  func takenSocketFolder() throws {
    try withClusterFolder { root in
      let folder = root.appendingPathComponent(String(repeating: "x", count: 120))
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      let cluster = EmbeddedCluster(folder: folder)
      let account = try ServerAccount.choose(for: cluster.data)
      let path = SocketFolder.choose(for: cluster.folder, user: account.user)
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
      defer { try? FileManager.default.removeItem(atPath: path) }

      let error = #expect(throws: ClusterError.self) {
        _ = try SocketFolder.prepare(for: cluster.folder, account: account)
      }

      #expect(error == .socketFolderTaken(path: path))
    }
  }

  @Test("A connection string encodes what would break it")
  func connectionString() {
    let address = ClusterAddress(socketFolder: "/tmp/a b/50%")

    #expect(
      address.url(database: "a/b")
        == "postgresql://canteen@/a%2Fb?host=%2Ftmp%2Fa%20b%2F50%25&port=5432")
  }

  @Test("Root gets a folder that the server's user can enter, others their own data home")
  func usualFolders() {
    let home = URL(fileURLWithPath: "/home/li")

    #expect(
      EmbeddedCluster.usualFolder(isRoot: true, home: home).path == "/var/lib/canteen/postgres")
    #expect(
      EmbeddedCluster.usualFolder(isRoot: false, home: home).path
        == "/home/li/.local/share/canteen/postgres")
    #expect(
      EmbeddedCluster.usualFolder(isRoot: false, home: home, dataHome: "/data/li").path
        == "/data/li/canteen/postgres")
  }
}
