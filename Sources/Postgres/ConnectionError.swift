/// What can befall a connection, as far as a caller can decide on it.
///
/// The texts are libpq's own; they may name hosts and users, so printing leaves them out and
/// `report` alone shows them.
public enum ConnectionError: Error, Sendable, Equatable {
  /// No connection came about: bad parameters, nobody listening, or the server refused.
  case cannotConnect(reason: String)
  /// The connection broke while it was in use; the statement may or may not have run.
  case lost(reason: String)
  /// The deadline passed first; the connection is closed, the server was told to stop.
  case timedOut
  /// The connection had been closed before the call.
  case closed
  /// A stream or a COPY that has not been read to its end still has the connection.
  case busy
  /// The answer to COMMIT never came: it may or may not have been committed.
  ///
  /// Ask the database by a key that the caller made, or repeat something that is safe to repeat.
  case outcomeUnknown(reason: String)
}

extension ConnectionError: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public var description: String {
    switch self {
    case .cannotConnect: "cannot connect to the database server"
    case .lost: "the connection to the database server was lost"
    case .timedOut: "the database server did not answer in time"
    case .closed: "the connection to the database server is closed"
    case .busy: "the connection is still streaming or copying"
    case .outcomeUnknown: "the answer to COMMIT was lost, so its outcome is unknown"
    }
  }

  public var debugDescription: String { description }

  /// Keeps `dump` and mirrors from showing what `description` hides.
  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

  /// With what libpq said, hosts and users included.
  public var report: String {
    switch self {
    case .cannotConnect(let reason), .lost(let reason), .outcomeUnknown(let reason):
      reason.isEmpty ? description : "\(description): \(reason)"
    case .timedOut, .closed, .busy: description
    }
  }
}

/// Why a transaction that the caller saw succeed was not committed.
public enum TransactionError: Error, Sendable {
  /// COMMIT was answered with ROLLBACK: a statement had failed, and the body swallowed its error.
  case rolledBack(cause: ServerError?)
  /// A statement of the body's own had ended the transaction, so its parts stand alone.
  case endedInside
  /// A transaction was begun inside another one.
  case alreadyInside
}

extension TransactionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rolledBack(let cause?): "the transaction was rolled back, because of \(cause)"
    case .rolledBack(nil): "the transaction was rolled back at COMMIT"
    case .endedInside: "a statement inside the transaction had already ended it"
    case .alreadyInside: "the connection is already inside a transaction"
    }
  }
}

/// Why the pool gave out no connection.
public enum PoolError: Error, Sendable, Equatable {
  /// All connections stayed in use for this long.
  case exhausted(after: Duration)
  /// `shutdown()` was called.
  case shutDown
}

extension PoolError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exhausted(let wait): "no database connection became free within \(wait)"
    case .shutDown: "the database pool was shut down"
    }
  }
}

/// A column that does not hold what the program wanted of it; shows types, never the value.
public struct RowDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The column's name, or its position where it has none.
  public let column: String
  /// The Swift type asked for.
  public let wanted: String
  /// The server's type, "null", or what is wrong with the value.
  public let found: String

  public var description: String { "column \(column): wanted \(wanted), found \(found)" }
}

/// A parameter that cannot be sent as it is; found before anything is sent.
public struct ParameterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The parameter's number, from 1.
  public let parameter: Int
  /// What is wrong with it; never the value.
  public let reason: String

  public var description: String { "parameter $\(parameter): \(reason)" }
}
