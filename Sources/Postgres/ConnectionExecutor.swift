import Dispatch
import Synchronization

/// Runs one connection's work, one piece after the other, where that work may wait.
///
/// Swift's own threads are as few as the machine's cores: one that waits for a server is missing
/// everywhere else. So whatever blocks (a transaction's body, COPY, connecting) runs on a thread of
/// the connection's own, and statements that stand alone wait on an event loop, together with those
/// of other connections. The connection moves between the two; its work is never in both at once.
/// (`DispatchSerialQueue`, which would be an executor by itself, is not there on Linux.)
final class ConnectionExecutor: SerialExecutor {
  /// Where the work is done.
  enum Host: Sendable {
    case loop
    case thread
  }

  private struct State {
    var jobs: [UnownedJob] = []
    /// Where the next piece is to be done.
    var host = Host.thread
    /// Where the running piece is being done; nil between pieces.
    var running: Host?
    /// The thread of the running piece.
    var thread: UInt = 0
    /// Whether somebody has been told to drain the jobs.
    var isDraining = false
  }

  let loop: EventLoop
  private let queue: DispatchQueue
  private let state = Mutex(State())

  init(label: String, loop: EventLoop) {
    self.loop = loop
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let host: Host? = state.withLock { state in
      state.jobs.append(job)
      guard !state.isDraining else { return nil }
      state.isDraining = true
      return state.host
    }
    if let host { schedule(on: host) }
  }

  /// Says where the pieces that come next are to be done. The running one stays where it is.
  func prefer(_ host: Host) { state.withLock { $0.host = host } }

  /// Where the calling piece of work is being done.
  var current: Host? { state.withLock { $0.running } }

  /// Resumes `waiter`, a piece of this connection's work, at the other place.
  func resume(_ waiter: CheckedContinuation<Void, Never>, on host: Host) {
    prefer(host)
    switch host {
    case .loop: loop.resume(waiter)
    case .thread: queue.async { waiter.resume() }
    }
  }

  /// Does what there is to do; called at its place by whoever was scheduled.
  func drain(on host: Host) {
    let executor = asUnownedSerialExecutor()
    while true {
      let (job, moved): (UnownedJob?, Host?) = state.withLock { state in
        state.running = nil
        guard !state.jobs.isEmpty else {
          state.isDraining = false
          return (nil, nil)
        }
        guard state.host == host else { return (nil, state.host) }
        state.running = host
        state.thread = currentThread
        return (state.jobs.removeFirst(), nil)
      }
      if let moved { return schedule(on: moved) }
      guard let job else { return }
      job.runSynchronously(on: executor)
    }
  }

  private func schedule(on host: Host) {
    switch host {
    case .loop: loop.drain(self)
    case .thread: queue.async { self.drain(on: .thread) }
    }
  }

  func checkIsolated() {
    let isHere = state.withLock { $0.running != nil && $0.thread == currentThread }
    precondition(isHere, "not called from the connection's own work")
  }
}
