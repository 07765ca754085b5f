#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A JSON document as text: a `jsonb` parameter, or what a `json` or `jsonb` column holds.
public struct PostgresJSON: Hashable, Sendable, Codable, PostgresEncodable, PostgresDecodable {
  public var text: String

  /// Takes the text as it is; the server checks it.
  public init(text: String) { self.text = text }

  /// Writes a value as JSON, keys in order, so that equal values give equal text.
  public init<Value: Encodable>(encoding value: Value) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    text = String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Reads a value from the document.
  public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  public static var postgresType: PostgresType { .jsonb }

  public func encode(into parameter: inout PostgresParameter) throws {
    // The binary form is the text behind a version number.
    parameter.bytes.append(1)
    parameter.bytes.append(contentsOf: text.utf8)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(PostgresJSON.self)
    switch cell.type {
    case TypeID.jsonb where cell.isBinary:
      guard bytes.first == 1 else { throw cell.mismatch(wanted: PostgresJSON.self) }
      text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    case TypeID.json, TypeID.jsonb: text = String(decoding: bytes, as: UTF8.self)
    default: throw cell.mismatch(wanted: PostgresJSON.self)
    }
  }
}
