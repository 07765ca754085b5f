/// A value that can be read from a column.
///
/// A type of a program's own conforms by lowering itself to one that does:
/// ```swift
/// extension Day: PostgresDecodable {
///   init(postgres cell: borrowing PostgresCell) throws {
///     self.init(number: try PostgresDay(postgres: cell).daysSince1970)
///   }
/// }
/// ```
/// An enum over `String` or `Int` needs only the name of the protocol.
public protocol PostgresDecodable {
  /// Reads the value, or throws `cell.mismatch(…)`.
  init(postgres cell: borrowing PostgresCell) throws

  /// Reads an array of these; only bytes are not kept in an array type.
  static func decodeArray(postgres cell: borrowing PostgresCell) throws -> [Self]
}

/// One column of one row, while it is being read; it cannot be kept.
public struct PostgresCell: ~Copyable {
  let bytes: UnsafeRawBufferPointer?
  let type: UInt32
  let isBinary: Bool
  let column: Int
  let shape: RowShape

  /// Whether the column holds NULL.
  public var isNull: Bool { bytes == nil }

  /// The error to throw when the value does not fit; names the column and both types.
  public func mismatch(wanted: Any.Type, because reason: String? = nil) -> RowDecodingError {
    let found = isNull ? "null" : reason ?? TypeID.name(of: type)
    return RowDecodingError(
      column: shape.name(of: column), wanted: String(describing: wanted), found: found)
  }

  /// The value's bytes; NULL is a mismatch.
  func present(_ wanted: Any.Type) throws -> UnsafeRawBufferPointer {
    guard let bytes else { throw mismatch(wanted: wanted) }
    return bytes
  }

  /// The value's bytes, provided that the column has the type, and is of the size in binary.
  func present(_ wanted: Any.Type, _ type: UInt32, size: Int) throws -> UnsafeRawBufferPointer {
    let bytes = try present(wanted)
    guard self.type == type else { throw mismatch(wanted: wanted) }
    guard !isBinary || bytes.count == size else {
      throw mismatch(wanted: wanted, because: "\(bytes.count) bytes")
    }
    return bytes
  }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  @inlinable
  public init(postgres cell: borrowing PostgresCell) throws {
    let raw = try RawValue(postgres: cell)
    guard let value = Self(rawValue: raw) else {
      throw cell.mismatch(wanted: Self.self, because: "a value that is none of its cases")
    }
    self = value
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  @inlinable
  public init(postgres cell: borrowing PostgresCell) throws {
    self = cell.isNull ? nil : try Wrapped(postgres: cell)
  }
}

extension UnsafeRawBufferPointer {
  /// The number that stands at `offset`, most significant byte first.
  func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int = 0) -> Number {
    Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}
