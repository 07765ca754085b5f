/// Rows for a `COPY … FROM STDIN (format binary)`, in memory: the quickest way into a table.
///
/// Each row's values must be of the columns' own types (`Int32` for an `integer`, `Int` for a
/// `bigint`, text for text): the binary form converts nothing, and the server refuses what differs.
public struct CopyRows: Sendable {
  /// The signature, no flags, no extension, as the manual of COPY fixes it.
  private static let head: [UInt8] =
    Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

  private var parameter = PostgresParameter()

  /// How many rows there are.
  public private(set) var count = 0

  public init() { parameter.bytes = Self.head }

  /// Adds a row.
  /// - Throws: `ParameterError` for a value that cannot be sent, such as text with a NUL.
  public mutating func append<each Value: PostgresEncodable>(_ values: repeat each Value) throws {
    let places = parameter.bytes.count
    parameter.bytes += [0, 0]
    var columns: Int16 = 0
    for value in repeat each values {
      columns += 1
      do {
        try append(value)
      } catch let error as UnsendableValue {
        throw ParameterError(parameter: Int(columns), reason: error.reason)
      }
    }
    parameter.bytes[places] = UInt8(truncatingIfNeeded: columns >> 8)
    parameter.bytes[places + 1] = UInt8(truncatingIfNeeded: columns)
    count += 1
  }

  /// The rows with the mark of their end.
  public var bytes: [UInt8] { parameter.bytes + [0xFF, 0xFF] }

  private mutating func append(_ value: some PostgresEncodable) throws {
    let start = parameter.bytes.count
    parameter.appendBigEndian(Int32(-1))
    try value.encode(into: &parameter)
    if parameter.isNull {
      parameter.isNull = false
      return
    }
    if parameter.isText {
      // A row gives text a length instead of an end mark.
      parameter.isText = false
      parameter.bytes.removeLast()
    }
    parameter.patch(Int32(parameter.bytes.count - start - 4), at: start)
  }
}

extension Transaction {
  /// Copies rows into a table; nothing is sent for none.
  /// - Parameter table: the table with its columns, as a program chose them: `meals (id, name)`.
  @discardableResult
  public borrowing func copyIn(
    _ rows: CopyRows, into table: StaticString, fileID: String = #fileID, line: UInt = #line
  ) throws -> Int {
    guard rows.count > 0 else { return 0 }
    return try copyIn(
      SQL(unescaped: "copy \(table) from stdin (format binary)"), from: [rows.bytes],
      fileID: fileID, line: line)
  }
}
