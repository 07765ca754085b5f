import CLibPQ
import Dispatch
import Logging
import Synchronization

/// Tells the server to stop a statement whose caller has gone, then closes the connection.
///
/// `PQcancel` is the one libpq 15 has: it opens a second connection and blocks until the server
/// hangs up. Should servers stay silent, at most so many threads wait for them; beyond that the
/// connection is only closed, and the server's own limits end the statement.
enum Canceller {
  private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)
  private static let underway = Atomic<Int>(0)
  private static let underwayMax = 16

  /// A connection on its way to its end, owned by nobody else.
  private struct Condemned: Sendable {
    nonisolated(unsafe) let handle: OpaquePointer
  }

  static func cancelAndFinish(_ handle: OpaquePointer, logger: Logger) {
    let condemned = Condemned(handle: handle)
    guard underway.add(1, ordering: .relaxed).newValue <= underwayMax else {
      underway.subtract(1, ordering: .relaxed)
      logger.warning("too many statements are being cancelled; one is left to the server's limits")
      PQfinish(handle)
      return
    }
    queue.async {
      defer { underway.subtract(1, ordering: .relaxed) }
      if let cancel = PQgetCancel(condemned.handle) {
        var complaint = [CChar](repeating: 0, count: 256)
        if PQcancel(cancel, &complaint, Int32(complaint.count)) == 0 {
          logger.notice("a statement could not be cancelled: \(trimmed(complaint))")
        }
        PQfreeCancel(cancel)
      }
      PQfinish(condemned.handle)
    }
  }
}
