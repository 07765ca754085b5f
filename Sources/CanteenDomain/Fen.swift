/// An amount of money in whole fen (分), the only unit of money in the product: 100 fen are one yuan.
public struct Fen: Sendable, Hashable, Comparable, Codable, ExpressibleByIntegerLiteral {
  /// The number of fen; negative only in adjustments and differences.
  public var count: Int

  public init(_ count: Int) { self.count = count }
  public init(integerLiteral value: Int) { self.count = value }

  public static let zero = Fen(0)

  public init(from decoder: any Decoder) throws {
    count = try decoder.singleValueContainer().decode(Int.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }

  public static func < (left: Fen, right: Fen) -> Bool { left.count < right.count }
  public static func + (left: Fen, right: Fen) -> Fen { Fen(left.count + right.count) }
  public static func - (left: Fen, right: Fen) -> Fen { Fen(left.count - right.count) }
  public static func += (left: inout Fen, right: Fen) { left.count += right.count }
  public static func -= (left: inout Fen, right: Fen) { left.count -= right.count }
  public static prefix func - (value: Fen) -> Fen { Fen(-value.count) }
  public static func * (left: Fen, right: Int) -> Fen { Fen(left.count * right) }

  /// Reads an amount in yuan as offices write it: `12`, `12.5`, `12.50`, `¥12.50`, `12.50元`,
  /// `1,200.00`; full-width digits too. Returns nil for anything else, for more than two decimals and
  /// for a value that does not fit; a leading minus sign gives a negative amount.
  public init?(yuan text: String) {
    var digits = text.normalisedWidth().trimmedSpaces()
    if digits.hasSuffix("元") { digits.removeLast() }
    if digits.hasPrefix("¥") || digits.hasPrefix("￥") { digits.removeFirst() }
    digits = digits.trimmedSpaces()
    let negative = digits.hasPrefix("-")
    if negative { digits.removeFirst() }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Fen.wholeYuan(parts[0]) else { return nil }
    var fraction = 0
    if parts.count == 2 {
      let decimals = parts[1]
      guard (1...2).contains(decimals.count), decimals.allSatisfy(\.isASCIIDigit),
        let value = Int(decimals)
      else { return nil }
      fraction = decimals.count == 1 ? value * 10 : value
    }
    let (fen, overflow) = whole.multipliedReportingOverflow(by: 100)
    guard !overflow, fen <= Int.max - fraction else { return nil }
    count = negative ? -(fen + fraction) : fen + fraction
  }

  /// Digits of the yuan part, plain or grouped by threes with commas.
  private static func wholeYuan(_ text: Substring) -> Int? {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = groups.first, !first.isEmpty, first.allSatisfy(\.isASCIIDigit) else {
      return nil
    }
    if groups.count > 1 {
      guard first.count <= 3,
        groups.dropFirst().allSatisfy({ $0.count == 3 && $0.allSatisfy(\.isASCIIDigit) })
      else { return nil }
    }
    return Int(groups.joined())
  }

  /// The amount in yuan with two decimals: `12.50`, `-0.05`.
  public var yuan: String {
    let magnitude = count.magnitude
    let cents = magnitude % 100
    return "\(count < 0 ? "-" : "")\(magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
  }
}

extension Sequence<Fen> {
  /// The sum of the amounts.
  public func sum() -> Fen { reduce(.zero, +) }
}
