import CanteenDomain
import Metrics
import Postgres
import Synchronization

/// Forms batches by itself: what arrives while batches are on their way is the next one. Nobody waits
/// for a timer, and an idle counter waits for nobody.
///
/// A batch costs the server much the same whether it is small or large, so one sets out beside another
/// only when half as many wait as are on their way; whoever waits goes at the latest when that one lands.
public final class CheckInEngine: Sendable {
  private struct Waiting {
    var submission: CheckInService.Submission
    var continuation: CheckedContinuation<CheckInService.Outcome, any Error>
  }

  private struct State {
    var waiting: [Waiting] = []
    /// Batches on their way, and how many requests are in them.
    var flights = 0
    var aloft = 0

    /// Whether those who wait may set out beside what is on its way.
    func isWorthAnother(_ flightsMax: Int) -> Bool {
      flights == 0 || (flights < flightsMax && 2 * waiting.count >= aloft)
    }
  }

  /// Up to how many go together though a second batch could share them.
  private static let batchShared = 16

  private let service: CheckInService
  private let flightsMax: Int
  private let batchMax: Int
  private let onAccepted: @Sendable () -> Void
  private let metrics: CheckInMetrics
  private let state = Mutex(State())

  /// - Parameters:
  ///   - flights: how many batches may be on their way at once: while one is being committed, the
  ///     next is decided. Persons are locked in the order of their numbers, so two never wait for
  ///     each other.
  ///   - batchMax: the most requests that one transaction takes.
  ///   - onAccepted: told after each batch in which something was accepted.
  public init(
    _ service: CheckInService, flights: Int = 3, batchMax: Int = 256,
    metrics: any MetricsFactory = MetricsSystem.factory,
    onAccepted: @escaping @Sendable () -> Void = {}
  ) {
    self.metrics = CheckInMetrics(metrics)
    self.service = service
    flightsMax = flights
    self.batchMax = batchMax
    self.onAccepted = onAccepted
  }

  /// Checks one request in, together with whoever else is there.
  /// - Parameter executor: where the caller's answer is made, if it prefers a place: who comes alone is
  ///   carried there, without being handed from thread to thread.
  public func checkIn(
    _ request: CheckInRequest, by: Attribution, on executor: (any TaskExecutor)? = nil
  ) async throws -> CheckInService.Outcome {
    try await withCheckedThrowingContinuation { continuation in
      let starts = state.withLock { state in
        state.waiting.append(
          Waiting(
            submission: CheckInService.Submission(request, by: by), continuation: continuation))
        guard state.isWorthAnother(flightsMax) else { return false }
        state.flights += 1
        return true
      }
      // A task of its own, which goes on when the caller's is cancelled; begun at once, on this thread.
      if starts { Task.immediate(executorPreference: executor) { await fly(on: executor) } }
    }
  }

  /// Takes batches until nobody waits.
  /// - Parameters:
  ///   - landed: as `nextBatch` has it.
  ///   - executor: whose place it is; where many wait, none of them carries the others.
  private func fly(after landed: Int = 0, on executor: (any TaskExecutor)? = nil) async {
    var landed = landed
    while let (batch, another) = nextBatch(after: landed) {
      if another { Task { await fly() } }
      landed = batch.count
      do {
        let start = ContinuousClock.now
        let outcomes = try await check(batch.map(\.submission))
        metrics.report(outcomes, took: ContinuousClock.now - start)
        if outcomes.contains(where: Self.isNew) { onAccepted() }
        for (one, outcome) in zip(batch, outcomes) { one.continuation.resume(returning: outcome) }
      } catch  where TemporaryFault.isOne(error) {
        // Of nobody's own: brought one by one they would all meet it again.
        for one in batch { one.continuation.resume(throwing: error) }
      } catch {
        await separately(batch, error)
      }
      // Whoever got an answer may come again at once: then they go together.
      await Task.yield()
      if executor != nil, state.withLock({ !$0.waiting.isEmpty }) {
        _ = Task { [landed] in await fly(after: landed) }
        return
      }
    }
  }

  /// - Parameter landed: how many requests of this flight were answered just now.
  /// - Returns: nil where nothing is to be taken; else the batch, and whether enough are left for another.
  private func nextBatch(after landed: Int) -> (batch: [Waiting], another: Bool)? {
    state.withLock { state in
      state.aloft -= landed
      state.flights -= 1
      guard !state.waiting.isEmpty, state.isWorthAnother(flightsMax) else { return nil }
      let share = (state.waiting.count + state.aloft + flightsMax - 1) / flightsMax
      let count = min(state.waiting.count, batchMax, max(share, Self.batchShared))
      state.flights += 1
      state.aloft += count
      let batch = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(count)
      let another = !state.waiting.isEmpty && state.isWorthAnother(flightsMax)
      if another { state.flights += 1 }
      return (batch, another)
    }
  }

  /// A connection that breaks leaves the outcome open; every request has its key, so the batch is
  /// simply brought again.
  private func check(
    _ batch: [CheckInService.Submission]
  ) async throws -> [CheckInService.Outcome] {
    for _ in 1...3 {
      do { return try await service.checkIn(batch) } catch is ConnectionError { continue }
    }
    return try await service.checkIn(batch)
  }

  /// What no rule foresaw may be the fault of one request alone: its neighbours are brought again
  /// without it.
  private func separately(_ batch: [Waiting], _ error: any Error) async {
    guard batch.count > 1 else {
      for one in batch { one.continuation.resume(throwing: error) }
      return
    }
    for one in batch {
      do {
        let outcome = try await service.checkIn([one.submission])
        if outcome.contains(where: Self.isNew) { onAccepted() }
        one.continuation.resume(returning: outcome[0])
      } catch {
        one.continuation.resume(throwing: error)
      }
    }
  }

  private static func isNew(_ outcome: CheckInService.Outcome) -> Bool {
    if case .success(let receipt) = outcome { !receipt.isRepeated } else { false }
  }
}
