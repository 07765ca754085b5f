/// What the pool has decided, as values: who may have which connection, who waits, what is to be
/// opened and closed. It knows neither sockets nor clocks, so all of it is tested without either.
///
/// Every event gives back what is to be done. Waiters are served first come, first served. A
/// connection is only opened for somebody who waits, so a server that is down is asked again with
/// every request and never in a loop.
struct PoolState<Item: Sendable, Waiter: Sendable, Instant: Comparable & Sendable>: Sendable {
  /// What the caller of an event is to do next.
  struct Actions: Sendable {
    /// Waiters to resume, each with what became of it.
    var resume: [(Waiter, Result<Item, PoolFailure>)] = []
    /// How many connections to open; each open ends in `opened` or `openFailed`.
    var open = 0
    /// Connections to close.
    var close: [Item] = []
    /// Whether the last connection of a pool that shuts down is gone.
    var isDrained = false
  }

  /// Why a waiter gets nothing.
  enum PoolFailure: Error {
    case exhausted
    case shutDown
    case cancelled
    case cannotOpen(any Error)
  }

  private struct Place {
    let id: UInt64
    let waiter: Waiter
    let deadline: Instant
  }

  private struct Idle {
    let item: Item
    /// When it is too old to be given out.
    let expiry: Instant
  }

  let size: Int
  private var idle: [Idle] = []
  private var waiting: [Place] = []
  private(set) var inUse = 0
  private(set) var opening = 0
  private(set) var isShutDown = false
  private(set) var acquired = 0
  private(set) var timeouts = 0

  init(size: Int) {
    precondition(size > 0, "a pool needs room for one connection at least")
    self.size = size
  }

  var counters: PoolCounters {
    PoolCounters(
      inUse: inUse, idle: idle.count, waiting: waiting.count, acquired: acquired,
      timeouts: timeouts)
  }

  /// When the next waiter's time is up.
  var nextDeadline: Instant? { waiting.map(\.deadline).min() }

  /// Gives an idle connection at once, if that jumps no queue: one that suits the caller if there
  /// is one, and the youngest of those, so that those that are not needed grow old. Connections
  /// past their age are handed out to be closed.
  mutating func takeIdle(
    now: Instant, suits: (Item) -> Bool = { _ in true }
  ) -> (item: Item?, close: [Item]) {
    guard !isShutDown, waiting.isEmpty else { return (nil, []) }
    var old: [Item] = []
    while let index = idle.lastIndex(where: { suits($0.item) }) ?? idle.indices.last {
      let found = idle.remove(at: index)
      if found.expiry > now {
        inUse += 1
        acquired += 1
        return (found.item, old)
      }
      old.append(found.item)
    }
    return (nil, old)
  }

  /// Somebody wants a connection and will wait until `deadline`.
  mutating func wait(
    id: UInt64, _ waiter: Waiter, deadline: Instant, now: Instant
  ) -> Actions {
    var actions = Actions()
    if isShutDown {
      actions.resume.append((waiter, .failure(.shutDown)))
      return actions
    }
    waiting.append(Place(id: id, waiter: waiter, deadline: deadline))
    serve(now: now, &actions)
    return actions
  }

  /// The waiter's task was cancelled; nothing happens if it has been served already.
  mutating func cancel(id: UInt64) -> Actions {
    var actions = Actions()
    if let index = waiting.firstIndex(where: { $0.id == id }) {
      actions.resume.append((waiting.remove(at: index).waiter, .failure(.cancelled)))
    }
    return actions
  }

  /// Lets go of those whose time is up.
  mutating func expire(now: Instant) -> Actions {
    var actions = Actions()
    waiting.removeAll { place in
      guard place.deadline <= now else { return false }
      timeouts += 1
      actions.resume.append((place.waiter, .failure(.exhausted)))
      return true
    }
    return actions
  }

  /// A connection that was being opened is there. Whoever waits gets it whatever its age, for one
  /// that took longer to open than it may live would otherwise be opened again for ever.
  mutating func opened(_ item: Item, expiry: Instant, now: Instant) -> Actions {
    opening -= 1
    var actions = Actions()
    if isShutDown {
      actions.close.append(item)
    } else if waiting.isEmpty {
      idle.append(Idle(item: item, expiry: expiry))
    } else {
      give(item, &actions)
    }
    serve(now: now, &actions)
    return actions
  }

  /// A connection could not be opened: whoever has waited longest is told so.
  mutating func openFailed(_ error: any Error, now: Instant) -> Actions {
    opening -= 1
    var actions = Actions()
    if !waiting.isEmpty {
      actions.resume.append((waiting.removeFirst().waiter, .failure(.cannotOpen(error))))
    }
    serve(now: now, &actions)
    return actions
  }

  /// A connection comes back; one that cannot be used again comes back as nil.
  mutating func release(_ item: Item?, expiry: Instant, now: Instant) -> Actions {
    inUse -= 1
    var actions = Actions()
    if let item {
      if isShutDown || expiry <= now {
        actions.close.append(item)
      } else {
        idle.append(Idle(item: item, expiry: expiry))
      }
    }
    serve(now: now, &actions)
    return actions
  }

  /// No more connections are given out; those in use are awaited.
  mutating func shutDown() -> Actions {
    var actions = Actions()
    isShutDown = true
    actions.resume = waiting.map { ($0.waiter, .failure(.shutDown)) }
    waiting.removeAll()
    actions.close = idle.map(\.item)
    idle.removeAll()
    actions.isDrained = isDrained
    return actions
  }

  private var isDrained: Bool { isShutDown && inUse == 0 && opening == 0 }

  /// Gives a connection to whoever has waited longest.
  private mutating func give(_ item: Item, _ actions: inout Actions) {
    inUse += 1
    acquired += 1
    actions.resume.append((waiting.removeFirst().waiter, .success(item)))
  }

  /// Matches waiters with idle connections, then opens as many as are wanted and allowed.
  private mutating func serve(now: Instant, _ actions: inout Actions) {
    while !waiting.isEmpty, let last = idle.popLast() {
      guard last.expiry > now else {
        actions.close.append(last.item)
        continue
      }
      give(last.item, &actions)
    }
    let room = size - inUse - opening - idle.count
    actions.open = max(0, min(room, waiting.count - opening))
    opening += actions.open
    actions.isDrained = isDrained
  }
}
