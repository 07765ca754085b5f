import CanteenDomain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns what a cell keeps into the text that its reader sees.
enum CellText {
  /// A text with its escapes `_x000D_` resolved (ECMA-376 22.4.2.4).
  static func text(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("_x") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "_x") {
      let digits = rest[start.upperBound...].prefix(4)
      let end = digits.endIndex
      guard digits.count == 4, rest[end...].first == "_", let value = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(value)
      else {
        result += rest[..<start.upperBound]
        rest = rest[start.upperBound...]
        continue
      }
      result += rest[..<start.lowerBound]
      result.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// A number as the general format shows it, to 15 digits as spreadsheets keep them.
  ///
  /// From 10¹⁵ on it stands in scientific notation whatever its format is: a number of 16 digits or
  /// more has lost its last ones, and must not look as if it had not.
  static func number(_ bytes: [UInt8], _ form: CellStyles.Form, startsIn1904: Bool) -> String {
    let isShortInteger =
      bytes.count <= 15 && !bytes.isEmpty && bytes.allSatisfy { (0x30...0x39).contains($0) }
    if isShortInteger, form == .plain { return String(decoding: bytes, as: UTF8.self) }
    let raw = String(decoding: bytes, as: UTF8.self)
    guard let value = Double(raw), value.isFinite else { return raw }
    switch form {
    case .date: return date(value, startsIn1904: startsIn1904) ?? general(value)
    case .zeroPadded(let width):
      guard value >= 0, value < 1e15, value == value.rounded() else { return general(value) }
      let digits = String(Int64(value))
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    case .plain: return general(value)
    }
  }

  private static func general(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    var buffer = [CChar](repeating: 0, count: 40)
    let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.15g", $0) }
    return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .uppercased()
  }

  /// `2026-10-31`, with the time of day where there is one; a time alone below 1. Nil for a serial
  /// that is no day.
  static func date(_ serial: Double, startsIn1904: Bool) -> String? {
    guard serial >= 0, serial < 2_958_466 else { return nil }
    var days = Int(serial)
    var seconds = Int(((serial - Double(days)) * 86_400).rounded())
    if seconds == 86_400 { (days, seconds) = (days + 1, 0) }
    let time = String(two: seconds / 3600, seconds / 60 % 60, seconds % 60)
    if days == 0, !startsIn1904 { return time }
    // 1900 counts a 29 February that never was: the days before it lie one later.
    let day =
      startsIn1904
      ? Day(number: days - 24_107) : Day(number: days - 25_569 + (days < 60 ? 1 : 0))
    return seconds == 0 ? day.description : "\(day) \(time)"
  }
}

extension String {
  fileprivate init(two hour: Int, _ minute: Int, _ second: Int) {
    self = [hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
