import CanteenDomain
import Metrics
import Postgres
import Synchronization

/// Forms batches by itself: what arrives while batches are on their way is the next one. Nobody waits
/// for a timer, and an idle counter waits for nobody.
public final class CheckInEngine: Sendable {
  private struct Waiting {
    var submission: CheckInService.Submission
    var continuation: CheckedContinuation<CheckInService.Outcome, any Error>
  }

  private struct State {
    var waiting: [Waiting] = []
    /// Batches on their way.
    var flights = 0
  }

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
    _ service: CheckInService, flights: Int = 2, batchMax: Int = 256,
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
  public func checkIn(
    _ request: CheckInRequest, by: Attribution
  ) async throws -> CheckInService.Outcome {
    try await withCheckedThrowingContinuation { continuation in
      let starts = state.withLock { state in
        state.waiting.append(
          Waiting(
            submission: CheckInService.Submission(request, by: by), continuation: continuation))
        guard state.flights < flightsMax else { return false }
        state.flights += 1
        return true
      }
      if starts { Task { await fly() } }
    }
  }

  /// Takes batches until nobody waits.
  private func fly() async {
    while let batch = nextBatch() {
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
    }
  }

  private func nextBatch() -> [Waiting]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.flights -= 1
        return nil
      }
      let count = min(state.waiting.count, batchMax)
      defer { state.waiting.removeFirst(count) }
      return Array(state.waiting.prefix(count))
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
