import Foundation

/// The server's settings, in a file of their own that `postgresql.conf` includes last.
enum ServerSettings {
  private static let fileName = "canteen.conf"

  /// Written anew at every start, because the socket folder may have moved with the data.
  /// - Parameter memory: what the machine has, in bytes.
  static func text(socketFolder: String, memory: Int) -> String {
    """
    # Written at every start; put your own settings into postgresql.auto.conf (ALTER SYSTEM, or by hand
    # where the server does not start).
    listen_addresses = ''
    port = \(SocketFolder.port)
    unix_socket_directories = '\(socketFolder)'
    unix_socket_permissions = 0700
    # A meal that was answered for must survive a power cut.
    fsync = on
    full_page_writes = on
    synchronous_commit = on
    max_connections = 100
    shared_buffers = \(sharedMegabytes(of: memory))MB
    timezone = 'UTC'
    log_timezone = 'UTC'
    jit = off
    log_checkpoints = off
    # Statements may carry people's numbers; the log must not.
    log_statement = 'none'
    log_parameter_max_length = 0
    log_parameter_max_length_on_error = 0
    log_min_error_statement = panic

    """
  }

  /// How much of a machine's memory keeps pages of tables: an eighth, for the programs of the counter
  /// share the machine; at least PostgreSQL's own default, and at most 1 GB. A night with two years behind
  /// it reads 15 MB for each canteen, so that by the default those of a street push each other out.
  static func sharedMegabytes(of memory: Int) -> Int { min(max(memory >> 23, 128), 1024) }

  /// In bytes: the machine's, or less where a container may use no more.
  /// - Parameter limit: what the kernel says of the container, `max` for no limit.
  static func memory(limit: String?, physical: UInt64) -> Int {
    let limit = limit?.trimmingCharacters(in: .whitespacesAndNewlines)
    return min(limit.flatMap { Int($0) } ?? .max, Int(clamping: physical))
  }

  /// Where the kernel says it, in its newer and its older form.
  private static let limits = [
    "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  ]

  static func write(in data: URL, socketFolder: String, account: ServerAccount) throws(ClusterError)
  {
    let limit = limits.lazy.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.first
    let memory = memory(limit: limit, physical: ProcessInfo.processInfo.physicalMemory)
    try write(
      text(socketFolder: socketFolder, memory: memory), to: data.appendingPathComponent(fileName),
      account)
  }

  /// Adds the line that includes the settings; the file itself follows before the first start.
  static func include(in data: URL, account: ServerAccount) throws(ClusterError) {
    let main = data.appendingPathComponent("postgresql.conf")
    guard let bytes = FileManager.default.contents(atPath: main.path) else {
      throw .creationFailed(said: main.path)
    }
    let text = String(decoding: bytes, as: UTF8.self) + "\ninclude = '\(fileName)'\n"
    try write(text, to: main, account)
  }

  /// Writes a new file and renames it, so that a crash leaves the old one or the new one.
  private static func write(_ text: String, to file: URL, _ account: ServerAccount)
    throws(ClusterError)
  {
    let draft = file.path + ".new"
    guard
      FileManager.default.createFile(
        atPath: draft, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else {
      throw .folderNotWritable(path: draft, reason: String(cString: strerror(errno)))
    }
    if !account.prefix.isEmpty { _ = chown(draft, account.user, account.group) }
    guard rename(draft, file.path) == 0 else {
      throw .folderNotWritable(path: file.path, reason: String(cString: strerror(errno)))
    }
  }
}
