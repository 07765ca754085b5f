import Foundation

/// A server that runs on a data folder, proven to be the one.
struct ServerProcess {
  let pid: Int32
  let socketFolder: String
  private let data: URL

  var address: ClusterAddress { ClusterAddress(socketFolder: socketFolder) }

  /// The server that runs on `data` and accepts connections, or nil.
  static func find(in data: URL) -> ServerProcess? {
    guard let file = PidFile(in: data), isServer(file.pid, of: data),
      accepts(SocketFolder.socketPath(in: file.socketFolder))
    else { return nil }
    return ServerProcess(pid: file.pid, socketFolder: file.socketFolder, data: data)
  }

  /// Asks for a fast shutdown (SIGINT: roll back, write everything, end) and waits for the end.
  func stop(patienceSeconds: Double) throws(ClusterError) {
    guard kill(pid, SIGINT) == 0 else { return }
    let deadline = Deadline(seconds: patienceSeconds)
    // Not merely `kill(pid, 0)`: an ended process keeps its number until its parent has asked after
    // it, which in a container may be never.
    while ServerProcess.isServer(pid, of: data) {
      guard !deadline.hasPassed else { throw .stopTimedOut(pid: pid) }
      usleep(20_000)
    }
  }

  /// Whether the process is the server of this data folder and not one that has since been given
  /// the same number. A server's working folder is its data folder; where the system does not show
  /// that (macOS), being alive must do.
  static func isServer(_ pid: Int32, of data: URL) -> Bool {
    guard kill(pid, 0) == 0 || errno == EPERM else { return false }
    guard FileManager.default.fileExists(atPath: "/proc/self/cwd") else { return true }
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/\(pid)/cwd", &buffer, buffer.count)
    guard count > 0 else { return false }
    return String(decoding: buffer[..<count], as: UTF8.self) == data.path
  }

  private static func accepts(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}

/// `postmaster.pid`: what a server writes into its data folder while it runs, and leaves there when
/// it is killed. Lines: process, data folder, start, port, socket folder, address, memory, state.
struct PidFile {
  let pid: Int32
  let socketFolder: String
  private let path: String
  private let lines: [String]

  init?(in data: URL) {
    path = data.appendingPathComponent("postmaster.pid").path
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    guard let pid = Int32(lines[0].trimmingCharacters(in: .whitespaces)), pid > 0 else {
      return nil
    }
    self.pid = pid
    socketFolder = lines.count > 4 ? lines[4].trimmingCharacters(in: .whitespaces) : ""
  }

  /// After a crash and a restart of the machine the number may belong to some other program, and
  /// PostgreSQL would then refuse to start for ever. A number that no process can have is put in
  /// its place; the rest stays, so PostgreSQL still checks that no old backend holds the shared
  /// memory.
  func disownForeignProcess(of data: URL) {
    guard kill(pid, 0) == 0, !ServerProcess.isServer(pid, of: data) else { return }
    let text = (["\(Int32.max - 1)"] + lines.dropFirst()).joined(separator: "\n")
    guard let handle = FileHandle(forWritingAtPath: path) else { return }
    defer { try? handle.close() }
    do {
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // The server's own message will then say what is wrong with the file.
    }
  }
}
