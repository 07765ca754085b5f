import Testing

@testable import Postgres

/// The pool's decisions as values: no server, no socket, no clock but a number.
@Suite struct PoolStateTests {
  private typealias State = PoolState<String, Int, Int>

  private struct Down: Error {}

  @Test func `a connection is opened for somebody who waits, and only up to the size`() {
    var pool = State(size: 2)

    let opens = (1...3).map { pool.wait(id: UInt64($0), $0, deadline: 10, now: 0).open }

    #expect(opens == [1, 1, 0])
    #expect(pool.counters.waiting == 3)
  }

  @Test func `waiters are served first come, first served`() {
    var pool = State(size: 1)
    for number in 1...3 { _ = pool.wait(id: UInt64(number), number, deadline: 10, now: 0) }

    var served = given(pool.opened("a", expiry: 100, now: 1))
    for _ in 1...3 { served += given(pool.release("a", expiry: 100, now: 2)) }

    #expect(served == [Given(1, "a"), Given(2, "a"), Given(3, "a")])
    #expect(pool.counters.inUse == 0)
    #expect(pool.counters.idle == 1)
    #expect(pool.counters.acquired == 3)
  }

  @Test func `a connection that took longer to open than it may live serves once`() {
    var pool = State(size: 1)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)

    let actions = pool.opened("late", expiry: 1, now: 5)

    #expect(actions.open == 0)
    #expect(given(actions) == [Given(1, "late")])
    #expect(pool.release("late", expiry: 1, now: 6).close == ["late"])
  }

  @Test func `an idle connection is given at once, the youngest first`() {
    var pool = State(size: 2)
    fill(&pool, ["old", "young"])

    let first = pool.takeIdle(now: 5)
    let second = pool.takeIdle(now: 5)
    let third = pool.takeIdle(now: 5)

    #expect([first.item, second.item, third.item] == ["young", "old", nil])
    #expect(pool.counters.inUse == 2)
  }

  @Test func `nobody is served before those who wait`() {
    var pool = State(size: 1)
    fill(&pool, ["a"])
    _ = pool.takeIdle(now: 0)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)

    let jumper = pool.takeIdle(now: 0)

    #expect(jumper.item == nil)
    #expect(given(pool.release("a", expiry: 100, now: 1)) == [Given(1, "a")])
  }

  @Test func `a cancelled waiter gets a cancellation, and its connection goes to the next`() {
    var pool = State(size: 1)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)
    _ = pool.wait(id: 2, 2, deadline: 10, now: 0)

    let cancelled = pool.cancel(id: 1)
    let again = pool.cancel(id: 1)

    #expect(refused(cancelled) == ["1 cancelled"])
    #expect(again.resume.isEmpty)
    #expect(given(pool.opened("a", expiry: 100, now: 1)) == [Given(2, "a")])
  }

  @Test func `a waiter whose time is up is let go and counted; the others stay`() {
    var pool = State(size: 1)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)
    _ = pool.wait(id: 2, 2, deadline: 20, now: 0)
    #expect(pool.nextDeadline == 10)

    let expired = pool.expire(now: 10)

    #expect(refused(expired) == ["1 exhausted"])
    #expect(pool.counters.timeouts == 1)
    #expect(pool.counters.waiting == 1)
    #expect(pool.nextDeadline == 20)
  }

  @Test func `a connection that cannot be opened is told to the first, and tried for the next`() {
    var pool = State(size: 1)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)
    _ = pool.wait(id: 2, 2, deadline: 10, now: 0)

    let failed = pool.openFailed(Down(), now: 1)
    let failedAgain = pool.openFailed(Down(), now: 2)

    #expect(refused(failed) == ["1 cannotOpen"])
    #expect(failed.open == 1)
    #expect(refused(failedAgain) == ["2 cannotOpen"])
    #expect(failedAgain.open == 0)
    #expect(pool.opening == 0)
  }

  @Test func `a connection that comes back broken makes room for a new one`() {
    var pool = State(size: 1)
    fill(&pool, ["a"])
    _ = pool.takeIdle(now: 0)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)

    let actions = pool.release(nil, expiry: 100, now: 1)

    #expect(actions.open == 1)
    #expect(actions.resume.isEmpty)
    #expect(given(pool.opened("b", expiry: 100, now: 2)) == [Given(1, "b")])
  }

  @Test func `a connection past its age is closed, idle or coming back`() {
    var pool = State(size: 1)
    fill(&pool, ["a"], expiry: 50)

    let aged = pool.takeIdle(now: 50)
    #expect(aged.item == nil)
    #expect(aged.close == ["a"])

    let actions = pool.wait(id: 1, 1, deadline: 90, now: 50)
    #expect(actions.open == 1)
    _ = pool.opened("b", expiry: 80, now: 51)
    #expect(pool.release("b", expiry: 80, now: 80).close == ["b"])
    #expect(pool.counters.idle == 0)
  }

  @Test func `a connection that comes back while others open for waiters is used at once`() {
    var pool = State(size: 2)
    fill(&pool, ["a"])
    _ = pool.takeIdle(now: 0)
    #expect(pool.wait(id: 1, 1, deadline: 10, now: 0).open == 1)

    #expect(given(pool.release("a", expiry: 100, now: 1)) == [Given(1, "a")])

    let late = pool.opened("b", expiry: 100, now: 2)
    #expect(late.resume.isEmpty)
    #expect(pool.counters.idle == 1)
  }

  @Test func `shut down, it refuses, closes what is idle, and waits for what is not`() {
    var pool = State(size: 3)
    fill(&pool, ["a", "b"])
    _ = pool.takeIdle(now: 0)

    let shutdown = pool.shutDown()
    #expect(shutdown.close == ["a"])
    #expect(!shutdown.isDrained)
    #expect(refused(pool.wait(id: 1, 1, deadline: 10, now: 0)) == ["1 shutDown"])
    #expect(pool.takeIdle(now: 0).item == nil)

    let last = pool.release("b", expiry: 100, now: 1)
    #expect(last.close == ["b"])
    #expect(last.isDrained)
  }

  @Test func `shut down while a connection opens, its waiter is refused and it is closed`() {
    var pool = State(size: 1)
    _ = pool.wait(id: 1, 1, deadline: 10, now: 0)

    let shutdown = pool.shutDown()
    let late = pool.opened("a", expiry: 100, now: 1)

    #expect(refused(shutdown) == ["1 shutDown"])
    #expect(!shutdown.isDrained)
    #expect(late.close == ["a"])
    #expect(late.isDrained)
  }

  @Test func `whatever happens, no more than its size is open and each waiter is answered once`() {
    var random = Xorshift(state: 42)
    for _ in 0..<200 {
      var world = World(size: 1 + Int(random.next() % 4))
      for _ in 0..<200 { world.step(Int(random.next() % 7), pick: Int(random.next() % 1000)) }
      world.finish()
      #expect(world.faults == [])
    }
  }

  // MARK: - Words for the outcomes

  private struct Given: Equatable {
    let waiter: Int
    let item: String
    init(_ waiter: Int, _ item: String) { (self.waiter, self.item) = (waiter, item) }
  }

  private func given(_ actions: State.Actions) -> [Given] {
    actions.resume.compactMap { waiter, outcome in
      if case .success(let item) = outcome { Given(waiter, item) } else { nil }
    }
  }

  private func refused(_ actions: State.Actions) -> [String] {
    actions.resume.compactMap { waiter, outcome in
      guard case .failure(let failure) = outcome else { return nil }
      return if case .cannotOpen = failure { "\(waiter) cannotOpen" } else {
        "\(waiter) \(failure)"
      }
    }
  }

  /// Makes the connections idle, the last one the youngest.
  private func fill(_ pool: inout State, _ items: [String], expiry: Int = 100) {
    for (index, item) in items.enumerated() {
      _ = pool.wait(id: UInt64(1000 + index), 1000 + index, deadline: 10, now: 0)
      _ = pool.opened(item, expiry: expiry, now: 0)
    }
    for item in items { _ = pool.release(item, expiry: expiry, now: 0) }
  }
}

/// A pool in a world of chance that remembers what it was told, and complains.
private struct World {
  private var pool: PoolState<Int, UInt64, Int>
  private var lastID: UInt64 = 0
  private var lastItem = 0
  private var now = 0
  private var awaited: Set<UInt64> = []
  private var opening = 0
  private var borrowed: [Int] = []
  private var alive: Set<Int> = []
  private(set) var faults: [String] = []

  init(size: Int) { pool = PoolState(size: size) }

  mutating func step(_ event: Int, pick: Int) {
    now += 1
    switch event {
    case 0, 1:
      let (item, close) = pool.takeIdle(now: now)
      end(close)
      if let item { return lend(item) }
      lastID += 1
      awaited.insert(lastID)
      perform(pool.wait(id: lastID, lastID, deadline: now + pick % 20, now: now))
    case 2 where opening > 0:
      lastItem += 1
      alive.insert(lastItem)
      opening -= 1
      perform(pool.opened(lastItem, expiry: now + pick % 40, now: now))
    case 3 where opening > 0:
      opening -= 1
      perform(pool.openFailed(CancellationError(), now: now))
    case 4 where !borrowed.isEmpty:
      let item = borrowed.remove(at: pick % borrowed.count)
      if pick % 5 == 0 { alive.remove(item) }
      perform(pool.release(pick % 5 == 0 ? nil : item, expiry: now + pick % 40, now: now))
    case 5: perform(pool.cancel(id: UInt64(pick) % (lastID + 1)))
    default: perform(pool.expire(now: now))
    }
    check()
  }

  mutating func finish() {
    perform(pool.shutDown())
    while opening > 0 { step(2, pick: 1) }
    while !borrowed.isEmpty { step(4, pick: 1) }
    if !awaited.isEmpty { faults.append("\(awaited.count) were never answered") }
    if !alive.isEmpty { faults.append("\(alive.count) were never closed") }
  }

  private mutating func perform(_ actions: PoolState<Int, UInt64, Int>.Actions) {
    opening += actions.open
    end(actions.close)
    for (waiter, outcome) in actions.resume {
      if awaited.remove(waiter) == nil { faults.append("\(waiter) was answered twice") }
      if case .success(let item) = outcome { lend(item) }
    }
  }

  private mutating func lend(_ item: Int) {
    if borrowed.contains(item) { faults.append("\(item) was lent twice") }
    if !alive.contains(item) { faults.append("\(item) was lent after its end") }
    borrowed.append(item)
  }

  private mutating func end(_ items: [Int]) {
    for item in items where alive.remove(item) == nil { faults.append("\(item) was closed twice") }
  }

  private mutating func check() {
    if alive.count + opening > pool.size { faults.append("more than its size is open") }
    if pool.counters.waiting != awaited.count { faults.append("waiters are miscounted") }
    if pool.counters.inUse != borrowed.count { faults.append("borrowers are miscounted") }
    if pool.counters.waiting > 0, pool.counters.idle > 0 { faults.append("somebody waits in vain") }
    if pool.counters.waiting > 0, opening == 0, borrowed.isEmpty {
      faults.append("somebody waits for nothing")
    }
  }
}

/// The same numbers in every run.
private struct Xorshift: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
