#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension UUID: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .uuid }

  public func encode(into parameter: inout PostgresParameter) throws {
    withUnsafeBytes(of: uuid) { parameter.bytes.append(contentsOf: $0) }
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(UUID.self, TypeID.uuid, size: 16)
    if cell.isBinary {
      self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    } else if let id = UUID(uuidString: String(decoding: bytes, as: UTF8.self)) {
      self = id
    } else {
      throw cell.mismatch(wanted: UUID.self)
    }
  }
}

extension Date: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .timestamptz }

  /// Writes the instant, rounded to microseconds, which is all that the server keeps.
  public func encode(into parameter: inout PostgresParameter) throws {
    let microseconds = (timeIntervalSince1970 * 1_000_000).rounded()
    guard let exact = Int64(exactly: microseconds) else {
      throw UnsendableValue("a date beyond what the server holds")
    }
    try PostgresInstant(microsecondsSince1970: exact).encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let instant = try PostgresInstant(postgres: cell)
    self.init(timeIntervalSince1970: Double(instant.microsecondsSince1970) / 1_000_000)
  }
}

/// Bytes are one value (`bytea`), never an array of numbers.
extension Data: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .bytea }

  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.bytes.append(contentsOf: self)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(try PostgresBytes(postgres: cell).bytes)
  }
}
