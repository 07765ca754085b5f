import Dispatch
public import Logging

/// One connection to the server.
///
/// Calls run one after the other: statements that stand alone wait on an event loop, everything
/// else on a thread of the connection's own. A call whose task is cancelled or whose deadline passes ends at
/// once; its statement is stopped on the server and the connection closed, for it can no longer
/// be told which answer belongs to which question. Programs usually use a `Database` instead.
public actor Connection {
  let executor: ConnectionExecutor
  let session: Session
  nonisolated let interrupter: Interrupter
  var turns = ConnectionTurns()
  nonisolated let health = ConnectionHealth()
  nonisolated let openedAt = ContinuousClock.now

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private init(
    _ configuration: ConnectionConfiguration, loop: EventLoop, logger: Logger
  ) throws(ConnectionError) {
    executor = ConnectionExecutor(label: "postgres.connection", loop: loop)
    session = try Session(configuration, health: health, logger: logger)
    interrupter = session.interrupter
  }

  /// Connects.
  ///
  /// Throws `ConnectionError.cannotConnect`, or `.timedOut` when `connectTimeout` passes first.
  /// The caller is released even while the system still looks up the server's name, which nothing
  /// can interrupt.
  public static func open(
    _ configuration: ConnectionConfiguration, logger: Logger
  ) async throws -> Connection {
    try await open(configuration, on: .current ?? .next(), logger: logger)
  }

  /// Tries one host after the other, each with its share of the time that is left.
  static func open(
    _ configuration: ConnectionConfiguration, on loop: EventLoop, logger: Logger
  ) async throws -> Connection {
    let end = ContinuousClock.now + configuration.connectTimeout
    var attempts = configuration.attempts[...]
    var reasons: [String] = []
    while var attempt = attempts.popFirst() {
      attempt.connectTimeout = (end - .now) / (attempts.count + 1)
      do {
        return try await openOne(attempt, on: loop, logger: logger)
      } catch ConnectionError.timedOut where !attempts.isEmpty {
        reasons.append("no answer in time")
      } catch ConnectionError.cannotConnect(let reason) {
        reasons.append(reason)
      }
    }
    throw ConnectionError.cannotConnect(reason: reasons.joined(separator: "; "))
  }

  private static func openOne(
    _ configuration: ConnectionConfiguration, on loop: EventLoop, logger: Logger
  ) async throws -> Connection {
    let connection = try Connection(configuration, loop: loop, logger: logger)
    let deadline = configuration.connectTimeout + .milliseconds(250)
    return try await Race.run(deadline: deadline) {
      try await connection.connect()
      return connection
    }
  }

  private func connect() async throws { try await perform(timeout: nil) { try $0.connect() } }

  /// Runs a statement and gives its rows. `timeout` is the call's deadline.
  public func query(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> [Row] {
    try await runAlone(sql, timeout: timeout, site: CallSite(fileID: fileID, line: line)) {
      $0.rows
    }
  }

  /// Runs a statement and gives its rows as values.
  public func query<Value: Decodable & Sendable>(
    _ sql: SQL, as type: Value.Type, timeout: Duration? = nil, fileID: String = #fileID,
    line: UInt = #line
  ) async throws -> [Value] {
    try await runAlone(sql, timeout: timeout, site: CallSite(fileID: fileID, line: line)) {
      try $0.decodeAll(as: type)
    }
  }

  /// Runs a statement and gives the number of rows it touched.
  @discardableResult
  public func execute(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> Int {
    try await runAlone(sql, timeout: timeout, site: CallSite(fileID: fileID, line: line)) {
      $0.affected
    }
  }

  /// Sends all statements in one flight, outside a transaction of the caller's: all or nothing.
  public func pipeline(
    _ statements: [SQL], timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> [QueryResult] {
    try await perform(timeout: timeout) {
      try $0.runTogether(statements, site: CallSite(fileID: fileID, line: line))
        .map(QueryResult.init(storage:))
    }
  }

  /// Runs a text of many statements, without parameters.
  public func script(
    _ text: String, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws {
    try await perform(timeout: timeout) {
      try $0.runScript(text, site: CallSite(fileID: fileID, line: line))
    }
  }

  /// Runs `body` between BEGIN and COMMIT, once; any error rolls back.
  public func transaction<Value: Sendable>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, timeout: Duration? = nil,
    fileID: String = #fileID, line: UInt = #line,
    _ body: @Sendable (borrowing Transaction) throws -> Value
  ) async throws -> Value {
    let begin = "begin isolation level \(isolation.rawValue)\(readOnly ? " read only" : "")"
    return try await perform(timeout: timeout) {
      try $0.transact(begin, site: CallSite(fileID: fileID, line: line), body)
    }
  }

  /// Closes the connection; a call that still waits for its turn gets `ConnectionError.closed`.
  public func close() async {
    await takeTurn()
    session.close()
    giveTurn()
  }

  /// Whether the server is still there, as far as can be seen without asking it.
  func isAlive() -> Bool { session.isAlive() }

  /// Gives back what a borrower may have left behind; false if the connection must be closed.
  func tidyUp() async -> Bool {
    await takeTurn()
    defer { giveTurn() }
    guard session.isIdle, session.occupant == nil else {
      session.close()
      return false
    }
    await move(to: .thread)
    let site = CallSite(fileID: #fileID, line: #line)
    session.callDeadline = .now + .seconds(5)
    do {
      try session.runScript("unlisten *; select pg_advisory_unlock_all()", site: site)
      return true
    } catch {
      session.close(because: error)
      return false
    }
  }

  /// Uses the session outside any call: to put things in order after one.
  func withSession(_ body: (Session) -> Void) async {
    await takeTurn()
    await move(to: .thread)
    body(session)
    giveTurn()
  }
}
