/// SplitMix64: small, good enough to invent people, and the same on every machine and with every
/// version of the standard library, whose own ways of drawing may change.
public struct SampleRandom: Sendable {
  private var state: UInt64

  /// - Parameter stream: what is drawn for; two streams of one seed have nothing in common, so that
  ///   a change in one file leaves the others as they were.
  public init(seed: UInt64, stream: String) {
    state = seed
    for byte in stream.utf8 {
      state ^= UInt64(byte)
      _ = next()
    }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// From 0 to `bound - 1`.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is nothing to draw from")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  public mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True in `perMille` of a thousand cases.
  public mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

  public mutating func one<T>(of values: [T]) -> T { values[below(values.count)] }

  /// One of the values, each as often as its weight says.
  public mutating func weighted<T>(_ values: [(T, weight: Int)]) -> T {
    var rest = below(values.reduce(0) { $0 + $1.weight })
    for (value, weight) in values {
      if rest < weight { return value }
      rest -= weight
    }
    preconditionFailure("the rest is below the sum of the weights")
  }

  /// The values in another order (Fisher and Yates).
  public mutating func shuffled<T>(_ values: [T]) -> [T] {
    var result = values
    for index in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(index, below(index + 1))
    }
    return result
  }
}
