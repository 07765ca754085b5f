import CoreMetrics
import Synchronization

/// Counts up.
final class CounterSeries: CounterHandler {
  private let count = Atomic<Int64>(0)
  var value: Int64 { count.load(ordering: .relaxed) }

  func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { count.store(0, ordering: .relaxed) }
}

/// Goes up and down; the last value counts.
final class GaugeSeries: MeterHandler, RecorderHandler {
  private let held = Mutex(0.0)
  var value: Double { held.withLock { $0 } }

  func set(_ value: Int64) { held.withLock { $0 = Double(value) } }
  func set(_ value: Double) { held.withLock { $0 = value } }
  func increment(by amount: Double) { held.withLock { $0 += amount } }
  func decrement(by amount: Double) { held.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }
}

/// How many values lie below each of some bounds.
final class HistogramSeries: TimerHandler, RecorderHandler {
  static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

  private struct Held {
    var counts: [Int]
    var sum = 0.0
  }

  let bounds: [Double]
  private let held: Mutex<Held>

  init(_ bounds: [Double]) {
    self.bounds = bounds
    held = Mutex(Held(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  /// One count for each bound, one for what lies above all, and the sum of the values.
  var values: (counts: [Int], sum: Double) { held.withLock { ($0.counts, $0.sum) } }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    held.withLock { held in
      held.counts[place] += 1
      held.sum += value
    }
  }
}
