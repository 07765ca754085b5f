import CLibPQ

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Session {
  /// Connects, and pins what results depend on.
  func connect() throws {
    deadline = .now + configuration.connectTimeout
    let handle = try start(configuration.connectParameters)
    self.handle = handle
    notices.attach(to: handle)
    do {
      try pollUntilConnected(handle)
      guard PQsetnonblocking(handle, 1) == 0 else { throw lose() }
      try pinSettings()
    } catch let error as ServerError {
      close()
      throw ConnectionError.cannotConnect(reason: error.message)
    } catch ConnectionError.lost(let reason) {
      throw ConnectionError.cannotConnect(reason: reason)
    }
  }

  private func start(_ parameters: [(String, String)]) throws(ConnectionError) -> OpaquePointer {
    var keywords = parameters.map { UnsafePointer(strdup($0.0)) } + [nil]
    var values = parameters.map { UnsafePointer(strdup($0.1)) } + [nil]
    defer { for text in keywords + values { free(UnsafeMutableRawPointer(mutating: text)) } }
    guard let handle = PQconnectStartParams(&keywords, &values, 0) else {
      throw .cannotConnect(reason: "out of memory")
    }
    guard PQstatus(handle) != CONNECTION_BAD else {
      defer { PQfinish(handle) }
      throw .cannotConnect(reason: trimmed(PQerrorMessage(handle)))
    }
    return handle
  }

  /// "On the first iteration, behave as if it last returned PGRES_POLLING_WRITING" (libpq manual).
  /// The socket is asked for anew at every turn, for it changes between hosts and attempts.
  private func pollUntilConnected(_ handle: OpaquePointer) throws {
    var events = Int16(POLLOUT)
    while true {
      _ = try wait(for: events)
      switch PQconnectPoll(handle) {
      case PGRES_POLLING_OK: return
      case PGRES_POLLING_READING: events = Int16(POLLIN)
      case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
      default:
        let error = ConnectionError.cannotConnect(reason: trimmed(PQerrorMessage(handle)))
        close(because: error)
        throw error
      }
    }
  }

  /// Days and instants are read in ISO form. The environment (`PGDATESTYLE`) beats startup options,
  /// so this is set afterwards, and only where the server does not report it already.
  private func pinSettings() throws {
    let handle = try open()
    func reported(_ name: String) -> String? {
      PQparameterStatus(handle, name).map { String(cString: $0) }
    }
    var commands: [String] = []
    if reported("DateStyle")?.hasPrefix("ISO") != true { commands.append("set datestyle to iso") }
    if reported("IntervalStyle") != "postgres" {
      commands.append("set intervalstyle to postgres")
    }
    if reported("TimeZone") != configuration.timeZone {
      let quoted = configuration.timeZone.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "''")
      commands.append("set timezone to '\(quoted)'")
    }
    guard !commands.isEmpty else { return }
    try runScript(commands.joined(separator: "; "), site: CallSite(fileID: #fileID, line: #line))
  }
}
