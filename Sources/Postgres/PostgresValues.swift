/// Bytes as the server keeps them (`bytea`).
///
/// A bare `[UInt8]` works as well, as parameter and as result.
public struct PostgresBytes: Hashable, Sendable, Codable, PostgresEncodable, PostgresDecodable {
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public static var postgresType: PostgresType { .bytea }

  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.bytes.append(contentsOf: bytes)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let raw = try cell.present(PostgresBytes.self)
    guard cell.type == TypeID.bytea else { throw cell.mismatch(wanted: PostgresBytes.self) }
    guard !cell.isBinary else {
      bytes = Array(raw)
      return
    }
    // The form `\x0a1b` is the default since server 9.0.
    guard raw.count >= 2, raw.count % 2 == 0, raw[0] == UInt8(ascii: "\\") else {
      throw cell.mismatch(wanted: PostgresBytes.self, because: "bytea not written in hex")
    }
    bytes = []
    bytes.reserveCapacity(raw.count / 2 - 1)
    for index in stride(from: 2, to: raw.count, by: 2) {
      guard let high = hexDigit(raw[index]), let low = hexDigit(raw[index + 1]) else {
        throw cell.mismatch(wanted: PostgresBytes.self, because: "bytea not written in hex")
      }
      bytes.append(high << 4 | low)
    }
  }
}

/// A day of the server's `date`, counted from 1 January 1970; no time zone is involved.
public struct PostgresDay: Hashable, Sendable, Codable, PostgresEncodable, PostgresDecodable {
  public var daysSince1970: Int

  public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  public static var postgresType: PostgresType { .date }

  public func encode(into parameter: inout PostgresParameter) throws {
    guard let days = Int32(exactly: daysSince1970 - epochDays) else {
      throw UnsendableValue("a day beyond what the server holds")
    }
    parameter.appendBigEndian(days)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(PostgresDay.self, TypeID.date, size: 4)
    guard cell.isBinary else {
      var reader = TimeText(bytes)
      guard let days = reader.readDay(), reader.isAtEnd else {
        throw cell.mismatch(wanted: PostgresDay.self, because: "a day that cannot be counted")
      }
      daysSince1970 = days
      return
    }
    let days = bytes.bigEndian(Int32.self)
    guard days != .max, days != .min else {
      throw cell.mismatch(wanted: PostgresDay.self, because: "a day that cannot be counted")
    }
    daysSince1970 = Int(days) + epochDays
  }
}

/// An instant of the server's `timestamptz`, in microseconds since 1 January 1970, UTC.
public struct PostgresInstant: Hashable, Sendable, Codable, PostgresEncodable, PostgresDecodable {
  public var microsecondsSince1970: Int64

  public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

  public static var postgresType: PostgresType { .timestamptz }

  public func encode(into parameter: inout PostgresParameter) throws {
    let (value, isTooSmall) = microsecondsSince1970.subtractingReportingOverflow(epochMicroseconds)
    // The server reads the smallest number as minus infinity.
    guard !isTooSmall, value != .min else {
      throw UnsendableValue("an instant beyond what the server holds")
    }
    parameter.appendBigEndian(value)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(PostgresInstant.self, TypeID.timestamptz, size: 8)
    guard cell.isBinary else {
      var reader = TimeText(bytes)
      guard let microseconds = reader.readInstant(), reader.isAtEnd else {
        throw cell.mismatch(wanted: Self.self, because: "an instant that cannot be counted")
      }
      microsecondsSince1970 = microseconds
      return
    }
    let value = bytes.bigEndian(Int64.self)
    let (sum, isTooBig) = value.addingReportingOverflow(epochMicroseconds)
    guard !isTooBig, value != .min, value != .max else {
      throw cell.mismatch(wanted: Self.self, because: "an instant that cannot be counted")
    }
    microsecondsSince1970 = sum
  }
}

/// The server's epoch, 1 January 2000, in days since 1970.
private let epochDays = 10_957
private let epochMicroseconds = Int64(epochDays) * 86_400_000_000

func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 97...102: byte - 87
  case 65...70: byte - 55
  default: nil
  }
}
