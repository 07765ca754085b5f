import CanteenDomain

extension CanteenCalendar {
  /// `2026-11-02T12:04:31+08:00`: RFC 3339 with the canteen's own offset.
  func text(of instant: Instant) -> String {
    let offset = abs(offsetSeconds) / 60
    let hours = offset / 60 < 10 ? "0\(offset / 60)" : "\(offset / 60)"
    let minutes = offset % 60 < 10 ? "0\(offset % 60)" : "\(offset % 60)"
    return
      "\(day(of: instant))T\(time(of: instant))\(offsetSeconds < 0 ? "-" : "+")\(hours):\(minutes)"
  }

  /// Reads RFC 3339: `2026-11-02T12:04:31+08:00`, `2026-11-02T04:04:31.250Z`. Nil for anything else.
  static func instant(rfc3339 text: String) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40, bytes[10] == UInt8(ascii: "T"),
      let day = Day(iso: String(decoding: bytes[0..<10], as: UTF8.self)),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let time = TimeOfDay(String(decoding: bytes[11..<19], as: UTF8.self))
    else { return nil }
    var rest = bytes[19...]
    var micros: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      var scale: Int64 = 100_000
      guard let first = rest.first, isDigit(first) else { return nil }
      while let digit = rest.first, isDigit(digit) {
        micros += Int64(digit - 48) * scale
        scale /= 10
        rest = rest.dropFirst()
      }
    }
    guard let offset = offset(Array(rest)) else { return nil }
    let whole = CanteenCalendar(offsetSeconds: offset).instant(day, time)
    return Instant(microseconds: whole.microseconds + micros)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static func offset(_ bytes: [UInt8]) -> Int? {
    if bytes == [UInt8(ascii: "Z")] { return 0 }
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
      [bytes[1], bytes[2], bytes[4], bytes[5]].allSatisfy(isDigit),
      bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-")
    else { return nil }
    let hours = Int(bytes[1] - 48) * 10 + Int(bytes[2] - 48)
    let minutes = Int(bytes[4] - 48) * 10 + Int(bytes[5] - 48)
    guard hours < 24, minutes < 60 else { return nil }
    return (bytes[0] == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}
