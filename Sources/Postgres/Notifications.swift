import Logging

/// What somebody told a channel with `NOTIFY`.
public struct Notification: Sendable, Hashable {
  public let channel: String
  public let payload: String
  /// The server process that told it.
  public let processID: Int32
}

/// What a listener is told.
public enum ListenEvent: Sendable, Hashable {
  /// Listening has begun: what is told from now on will come.
  case listening
  /// Somebody told a channel something.
  case notified(Notification)
  /// The connection was lost and listening has begun anew. What was told meanwhile is lost, so
  /// read again whatever the notifications are about.
  case resumed
}

/// The notifications of some channels, on a connection of their own.
///
/// A lost connection is made anew, for as long as it takes, and `resumed` says so. It ends by
/// throwing: when the first connection cannot be made, or the task is cancelled.
public struct Notifications: AsyncSequence, Sendable {
  public typealias Element = ListenEvent

  let channels: [String]
  let configuration: ConnectionConfiguration
  let logger: Logger
  let site: CallSite

  public func makeAsyncIterator() -> Iterator { Iterator(notifications: self) }

  /// Holds the connection.
  public struct Iterator: AsyncIteratorProtocol {
    private let notifications: Notifications
    private var connection: Connection?
    private var hasListened = false

    fileprivate init(notifications: Notifications) { self.notifications = notifications }

    public mutating func next() async throws -> ListenEvent? {
      if let connection {
        do {
          return .notified(try await connection.nextNotification())
        } catch is ConnectionError {
          self.connection = nil
        }
      }
      guard hasListened else {
        connection = try await connect()
        hasListened = true
        return .listening
      }
      connection = try await reconnect()
      return .resumed
    }

    private func connect() async throws -> Connection {
      let connection = try await Connection.open(
        notifications.configuration, logger: notifications.logger)
      try await connection.listen(to: notifications.channels, site: notifications.site)
      return connection
    }

    /// Tries until it succeeds, at first quickly, later every five seconds.
    private func reconnect() async throws -> Connection {
      var pause = Duration.milliseconds(50)
      while true {
        do {
          return try await connect()
        } catch is ConnectionError {
          notifications.logger.notice("listening again has failed; the next try follows")
        }
        try await Task.sleep(for: pause)
        pause = Swift.min(pause * 2, .seconds(5))
      }
    }
  }
}

extension Connection {
  fileprivate func listen(to channels: [String], site: CallSite) async throws {
    try await perform(timeout: .seconds(10)) { try $0.listen(to: channels, site: site) }
  }

  fileprivate func nextNotification() async throws -> Notification {
    try await perform(timeout: nil) { try $0.nextNotification() }
  }
}

extension Database {
  /// Listens to channels, on a connection beside the pool's, for as long as the sequence is read.
  public func listen(
    to channels: [String], fileID: String = #fileID, line: UInt = #line
  ) -> Notifications {
    pool.listener(channels, CallSite(fileID: fileID, line: line))
  }
}
