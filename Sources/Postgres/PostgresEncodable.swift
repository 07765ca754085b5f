/// A value that can be bound to a statement's parameter.
///
/// A type of a program's own conforms by lowering itself to one that does:
/// ```swift
/// extension Day: PostgresEncodable {
///   static var postgresType: PostgresType { .date }
///   func encode(into parameter: inout PostgresParameter) throws {
///     try PostgresDay(daysSince1970: number).encode(into: &parameter)
///   }
/// }
/// ```
/// An enum over `String` or `Int` needs only the name of the protocol.
public protocol PostgresEncodable: Sendable {
  /// The server type that the value is sent as; arrays of the value become arrays of it.
  static var postgresType: PostgresType { get }

  /// Writes the value; an error says what the server could not hold.
  func encode(into parameter: inout PostgresParameter) throws

  /// The type of an array of these; only bytes differ from the array of `postgresType`.
  static var postgresArrayType: PostgresType { get }

  /// Writes an array of these; only bytes differ from an array of what `encode(into:)` writes.
  static func encode(array: [Self], into parameter: inout PostgresParameter) throws
}

/// Where parameters are written, one after the other, in the form in which they are sent.
public struct PostgresParameter: Sendable {
  var bytes: [UInt8] = []
  /// Where the value begins in the bytes.
  var start = 0
  var isNull = false
  var isText = false

  /// Binds NULL.
  public mutating func encodeNull() { isNull = true }

  mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Overwrites four bytes at `offset`: lengths are known only after the fact.
  mutating func patch(_ number: Int32, at offset: Int) {
    withUnsafeBytes(of: number.bigEndian) { new in
      for (index, byte) in new.enumerated() { bytes[offset + index] = byte }
    }
  }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
  @inlinable
  public static var postgresType: PostgresType { RawValue.postgresType }

  @inlinable
  public func encode(into parameter: inout PostgresParameter) throws {
    try rawValue.encode(into: &parameter)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  @inlinable
  public static var postgresType: PostgresType { Wrapped.postgresType }

  @inlinable
  public func encode(into parameter: inout PostgresParameter) throws {
    if let value = self {
      try value.encode(into: &parameter)
    } else {
      parameter.encodeNull()
    }
  }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
  public static var postgresType: PostgresType { Element.postgresArrayType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try Element.encode(array: self, into: &parameter)
  }
}

extension PostgresEncodable {
  public static var postgresArrayType: PostgresType { postgresType.arrayType }

  /// Writes a one-dimensional array in the server's binary form.
  public static func encode(array: [Self], into parameter: inout PostgresParameter) throws {
    guard postgresType.oid != postgresType.array else {
      throw UnsendableValue("an array of arrays")
    }
    parameter.appendBigEndian(Int32(array.isEmpty ? 0 : 1))
    let flag = parameter.bytes.count
    parameter.appendBigEndian(Int32(0))
    parameter.appendBigEndian(postgresType.oid)
    guard !array.isEmpty else { return }
    guard let size = Int32(exactly: array.count) else {
      throw UnsendableValue("an array that is too long")
    }
    parameter.appendBigEndian(size)
    parameter.appendBigEndian(Int32(1))
    for element in array {
      let start = parameter.bytes.count
      parameter.appendBigEndian(Int32(-1))
      try element.encode(into: &parameter)
      if parameter.isNull {
        parameter.isNull = false
        parameter.patch(1, at: flag)
        continue
      }
      if parameter.isText {
        // Inside an array, text has a length instead of an end mark.
        parameter.isText = false
        parameter.bytes.removeLast()
      }
      parameter.patch(Int32(parameter.bytes.count - start - 4), at: start)
    }
  }
}

/// Why a value cannot be sent; the statement turns it into a `ParameterError` with its number.
struct UnsendableValue: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
