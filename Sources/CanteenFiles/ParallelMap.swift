import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// `map` on every core, with the results in order.
  func mapInParallel<Result: Sendable>(
    _ transform: @Sendable (Element) -> Result
  ) -> [Result] {
    let atOnce = 1024
    guard count > atOnce else { return map(transform) }
    let parts = Mutex([[Result]](repeating: [], count: (count + atOnce - 1) / atOnce))
    DispatchQueue.concurrentPerform(iterations: (count + atOnce - 1) / atOnce) { place in
      let start = place * atOnce
      let part = self[start..<Swift.min(start + atOnce, count)].map(transform)
      parts.withLock { $0[place] = part }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }
}
