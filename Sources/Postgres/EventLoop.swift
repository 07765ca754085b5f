import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread that waits for the answers of many connections at once.
///
/// Statements that stand alone wait here instead of on a thread of their own: waking a thread
/// costs more than a small statement. A process has one loop a core, four at most, and its
/// connections are shared out among them.
///
/// A task that asks many small questions may itself run on a loop; then nothing is handed from
/// thread to thread, which is worth a factor where a question takes microseconds:
/// ```swift
/// group.addTask(executorPreference: EventLoop.next()) {
///   try await database.query("select name from diners where id = \(id)")
/// }
/// ```
/// Such a task must not block, and must leave long computations to others: all connections of its
/// loop wait meanwhile.
public final class EventLoop: TaskExecutor {
  /// How a wait ended.
  enum Waking: Sendable {
    case readable
    case interrupted
    case late
  }

  /// What is to be done on the loop's thread.
  fileprivate enum Work: Sendable {
    case job(UnownedJob)
    case drain(ConnectionExecutor)
    case resume(CheckedContinuation<Void, Never>)
  }

  /// Somebody who waits for a socket.
  fileprivate struct Watch: Sendable {
    let socket: Int32
    let interruption: Int32
    let deadline: ContinuousClock.Instant?
    let waiter: CheckedContinuation<Waking, Never>
  }

  fileprivate struct State {
    var work: [Work] = []
    var watches: [Watch] = []
    /// Whether the thread waits for sockets, and has to be woken for anything else.
    var isAsleep = false
  }

  private let state = Mutex(State())
  private let thread = Atomic<UInt>(0)
  private let wakingEnd: Int32
  private let wokenEnd: Int32

  private init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe to wake the event loop with")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    wokenEnd = ends[0]
    wakingEnd = ends[1]
    // A queue that never ends its first block: a thread that lasts as long as the process.
    DispatchQueue(label: "postgres.loop").async { self.run() }
  }

  private static let all = (0..<max(1, min(4, cores))).map { _ in EventLoop() }
  private static let turn = Atomic<Int>(0)

  private static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// One of the process's loops, in turn.
  public static func next() -> EventLoop {
    let turn = turn.wrappingAdd(1, ordering: .relaxed).newValue
    return all[Int(turn.magnitude % UInt(all.count))]
  }

  /// The loop whose thread this is.
  static var current: EventLoop? {
    let thread = currentThread
    return all.first { $0.thread.load(ordering: .relaxed) == thread }
  }

  /// Takes a task's next part; the task prefers to run here.
  public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  /// Runs a connection's work here.
  func drain(_ executor: ConnectionExecutor) { add(.drain(executor)) }

  /// Resumes a task from this loop's thread.
  func resume(_ waiter: CheckedContinuation<Void, Never>) { add(.resume(waiter)) }

  /// Waits until the socket can be read, the other end is written to, or it is too late.
  func untilReadable(
    _ socket: Int32, or interruption: Int32, deadline: ContinuousClock.Instant?,
    isolation: isolated (any Actor)? = #isolation
  ) async -> Waking {
    await withCheckedContinuation { waiter in
      let watch = Watch(
        socket: socket, interruption: interruption, deadline: deadline, waiter: waiter)
      let mustWake = state.withLock { state in
        state.watches.append(watch)
        return state.mustWake()
      }
      if mustWake { wake() }
    }
  }

  private func add(_ work: Work) {
    let mustWake = state.withLock { state in
      state.work.append(work)
      return state.mustWake()
    }
    if mustWake { wake() }
  }

  private func wake() {
    var byte: UInt8 = 1
    _ = write(wakingEnd, &byte, 1)
  }

  // MARK: - The thread

  /// How often work that makes more work is done before the sockets are looked at again.
  private static let roundsMax = 64

  private func run() {
    thread.store(currentThread, ordering: .relaxed)
    var work: [Work] = []
    var sockets: [pollfd] = []
    while true {
      for _ in 0..<Self.roundsMax {
        state.withLock { swap(&$0.work, &work) }
        if work.isEmpty { break }
        for item in work { perform(item) }
        work.removeAll(keepingCapacity: true)
      }
      lookAtSockets(&sockets)
    }
  }

  private func perform(_ work: Work) {
    switch work {
    case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
    case .drain(let executor): executor.drain(on: .loop)
    case .resume(let waiter): waiter.resume()
    }
  }

  /// Waits for the sockets, unless there is work, and resumes those whose wait has ended.
  private func lookAtSockets(_ sockets: inout [pollfd]) {
    sockets.removeAll(keepingCapacity: true)
    let patience: Int32 = state.withLock { state in
      for watch in state.watches {
        sockets.append(pollfd(fd: watch.socket, events: Int16(POLLIN), revents: 0))
        sockets.append(pollfd(fd: watch.interruption, events: Int16(POLLIN), revents: 0))
      }
      state.isAsleep = state.work.isEmpty
      return state.isAsleep ? state.patience : 0
    }
    sockets.append(pollfd(fd: wokenEnd, events: Int16(POLLIN), revents: 0))
    let count = poll(&sockets, nfds_t(sockets.count), patience)
    if count > 0, sockets[sockets.count - 1].revents != 0 { emptyPipe() }
    let ended = state.withLock { state in
      state.isAsleep = false
      return state.takeEnded(sockets, anySpoke: count > 0)
    }
    for (waiter, waking) in ended { waiter.resume(returning: waking) }
  }

  private func emptyPipe() {
    var bytes: (UInt64, UInt64) = (0, 0)
    while read(wokenEnd, &bytes, 16) == 16 {}
  }
}

extension EventLoop.State {
  /// Whether the thread has to be woken; asks once.
  fileprivate mutating func mustWake() -> Bool {
    defer { isAsleep = false }
    return isAsleep
  }

  /// For `poll`: milliseconds until the first deadline, or -1 without one.
  fileprivate var patience: Int32 {
    guard let first = watches.lazy.compactMap(\.deadline).min() else { return -1 }
    return Int32(clamping: max(0, (first - .now).milliseconds))
  }

  /// Removes the watches that have ended. Watches are only added at the end and only removed
  /// here, so the first ones are those that were polled.
  fileprivate mutating func takeEnded(
    _ sockets: [pollfd], anySpoke: Bool
  ) -> [(CheckedContinuation<EventLoop.Waking, Never>, EventLoop.Waking)] {
    var ended: [(CheckedContinuation<EventLoop.Waking, Never>, EventLoop.Waking)] = []
    let hasDeadlines = watches.contains { $0.deadline != nil }
    guard anySpoke || hasDeadlines else { return ended }
    let now = ContinuousClock.now
    var index = -1
    watches.removeAll { watch in
      index += 1
      guard 2 * index + 1 < sockets.count - 1 else { return false }
      let waking: EventLoop.Waking? =
        if sockets[2 * index + 1].revents != 0 {
          .interrupted
        } else if sockets[2 * index].revents != 0 {
          .readable
        } else if let deadline = watch.deadline, deadline <= now {
          .late
        } else {
          nil
        }
      if let waking { ended.append((watch.waiter, waking)) }
      return waking != nil
    }
    return ended
  }
}

/// The calling thread, as a number to compare.
var currentThread: UInt {
  #if canImport(Darwin)
    UInt(bitPattern: pthread_self())
  #else
    UInt(pthread_self())
  #endif
}
