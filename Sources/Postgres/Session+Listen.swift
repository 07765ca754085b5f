import CLibPQ

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Session {
  /// Asks for the channels' notifications. Names are quoted, so that they mean what they say.
  func listen(to channels: [String], site: CallSite) throws {
    for channel in channels {
      _ = try run("listen \(identifier: channel)", site: site)
    }
  }

  /// Waits for the next notification.
  func nextNotification() throws -> Notification {
    let handle = try open()
    deadline = nil
    while true {
      if let notice = PQnotifies(handle) {
        defer { PQfreemem(notice) }
        return Notification(
          channel: String(cString: notice.pointee.relname),
          payload: String(cString: notice.pointee.extra), processID: notice.pointee.be_pid)
      }
      _ = try wait(for: Int16(POLLIN))
      guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else { throw lose() }
    }
  }
}
