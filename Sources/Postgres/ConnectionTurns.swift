/// Who may use the connection next: calls that overlap take turns, first come, first served.
///
/// An actor lets others in while one of its calls is suspended; a connection must not, for the
/// answers on the wire belong to one call at a time.
struct ConnectionTurns {
  typealias Waiter = CheckedContinuation<Void, any Error>

  private var isTaken = false
  private var line: [(number: UInt64, waiter: Waiter)] = []
  private var lastNumber: UInt64 = 0

  /// Takes the turn if it is free.
  mutating func take() -> Bool {
    defer { isTaken = true }
    return !isTaken
  }

  /// The number for a place in line.
  mutating func makeNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  mutating func wait(_ number: UInt64, _ waiter: Waiter) { line.append((number, waiter)) }

  /// Leaves the line, unless the turn has come already.
  mutating func leave(_ number: UInt64) -> Waiter? {
    guard let index = line.firstIndex(where: { $0.number == number }) else { return nil }
    return line.remove(at: index).waiter
  }

  /// Hands the turn on.
  mutating func pass() -> Waiter? {
    guard !line.isEmpty else {
      isTaken = false
      return nil
    }
    return line.removeFirst().waiter
  }
}
