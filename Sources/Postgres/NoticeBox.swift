import CLibPQ
import Logging

/// Where libpq delivers the server's notices instead of standard error.
final class NoticeBox {
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  /// Starts to receive the connection's notices; the box must outlive the connection.
  func attach(to handle: OpaquePointer) {
    PQsetNoticeReceiver(
      handle,
      { context, result in
        guard let context, let result else { return }
        let box = Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue()
        box.logger.notice("\(trimmed(PQresultErrorMessage(result)))")
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
