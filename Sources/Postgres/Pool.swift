import Dispatch
import Logging
import Metrics
import Synchronization

/// Carries out what `PoolState` decides: opens, closes, resumes, and watches the deadlines.
final class Pool: Sendable {
  private typealias Waiter = CheckedContinuation<Connection, any Error>
  private typealias State = PoolState<Connection, Waiter, ContinuousClock.Instant>

  private struct Shared {
    var pool: State
    var nextID: UInt64 = 0
    var alarm: ContinuousClock.Instant?
    var drained: [CheckedContinuation<Void, Never>] = []
    var isDrained = false
  }

  private let configuration: ConnectionConfiguration
  private let acquireTimeout: Duration
  private let maximumAge: Duration
  private let logger: Logger
  private let metrics: PoolMetrics
  private let shared: Mutex<Shared>
  private let alarms = DispatchQueue(label: "postgres.pool")

  init(
    _ configuration: ConnectionConfiguration, size: Int, acquireTimeout: Duration,
    maximumAge: Duration, logger: Logger, metrics: any MetricsFactory
  ) {
    self.metrics = PoolMetrics(metrics)
    self.configuration = configuration
    self.acquireTimeout = acquireTimeout
    self.maximumAge = maximumAge
    self.logger = logger
    shared = Mutex(Shared(pool: State(size: size)))
  }

  /// Gives a connection, at once if one is idle.
  func acquire() async throws -> Connection {
    try Task.checkCancellation()
    let loop = EventLoop.current
    let (item, old) = change { shared in
      shared.pool.takeIdle(now: .now) { loop == nil || $0.executor.loop === loop }
    }
    for connection in old { close(connection) }
    if let item { return item }
    let id = shared.withLock { shared in
      shared.nextID += 1
      return shared.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (waiter: Waiter) in
        let now = ContinuousClock.now
        let deadline = now + acquireTimeout
        let actions = change { shared in
          let actions = shared.pool.wait(id: id, waiter, deadline: deadline, now: now)
          // Cancelled before it stood in line, it would never be found there.
          guard Task.isCancelled else { return actions }
          return actions.merging(shared.pool.cancel(id: id))
        }
        perform(actions)
        armAlarm()
      }
    } onCancel: {
      perform(change { $0.pool.cancel(id: id) })
    }
  }

  /// Takes a connection back.
  func release(_ connection: Connection, isReusable: Bool) {
    let item = isReusable && !connection.health.isBroken ? connection : nil
    if item == nil { close(connection) }
    let expiry = connection.openedAt + maximumAge
    perform(change { $0.pool.release(item, expiry: expiry, now: .now) })
  }

  /// A listener with a connection of its own, made as the pool's are.
  func listener(_ channels: [String], _ site: CallSite) -> Notifications {
    Notifications(channels: channels, configuration: configuration, logger: logger, site: site)
  }

  /// Closes idle connections, waits for the others, refuses everybody else.
  func shutDown() async {
    perform(change { $0.pool.shutDown() })
    await withCheckedContinuation { continuation in
      let isDrained = shared.withLock { shared in
        if !shared.isDrained { shared.drained.append(continuation) }
        return shared.isDrained
      }
      if isDrained { continuation.resume() }
    }
  }

  /// How the pool is doing now.
  var counters: PoolCounters { shared.withLock { $0.pool.counters } }

  /// Changes the state, and reports what the change did to the counters.
  private func change<Outcome>(_ body: (inout sending Shared) -> sending Outcome) -> Outcome {
    let (outcome, old, new) = shared.withLock { shared in
      let old = shared.pool.counters
      let outcome = body(&shared)
      return (outcome, old, shared.pool.counters)
    }
    metrics.report(from: old, to: new)
    return outcome
  }

  private func perform(_ actions: State.Actions) {
    for (waiter, outcome) in actions.resume {
      waiter.resume(
        with: outcome.mapError { [acquireTimeout] failure -> any Error in
          switch failure {
          case .exhausted: PoolError.exhausted(after: acquireTimeout)
          case .shutDown: PoolError.shutDown
          case .cancelled: CancellationError()
          case .cannotOpen(let error): error
          }
        })
    }
    for connection in actions.close { close(connection) }
    for _ in 0..<actions.open { open() }
    guard actions.isDrained else { return }
    let awaiting = shared.withLock { shared in
      shared.isDrained = true
      defer { shared.drained.removeAll() }
      return shared.drained
    }
    for continuation in awaiting { continuation.resume() }
  }

  /// Opens a connection on the loop of whoever asks for it.
  private func open() {
    let loop = EventLoop.current ?? .next()
    Task {
      do {
        let connection = try await Connection.open(configuration, on: loop, logger: logger)
        let expiry = connection.openedAt + maximumAge
        perform(change { $0.pool.opened(connection, expiry: expiry, now: .now) })
      } catch {
        perform(change { $0.pool.openFailed(error, now: .now) })
      }
    }
  }

  private func close(_ connection: Connection) {
    Task { await connection.close() }
  }

  /// One alarm for all waiters, set to the first deadline among them.
  private func armAlarm() {
    let due: ContinuousClock.Instant? = shared.withLock { shared in
      guard let next = shared.pool.nextDeadline else { return nil }
      if let alarm = shared.alarm, alarm <= next { return nil }
      shared.alarm = next
      return next
    }
    guard let due else { return }
    let delay = Int(clamping: max(0, (due - .now).milliseconds))
    alarms.asyncAfter(deadline: .now() + .milliseconds(delay)) { [weak self] in
      guard let self else { return }
      let actions = change { shared in
        shared.alarm = nil
        return shared.pool.expire(now: .now)
      }
      perform(actions)
      armAlarm()
    }
  }
}

extension PoolState.Actions {
  /// Both, one after the other.
  func merging(_ other: Self) -> Self {
    var all = self
    all.resume += other.resume
    all.open += other.open
    all.close += other.close
    all.isDrained = isDrained || other.isDrained
    return all
  }
}
