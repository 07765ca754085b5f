import Dispatch
import Synchronization

/// Releases a caller at its deadline or cancellation although the work cannot be interrupted.
///
/// The work goes on alone; its result is dropped.
final class Race<Value: Sendable>: Sendable {
  private let waiter = Mutex<CheckedContinuation<Value, any Error>?>(nil)

  /// Runs `work` and gives its result, or throws `timedOut` or `CancellationError` before.
  static func run(
    deadline: Duration, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let race = Race()
    let task = Mutex<Task<Void, Never>?>(nil)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        race.waiter.withLock { $0 = continuation }
        let running = Task {
          do {
            race.finish(.success(try await work()))
          } catch {
            race.finish(.failure(error))
          }
        }
        task.withLock { $0 = running }
        let delay = Int(clamping: deadline.milliseconds)
        alarms.asyncAfter(deadline: .now() + .milliseconds(delay)) { [weak race] in
          race?.finish(.failure(ConnectionError.timedOut))
        }
        if Task.isCancelled {
          running.cancel()
          race.finish(.failure(CancellationError()))
        }
      }
    } onCancel: {
      task.withLock { $0 }?.cancel()
      race.finish(.failure(CancellationError()))
    }
  }

  private func finish(_ result: Result<Value, any Error>) {
    let waiting = waiter.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiting?.resume(with: result)
  }
}

private let alarms = DispatchQueue(label: "postgres.deadlines")
