import CanteenDomain
import Postgres
import Synchronization

/// Today's numbers as they change: told by the database when somebody is checked in, on this server or
/// another, and read again then.
public final class StreetFeed: Sendable {
  private struct State {
    var nextNumber = 0
    var readers: [Int: AsyncStream<Void>.Continuation] = [:]
    var isNoticeDue = false
    /// Counts what may have changed the numbers.
    var notices = 0
    var read: Read?
  }

  /// The numbers as they were read, or are being read, after a notice.
  private struct Read {
    var notices: Int
    var at: Instant
    var task: Task<[StreetService.CanteenDay], any Error>
  }

  /// How old numbers may be that nobody gave notice of.
  private static let trustedSeconds: Int64 = 5

  private let street: StreetService
  private let state = Mutex(State())

  public init(_ street: StreetService) { self.street = street }

  /// Listens until it is cancelled; then every reader's stream ends. A database that is away is asked
  /// again.
  public func run() async {
    defer { endReaders() }
    while !Task.isCancelled {
      do {
        for try await _ in street.changes() { tellReaders() }
      } catch {
        try? await Task.sleep(for: .seconds(2))
      }
    }
  }

  /// Something to read again: once at the start, and after each change; several changes in a row may
  /// be one.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextNumber += 1
      state.readers[state.nextNumber] = continuation
      return state.nextNumber
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.readers.removeValue(forKey: number) }
    }
    continuation.yield()
    return stream
  }

  /// Today's numbers, read once for all who ask after the same notice.
  public func today(now: Instant) async throws -> [StreetService.CanteenDay] {
    let street = street
    let task = state.withLock { state in
      if let read = state.read, read.notices == state.notices,
        (0..<Self.trustedSeconds).contains(now.seconds(since: read.at))
      {
        return read.task
      }
      let task = Task { try await street.today(now: now) }
      state.read = Read(notices: state.notices, at: now, task: task)
      return task
    }
    do { return try await task.value } catch {
      // The next one asks again.
      state.withLock { $0.notices += 1 }
      throw error
    }
  }

  /// To be called after check-ins were accepted: tells every server, at most twice a second. A
  /// notification in the check-in's own transaction would make commits wait for each other.
  public func checkedIn() {
    let isFirst = state.withLock { state in
      defer { state.isNoticeDue = true }
      state.notices += 1
      return !state.isNoticeDue
    }
    guard isFirst else { return }
    Task {
      try? await Task.sleep(for: .milliseconds(500))
      state.withLock { $0.isNoticeDue = false }
      // A hint that is lost is made good by the next one.
      try? await street.notify()
    }
  }

  private func endReaders() {
    let readers = state.withLock { state in
      defer { state.readers.removeAll() }
      return Array(state.readers.values)
    }
    for reader in readers { reader.finish() }
  }

  private func tellReaders() {
    let readers = state.withLock { state in
      state.notices += 1
      return Array(state.readers.values)
    }
    for reader in readers { reader.yield() }
  }
}
