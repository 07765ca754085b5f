import Metrics

/// How the pool is doing, at one moment.
public struct PoolCounters: Sendable, Hashable {
  /// Connections that somebody has.
  public let inUse: Int
  /// Connections that nobody has.
  public let idle: Int
  /// Callers in line.
  public let waiting: Int
  /// How often a connection was given out, since the pool was made.
  public let acquired: Int
  /// How often a caller's wait ended without one.
  public let timeouts: Int
}

/// The same for swift-metrics.
struct PoolMetrics: Sendable {
  private let inUse: Gauge
  private let waiting: Gauge
  private let acquired: Counter
  private let timeouts: Counter

  init(_ factory: any MetricsFactory) {
    inUse = Gauge(label: "postgres_pool_in_use", factory: factory)
    waiting = Gauge(label: "postgres_pool_waiting", factory: factory)
    acquired = Counter(label: "postgres_pool_acquired", factory: factory)
    timeouts = Counter(label: "postgres_pool_timeouts", factory: factory)
  }

  /// Reports what has changed between two moments.
  func report(from old: PoolCounters, to new: PoolCounters) {
    if new.inUse != old.inUse { inUse.record(new.inUse) }
    if new.waiting != old.waiting { waiting.record(new.waiting) }
    if new.acquired != old.acquired { acquired.increment(by: new.acquired - old.acquired) }
    if new.timeouts != old.timeouts { timeouts.increment(by: new.timeouts - old.timeouts) }
  }
}
