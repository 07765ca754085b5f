public import Logging
public import Metrics
public import ServiceLifecycle
import Synchronization

/// A pool of connections: the way programs use the room.
///
/// It works as soon as it is made, with or without `run()`; connections are opened when somebody
/// needs one, at most `size` of them. Who finds all of them in use waits in line.
public final class Database: Sendable, Service {
  let pool: Pool
  private let logger: Logger

  /// Makes a pool; nothing is opened yet.
  ///
  /// `acquireTimeout` is how long a caller waits for a connection before `PoolError.exhausted`;
  /// `maximumAge` is how old a connection grows before it is replaced.
  public init(
    _ configuration: ConnectionConfiguration, size: Int = 8,
    acquireTimeout: Duration = .seconds(5), maximumAge: Duration = .seconds(1800),
    logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
  ) {
    self.logger = logger
    pool = Pool(
      configuration, size: size, acquireTimeout: acquireTimeout, maximumAge: maximumAge,
      logger: logger, metrics: metrics)
  }

  /// How the pool is doing now; the same goes to `metrics` as it changes.
  public var counters: PoolCounters { pool.counters }

  /// Runs `body` between BEGIN and COMMIT.
  ///
  /// Any error rolls back. After a serialization failure or a deadlock the whole transaction runs
  /// again, at most three times; so `body` must do nothing that cannot be done twice. `timeout`
  /// is the deadline of each run, waiting for a connection not counted.
  @discardableResult
  public func transaction<Value: Sendable>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, timeout: Duration? = nil,
    fileID: String = #fileID, line: UInt = #line,
    _ body: @Sendable (borrowing Transaction) throws -> Value
  ) async throws -> Value {
    var retries = 0
    while true {
      do {
        return try await lease(.thread) {
          try await $0.transaction(
            isolation: isolation, readOnly: readOnly, timeout: timeout, fileID: fileID, line: line,
            body)
        }
      } catch let error as ServerError where error.sqlState.isWorthRetrying && retries < 3 {
        retries += 1
        logger.debug("a transaction runs again", metadata: ["after": "\(error.sqlState)"])
        // Those who collided should not meet again at once.
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * retries))))
      }
    }
  }

  /// Runs a statement and gives its rows.
  public func query(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> [Row] {
    try await lease(.loop) { try await $0.query(sql, timeout: timeout, fileID: fileID, line: line) }
  }

  /// Runs a statement and gives its rows as values.
  public func query<Value: Decodable & Sendable>(
    _ sql: SQL, as type: Value.Type, timeout: Duration? = nil, fileID: String = #fileID,
    line: UInt = #line
  ) async throws -> [Value] {
    try await lease(.loop) {
      try await $0.query(sql, as: type, timeout: timeout, fileID: fileID, line: line)
    }
  }

  /// Runs a statement and gives the number of rows it touched.
  @discardableResult
  public func execute(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> Int {
    try await lease(.loop) {
      try await $0.execute(sql, timeout: timeout, fileID: fileID, line: line)
    }
  }

  /// Sends all statements in one flight: all or nothing.
  public func pipeline(
    _ statements: [SQL], timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> [QueryResult] {
    try await lease(.thread) {
      try await $0.pipeline(statements, timeout: timeout, fileID: fileID, line: line)
    }
  }

  /// Lends a connection for as long as `body` runs: for COPY, LISTEN, session locks.
  ///
  /// Session locks are given back afterwards. A connection that comes back inside a transaction
  /// is closed.
  @discardableResult
  public func withConnection<Value: Sendable>(
    _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await acquireAlive()
    do {
      let value = try await body(connection)
      pool.release(connection, isReusable: await connection.tidyUp())
      return value
    } catch {
      pool.release(connection, isReusable: await connection.tidyUp())
      throw error
    }
  }

  /// Serves until the service group shuts down, then drains the pool.
  public func run() async throws {
    try await gracefulShutdown()
    await shutdown()
  }

  /// Gives out no more connections, waits for those in use, and closes all.
  public func shutdown() async { await pool.shutDown() }

  /// A connection that the server has not ended meanwhile.
  private func acquireAlive() async throws -> Connection {
    while true {
      let connection = try await pool.acquire()
      if await connection.isAlive() { return connection }
      pool.release(connection, isReusable: false)
    }
  }

  /// Lends a connection for one call, which begins at the place where it will wait: that saves
  /// going there by way of the other.
  private func lease<Value: Sendable>(
    _ host: ConnectionExecutor.Host, _ call: (Connection) async throws -> Value
  ) async throws -> Value {
    while true {
      let connection = try await pool.acquire()
      connection.health.askForCheck()
      connection.executor.prefer(host)
      do {
        let value = try await call(connection)
        pool.release(connection, isReusable: true)
        return value
      } catch is StaleConnection {
        pool.release(connection, isReusable: false)
      } catch {
        pool.release(connection, isReusable: true)
        throw error
      }
    }
  }
}

/// The server had ended the connection while it lay in the pool; nothing was sent yet.
struct StaleConnection: Error {}
