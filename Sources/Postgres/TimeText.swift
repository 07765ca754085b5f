/// Reads the server's ISO form of days and instants: `2024-02-29 12:30:00.25+08`, years before
/// Christ as `0044-03-15 BC`. Each step gives nil where the text is anything else (`infinity`).
struct TimeText {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private let isBeforeChrist: Bool
  private let end: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    isBeforeChrist = bytes.count > 3 && bytes[(bytes.count - 3)...].elementsEqual(" BC".utf8)
    end = isBeforeChrist ? bytes.count - 3 : bytes.count
  }

  var isAtEnd: Bool { position == end }

  mutating func readDay() -> Int? {
    guard let year = readNumber(), skip("-"), let month = readNumber(), skip("-"),
      let day = readNumber(), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return Self.days(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
  }

  mutating func readInstant() -> Int64? {
    guard let day = readDay(), skip(" "), let hour = readNumber(), skip(":"),
      let minute = readNumber(), skip(":"), let second = readNumber(),
      let fraction = readFraction(), let zone = readZone()
    else { return nil }
    let seconds = Int64(day) * 86_400 + Int64(hour * 3600 + minute * 60 + second - zone)
    return seconds * 1_000_000 + Int64(fraction)
  }

  /// Microseconds after the point, if there is one.
  private mutating func readFraction() -> Int? {
    guard skip(".") else { return 0 }
    let start = position
    guard var fraction = readNumber(), position - start <= 6 else { return nil }
    for _ in (position - start)..<6 { fraction *= 10 }
    return fraction
  }

  /// Seconds east of Greenwich; the server writes no more parts than the zone needs.
  private mutating func readZone() -> Int? {
    let sign: Int
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard var seconds = readNumber().map({ $0 * 3600 }) else { return nil }
    for unit in [60, 1] where skip(":") {
      guard let part = readNumber() else { return nil }
      seconds += part * unit
    }
    return sign * seconds
  }

  private mutating func readNumber() -> Int? {
    var value = 0
    let start = position
    while position < end, case let digit = bytes[position], (48...57).contains(digit) {
      guard position - start < 9 else { return nil }
      value = value * 10 + Int(digit - 48)
      position += 1
    }
    return position == start ? nil : value
  }

  private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
    guard position < end, bytes[position] == UInt8(ascii: letter) else { return false }
    position += 1
    return true
  }

  /// Days since 1970 in the proleptic Gregorian calendar that the server uses; years are counted
  /// from March, so that the leap day comes last.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
