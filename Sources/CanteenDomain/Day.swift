/// A calendar day, with no time and no zone: a service day, a birthday, the first day of a policy.
///
/// Kept as days since 1970-01-01 in the proleptic Gregorian calendar.
public struct Day: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let number: Int

  public init(number: Int) { self.number = number }

  /// The day with this year, month and day of the month; nil if there is no such day.
  public init?(_ year: Int, _ month: Int, _ day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Day.length(ofMonth: month, year: year)
    else { return nil }
    number = Day.number(year, month, day)
  }

  /// Reads `2026-10-31`; nil for any other form and for a day that does not exist.
  public init?(iso text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = Day.digits(bytes[0..<4]), let month = Day.digits(bytes[5..<7]),
      let day = Day.digits(bytes[8..<10])
    else { return nil }
    self.init(year, month, day)
  }

  /// Reads a date as offices write it: `2026-10-31`, `2026/1/5`, `2026.1.5`, `2026年1月5日`,
  /// `20261031`, with an optional `00:00:00` that spreadsheets add. Returns nil for anything else.
  public init?(office text: String) {
    var plain = text.normalisedWidth().trimmedSpaces()
    if let space = plain.firstIndex(of: " ") {
      guard plain[space...].dropFirst().allSatisfy({ $0 == "0" || $0 == ":" }) else { return nil }
      plain = String(plain[..<space])
    }
    if plain.count == 8, plain.allSatisfy(\.isASCIIDigit), let value = Int(plain) {
      self.init(value / 10000, value / 100 % 100, value % 100)
      return
    }
    if plain.hasSuffix("日") { plain.removeLast() }
    let parts = plain.split(omittingEmptySubsequences: false) { "-/.年月".contains($0) }
    guard parts.count == 3, parts[0].count == 4,
      parts.allSatisfy({ !$0.isEmpty && $0.count <= 4 && $0.allSatisfy(\.isASCIIDigit) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year, month, day)
  }

  private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Days from civil, after the usual shift that puts the leap day at the end of the year.
  private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Year, month (1…12) and day of the month (1…31).
  public var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day)
  }

  public var year: Int { parts.year }
  public var month: Int { parts.month }
  public var day: Int { parts.day }

  /// 1 for Monday to 7 for Sunday.
  public var weekday: Int { (((number + 3) % 7) + 7) % 7 + 1 }

  /// The Monday of this day's natural week (自然周).
  public var monday: Day { self - (weekday - 1) }

  public var firstOfMonth: Day {
    let (_, _, day) = parts
    return self - (day - 1)
  }
  public var firstOfNextMonth: Day { firstOfMonth.addingMonths(1) }
  public var lastOfMonth: Day { firstOfNextMonth - 1 }
  public var firstOfYear: Day { Day(number: Day.number(year, 1, 1)) }

  /// This day `count` months later; a day of the month that does not exist there becomes its last.
  public func addingMonths(_ count: Int) -> Day {
    let (year, month, day) = parts
    let months = year * 12 + (month - 1) + count
    let (newYear, newMonth) = (
      Int((Double(months) / 12).rounded(.down)), ((months % 12) + 12) % 12 + 1
    )
    return Day(
      number: Day.number(
        newYear, newMonth, min(day, Day.length(ofMonth: newMonth, year: newYear))))
  }

  /// The number of days in a month.
  public static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
  public static func + (day: Day, count: Int) -> Day { Day(number: day.number + count) }
  public static func - (day: Day, count: Int) -> Day { Day(number: day.number - count) }
  /// Whole days from `right` to `left`.
  public static func - (left: Day, right: Day) -> Int { left.number - right.number }

  /// `2026-10-31`.
  public var description: String {
    let (year, month, day) = parts
    let yearText = String(year)
    return String(repeating: "0", count: max(0, 4 - yearText.count)) + yearText
      + "-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let day = Day(iso: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a day in the form 2026-10-31")
    }
    self = day
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
