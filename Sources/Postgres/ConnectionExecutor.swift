import Dispatch

/// Runs an actor's work on one serial queue, so blocking C calls block only that queue's thread.
///
/// Swift's own threads are as few as the machine's cores: one that waits for a server is missing
/// everywhere else. (`DispatchSerialQueue`, which would be an executor by itself, is not there on
/// Linux.)
final class ConnectionExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
