import Foundation

/// A private PostgreSQL cluster in a folder of its own: made on first use, started, stopped.
///
/// It listens on a Unix socket only. Whoever can reach that socket is let in without a password
/// (`local … trust`); that is sound because the socket stands in a folder of mode 0700 which
/// belongs to the one user who runs the server. When `canteen` runs as root, PostgreSQL refuses to:
/// the server then runs as the unprivileged user `postgres` (or `nobody`), who owns the data and
/// the socket folder, and root, whom no mode stops, connects to it. Other programs of that same
/// unprivileged user could connect too; they could as well read its files, so nothing is lost.
public struct EmbeddedCluster: Sendable {
  /// The folder that holds everything: `data`, `socket` (where its path is short enough) and
  /// `lock`.
  public let folder: URL
  let searchPath: [String]
  let patienceSeconds: Double

  /// - Parameters:
  ///   - folder: made if absent; nothing else should be kept in it.
  ///   - searchPath: folders that may hold PostgreSQL's programs; `ServerBinaries.usualFolders`
  ///     looks in the usual places.
  ///   - patienceSeconds: how long to wait for another process, and for the server.
  public init(
    folder: URL, searchPath: [String] = ServerBinaries.usualFolders(), patienceSeconds: Double = 60
  ) {
    // Symbolic links are resolved, so that one cluster has one lock and one socket folder however
    // it is reached.
    self.folder = folder.absoluteURL.standardizedFileURL.resolvingSymlinksInPath()
    self.searchPath = searchPath
    self.patienceSeconds = patienceSeconds
  }

  var data: URL { folder.appendingPathComponent("data") }

  /// Makes the cluster if there is none, starts its server if it does not run, and says where to
  /// connect. Starting a running cluster changes nothing; two processes may do it at once.
  /// - Parameter report: called before each step that may take a moment.
  public func start(
    report: (ClusterProgress) -> Void = { _ in }
  ) throws(ClusterError) -> ClusterAddress {
    let account = try ServerAccount.choose(for: data)
    try FolderAccess.prepare(folder, for: account)
    let lock = try FolderLock.take(
      in: folder, patienceSeconds: patienceSeconds,
      onWait: { report(.waitingForAnotherProcess) })
    defer { lock.release() }

    if let running = ServerProcess.find(in: data) {
      report(.alreadyRunning)
      return running.address
    }
    let binaries = try ServerBinaries.find(in: searchPath, forDataIn: data)
    if !ClusterMaker.isMade(data) {
      report(.creating(version: binaries.version))
      try ClusterMaker(folder: folder, data: data, binaries: binaries, account: account).make()
    }
    let socket = try SocketFolder.prepare(for: folder, account: account)
    report(.starting)
    try ServerStart(
      folder: folder, data: data, socket: socket, binaries: binaries, account: account,
      patienceSeconds: patienceSeconds
    ).run()
    report(.ready)
    return ClusterAddress(socketFolder: socket)
  }

  /// What is there now; changes nothing and waits for nobody.
  public func status() -> ClusterStatus {
    if let running = ServerProcess.find(in: data) {
      return .running(pid: running.pid, running.address)
    }
    return ClusterMaker.isMade(data) ? .stopped : .absent
  }

  /// Ends the server: open transactions are rolled back, everything committed is on disk. Stopping
  /// a cluster that does not run, or that was never made, does nothing.
  public func stop() throws(ClusterError) {
    guard ClusterMaker.isMade(data) else { return }
    let lock = try FolderLock.take(in: folder, patienceSeconds: patienceSeconds, onWait: {})
    defer { lock.release() }
    guard let running = ServerProcess.find(in: data) else { return }
    try running.stop(patienceSeconds: patienceSeconds)
  }

  /// The folder that suits whoever runs the program.
  ///
  /// Root's home is closed to the unprivileged user who has to run the server, so root gets
  /// `/var/lib/canteen/postgres`; anybody else a folder in their own data home.
  public static func usualFolder(
    isRoot: Bool = geteuid() == 0, home: URL, dataHome: String? = nil
  ) -> URL {
    if isRoot { return URL(fileURLWithPath: "/var/lib/canteen/postgres") }
    if let dataHome, dataHome.hasPrefix("/") {
      return URL(fileURLWithPath: dataHome).appendingPathComponent("canteen/postgres")
    }
    return home.appendingPathComponent(".local/share/canteen/postgres")
  }
}
