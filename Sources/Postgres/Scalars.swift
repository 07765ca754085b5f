// Numbers, truth values and text, both ways. Binary is the form of every declared type; results
// may come in either form, and what can be read does not depend on which.

extension PostgresEncodable where Self: FixedWidthInteger {
  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.appendBigEndian(self)
  }
}

extension PostgresDecodable where Self: FixedWidthInteger {
  /// Reads any of the server's integers that fits, and a numeric without decimals (a `sum`).
  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(Self.self)
    let value: Int64?
    switch cell.type {
    case TypeID.numeric:
      value = Int64(try PostgresNumeric(postgres: cell).text)
    case TypeID.int8 where cell.isBinary && bytes.count == 8:
      value = bytes.bigEndian(Int64.self)
    case TypeID.int4 where cell.isBinary && bytes.count == 4:
      value = Int64(bytes.bigEndian(Int32.self))
    case TypeID.int2 where cell.isBinary && bytes.count == 2:
      value = Int64(bytes.bigEndian(Int16.self))
    case TypeID.oid where cell.isBinary && bytes.count == 4:
      value = Int64(bytes.bigEndian(UInt32.self))
    case TypeID.int8, TypeID.int4, TypeID.int2, TypeID.oid:
      value = cell.isBinary ? nil : Int64(asciiDigits: bytes)
    default: throw cell.mismatch(wanted: Self.self)
    }
    guard let value, let fitting = Self(exactly: value) else {
      throw cell.mismatch(wanted: Self.self, because: "a number that does not fit")
    }
    self = fitting
  }
}

extension Int64 {
  /// Reads an optional minus and digits; nil for anything else.
  init?(asciiDigits bytes: UnsafeRawBufferPointer) {
    var value: Int64 = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = isNegative ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes
    guard !digits.isEmpty else { return nil }
    for byte in digits {
      let digit = Int64(byte) - 48
      guard (0...9).contains(digit) else { return nil }
      let (tens, isTooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooBigStill) = tens.subtractingReportingOverflow(digit)
      if isTooBig || isTooBigStill { return nil }
      value = sum
    }
    // Counted downwards, because the smallest number has no positive counterpart.
    if isNegative {
      self = value
    } else if value == .min {
      return nil
    } else {
      self = -value
    }
  }
}

extension Int: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .int8 }
  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.appendBigEndian(Int64(self))
  }
}

extension Int64: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .int8 }
}

extension Int32: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .int4 }
}

extension Int16: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .int2 }
}

extension Bool: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .bool }

  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.bytes.append(self ? 1 : 0)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(Bool.self, TypeID.bool, size: 1)
    self = bytes[0] == (cell.isBinary ? 1 : UInt8(ascii: "t"))
  }
}

extension Double: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .float8 }

  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.appendBigEndian(bitPattern)
  }

  /// Reads the server's floating numbers, integers and numerics; a numeric may lose digits.
  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(Double.self)
    switch cell.type {
    case TypeID.float8 where cell.isBinary && bytes.count == 8:
      self.init(bitPattern: bytes.bigEndian(UInt64.self))
    case TypeID.float4 where cell.isBinary && bytes.count == 4:
      self.init(Float(bitPattern: bytes.bigEndian(UInt32.self)))
    case TypeID.float8 where !cell.isBinary:
      guard let value = Double(String(decoding: bytes, as: UTF8.self)) else {
        throw cell.mismatch(wanted: Double.self)
      }
      self = value
    case TypeID.float4 where !cell.isBinary:
      // Through Float, so that both forms give the same number.
      guard let value = Float(String(decoding: bytes, as: UTF8.self)) else {
        throw cell.mismatch(wanted: Double.self)
      }
      self.init(value)
    case TypeID.numeric:
      guard let value = Double(try PostgresNumeric(postgres: cell).text) else {
        throw cell.mismatch(wanted: Double.self)
      }
      self = value
    case TypeID.int2, TypeID.int4, TypeID.int8: self.init(try Int64(postgres: cell))
    default: throw cell.mismatch(wanted: Double.self)
    }
  }
}

extension String: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .text }

  /// Writes the text; U+0000 is refused, because libpq would cut the text there without a word.
  public func encode(into parameter: inout PostgresParameter) throws {
    let start = parameter.bytes.count
    parameter.bytes.append(contentsOf: utf8)
    guard !parameter.bytes[start...].contains(0) else {
      throw UnsendableValue("text with a NUL character")
    }
    parameter.bytes.append(0)
    parameter.isText = true
  }

  /// Reads text, and every type that has no Swift type here (enums, intervals, …) as the server
  /// prints it. Numbers and times are refused in both forms: cast them to text in the statement.
  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(String.self)
    switch cell.type {
    case TypeID.text, TypeID.varchar, TypeID.bpchar, TypeID.name, TypeID.unknown, TypeID.json:
      self.init(decoding: bytes, as: UTF8.self)
    case TypeID.jsonb: self = try PostgresJSON(postgres: cell).text
    case TypeID.numeric: self = try PostgresNumeric(postgres: cell).text
    case let type where TypeID.isReadInBinary(type): throw cell.mismatch(wanted: String.self)
    default: self.init(decoding: bytes, as: UTF8.self)
    }
  }
}
