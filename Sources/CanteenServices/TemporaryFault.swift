import Postgres

/// Tells faults apart for who has no business with the database: what passes by itself, so that the
/// same request may be made again.
public enum TemporaryFault {
  /// Whether the database was away or too busy.
  public static func isOne(_ error: any Error) -> Bool {
    switch error {
    case is ConnectionError, is PoolError, is ReferenceOutdated, is CheckInStore.KeyTaken: true
    case let error as ServerError: error.sqlState.isWorthRetrying || error.sqlState.isServerGoing
    default: false
    }
  }
}

extension SQLState {
  /// The server is shutting down, starting, or out of connections (classes 57P and 53).
  fileprivate var isServerGoing: Bool { code.hasPrefix("57P") || code.hasPrefix("53") }
}
