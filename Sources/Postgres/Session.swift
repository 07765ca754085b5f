import CLibPQ
import Dispatch
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One libpq connection and everything that is done with it, on the connection's own thread.
///
/// Not `Sendable`: only the actor that owns it, or a transaction that it lends it to, can reach
/// it. Every wait is a `poll` with a deadline, and ends at once when the call is cancelled. After
/// a wait that did not end well the connection is closed, for its answers can no longer be told
/// apart.
final class Session {
  var handle: OpaquePointer?
  let configuration: ConnectionConfiguration
  let interrupter: Interrupter
  let logger: Logger
  let health: ConnectionHealth
  var statements: StatementCache
  /// When the running call must be over, if the caller said so.
  var callDeadline: ContinuousClock.Instant?
  /// When the running statement must be over.
  var deadline: ContinuousClock.Instant?
  /// BEGIN, while it still waits to travel with the transaction's first statement.
  var pendingBegin: String?
  /// Who has the connection for longer than one call: a stream or a COPY, by number.
  var occupant: UInt64?
  private var occupants: UInt64 = 0
  /// How deep in savepoints the transaction is; their names are made of it.
  var savepoints = 0
  /// Whether COMMIT travelled with the body's last statements.
  var isCommitted = false
  /// The first error since BEGIN: what turns COMMIT into ROLLBACK when the body swallows it.
  var firstError: ServerError?
  /// What ended the connection.
  var failure: (any Error)?
  let notices: NoticeBox

  init(_ configuration: ConnectionConfiguration, health: ConnectionHealth, logger: Logger)
    throws(ConnectionError)
  {
    self.configuration = configuration
    self.health = health
    self.logger = logger
    interrupter = try Interrupter()
    statements = StatementCache(limit: configuration.preparedStatements)
    notices = NoticeBox(logger: logger)
  }

  deinit { if let handle { PQfinish(handle) } }

  /// The connection, or why there is none.
  func open() throws -> OpaquePointer {
    guard let handle else { throw ConnectionError.closed }
    return handle
  }

  /// Gives the connection to a stream or a COPY; until it is done, other calls are refused.
  func occupy() -> UInt64 {
    occupants += 1
    occupant = occupants
    return occupants
  }

  /// Whether the connection stands between transactions, with nothing under way.
  var isIdle: Bool { handle.map(PQtransactionStatus) == PQTRANS_IDLE }

  /// Whether the server, as far as this side can see without asking, is still there.
  ///
  /// A server that ended the connection has left its last words or an end in the socket.
  func isAlive() -> Bool {
    guard let handle, PQstatus(handle) == CONNECTION_OK else { return false }
    var watched = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
    var patience: Int32 = 0
    while poll(&watched, 1, patience) > 0 {
      guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else {
        close(because: ConnectionError.lost(reason: "ended while idle"))
        return false
      }
      // Last words come before the end, so whoever has spoken unasked is given time to hang up.
      patience = 5
    }
    return true
  }

  /// Closes the connection. A statement that may still run is told to stop, on another thread:
  /// `PQcancel` blocks, and the caller has waited long enough.
  func close(because error: (any Error)? = nil) {
    guard let handle else { return }
    self.handle = nil
    failure = failure ?? error
    health.markBroken()
    if PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) == PQTRANS_ACTIVE {
      Canceller.cancelAndFinish(handle, logger: logger)
    } else {
      PQfinish(handle)
    }
  }

  /// Closes the connection that broke and says how.
  func lose() -> ConnectionError {
    let reason = handle.map { trimmed(PQerrorMessage($0)) } ?? ""
    let error = ConnectionError.lost(reason: reason)
    close(because: error)
    return error
  }

  /// Closes the connection, whose answers nobody will wait for any more, and says why.
  func giveUp(_ error: any Error) -> any Error {
    close(because: error)
    return error
  }

  /// Sets the running statement's deadline: the caller's, or else a little more than the server's
  /// own limit, after which a healthy server would have spoken.
  func startStatement() {
    deadline = callDeadline ?? configuration.statementTimeout.map { .now + $0 + .seconds(5) }
  }

  // MARK: - Waiting

  /// Sends what libpq still holds back. "Wait for the socket to become read- or write-ready; if
  /// read-ready, call PQconsumeInput, then PQflush again" (libpq manual), else both sides could
  /// wait for each other.
  func flush() throws {
    let handle = try open()
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        let ready = try wait(for: Int16(POLLIN | POLLOUT))
        if ready & Int16(POLLIN) != 0, PQconsumeInput(handle) == 0 { throw lose() }
      default: throw lose()
      }
    }
  }

  /// The next result of what was sent; nil when there is no more.
  func nextResult() throws -> OpaquePointer? {
    let handle = try open()
    while PQisBusy(handle) == 1 {
      _ = try wait(for: Int16(POLLIN))
      try takeInput()
    }
    return PQgetResult(handle)
  }

  /// Waits for the socket, the deadline or the cancellation, whichever comes first.
  func wait(for events: Int16) throws -> Int16 {
    let handle = try open()
    var watched = (
      pollfd(fd: PQsocket(handle), events: events, revents: 0),
      pollfd(fd: interrupter.readEnd, events: Int16(POLLIN), revents: 0)
    )
    while true {
      let timeout = remainingMilliseconds
      let count = withUnsafeMutableBytes(of: &watched) { bytes in
        poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, timeout)
      }
      if count < 0, errno != EINTR {
        let error = ConnectionError.lost(reason: String(cString: strerror(errno)))
        close(because: error)
        throw error
      }
      if watched.1.revents != 0 { throw giveUp(CancellationError()) }
      if watched.0.revents != 0 { return watched.0.revents }
      if count == 0, let deadline, deadline <= .now { throw giveUp(ConnectionError.timedOut) }
    }
  }

  /// For `poll`: milliseconds, rounded up, or -1 without a deadline.
  private var remainingMilliseconds: Int32 {
    guard let deadline else { return -1 }
    return Int32(clamping: max(0, (deadline - .now).milliseconds))
  }
}

/// libpq ends its messages with a newline.
func trimmed(_ message: UnsafePointer<CChar>?) -> String {
  guard let message else { return "" }
  var text = String(cString: message)
  while text.last?.isNewline == true { text.removeLast() }
  return text
}
