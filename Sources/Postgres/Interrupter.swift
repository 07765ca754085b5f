import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Wakes a connection's thread out of its wait when the task that waits for it is cancelled.
///
/// The wait is a `poll` on the connection's socket and on a pipe; cancelling writes to the pipe.
/// Calls are numbered, so that a cancellation that comes late cannot strike the next call.
final class Interrupter: Sendable {
  private struct State {
    var call: UInt64 = 0
    var isRunning = false
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let writeEnd: Int32
  /// Becomes readable when the running call is cancelled.
  let readEnd: Int32

  init() throws(ConnectionError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .cannotConnect(reason: "no pipe: \(String(cString: strerror(errno)))")
    }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Starts a call and gives its number.
  func begin() -> UInt64 {
    state.withLock { state in
      state.call += 1
      state.isRunning = true
      return state.call
    }
  }

  /// - Returns: whether the call was cancelled while it ran; whoever waits next would be woken by that.
  func end(_ call: UInt64) -> Bool {
    state.withLock { state in
      guard state.call == call else { return false }
      state.isRunning = false
      return state.isCancelled
    }
  }

  /// Cancels the call, if it still runs. Whoever ends it closes the connection, so the pipe need never
  /// be emptied.
  func cancel(_ call: UInt64) {
    state.withLock { state in
      guard state.isRunning, state.call == call, !state.isCancelled else { return }
      state.isCancelled = true
      var byte: UInt8 = 1
      _ = write(writeEnd, &byte, 1)
    }
  }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }
}
