/// A moment, in microseconds since 1970-01-01T00:00Z, as the database keeps it (`timestamptz`).
public struct Instant: Sendable, Hashable, Comparable, Codable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Seconds from `other` to this moment, rounded down.
  public func seconds(since other: Instant) -> Int64 {
    let difference = microseconds - other.microseconds
    return difference >= 0 ? difference / 1_000_000 : -((-difference + 999_999) / 1_000_000)
  }

  public func adding(seconds: Int64) -> Instant {
    Instant(microseconds: microseconds + seconds * 1_000_000)
  }

  public init(from decoder: any Decoder) throws {
    microseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}

/// A time of day in seconds after midnight, in the canteen's own calendar.
public struct TimeOfDay: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// 0 to 86,399.
  public let seconds: Int

  /// Nil outside of one day.
  public init?(seconds: Int) {
    guard (0..<86_400).contains(seconds) else { return nil }
    self.seconds = seconds
  }

  /// Reads `12:04` or `12:04:31`, full-width colons too; nil for anything else.
  public init?(_ text: String) {
    let parts = text.normalisedWidth().trimmedSpaces().split(
      separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) })
    else { return nil }
    let values = parts.compactMap { Int($0) }
    guard values[0] < 24, values[1] < 60, values.count < 3 || values[2] < 60 else { return nil }
    seconds = values[0] * 3600 + values[1] * 60 + (values.count == 3 ? values[2] : 0)
  }

  /// `12:04`.
  public var hourAndMinute: String { String(description.prefix(5)) }

  /// `12:04:31`.
  public var description: String {
    [seconds / 3600, seconds / 60 % 60, seconds % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.seconds < right.seconds }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = TimeOfDay(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a time in the form 12:04:31")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Turns moments into service days and back: China has one zone and no summer time, so a fixed
/// offset is the whole calendar.
public struct CanteenCalendar: Sendable, Hashable, Codable {
  /// Seconds east of UTC; 28,800 for Asia/Shanghai.
  public let offsetSeconds: Int

  public init(offsetSeconds: Int = 8 * 3600) { self.offsetSeconds = offsetSeconds }

  /// Asia/Shanghai.
  public static let shanghai = CanteenCalendar()

  public func instant(_ day: Day, _ time: TimeOfDay) -> Instant {
    Instant(seconds: Int64(day.number) * 86_400 + Int64(time.seconds - offsetSeconds))
  }

  public func day(of instant: Instant) -> Day { Day(number: localSeconds(instant).days) }

  public func time(of instant: Instant) -> TimeOfDay {
    guard let time = TimeOfDay(seconds: localSeconds(instant).rest) else {
      preconditionFailure("seconds of a day are always below 86,400")
    }
    return time
  }

  private func localSeconds(_ instant: Instant) -> (days: Int, rest: Int) {
    let whole = Int(instant.seconds(since: Instant(microseconds: 0))) + offsetSeconds
    let days = whole >= 0 ? whole / 86_400 : -((-whole + 86_399) / 86_400)
    return (days, whole - days * 86_400)
  }
}
