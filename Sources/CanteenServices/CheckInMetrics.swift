import CanteenDomain
import Metrics

/// What an operator sees of check-ins: how many, with what outcome, in what batches, how long.
struct CheckInMetrics: Sendable {
  private let accepted: Counter
  private let repeated: Counter
  private let refused: Counter
  private let kept: Counter
  private let size: Recorder
  private let time: Timer

  init(_ factory: any MetricsFactory) {
    func counter(_ outcome: String) -> Counter {
      Counter(label: "canteen_check_ins", dimensions: [("outcome", outcome)], factory: factory)
    }
    accepted = counter("accepted")
    repeated = counter("repeated")
    refused = counter("refused")
    kept = counter("kept")
    size = Recorder(label: "canteen_check_in_batch_size", factory: factory)
    time = Timer(label: "canteen_check_in_batch", factory: factory)
  }

  func report(_ outcomes: [CheckInService.Outcome], took duration: Duration) {
    size.record(outcomes.count)
    time.recordNanoseconds(Int64(duration / .nanoseconds(1)))
    for outcome in outcomes {
      switch outcome {
      case .success(let receipt): (receipt.isRepeated ? repeated : accepted).increment()
      case .failure(let refusal):
        if case .kept = refusal.refusal { kept.increment() } else { refused.increment() }
      }
    }
  }
}
