/// A statement whose interpolated values are bound as parameters, never pasted into its text.
///
/// ```swift
/// let found: SQL = "select name from diners where id = \(id) and birth < \(day)::date"
/// ```
/// sends `… where id = $1 and birth < $2::date`. Arrays are one parameter (`= any(\(ids))`),
/// `nil` is NULL. `\(fragment: other)` puts a statement's part in, with its values;
/// `\(unescaped: text)` pastes text as it is, and must never see what somebody typed.
/// A value that cannot be sent (text with a NUL) is refused when the statement is run.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
  /// One bound value: its declared type, and where its bytes lie.
  struct Slot: Sendable {
    let type: UInt32
    let isText: Bool
    /// Offset in `bytes`; negative for NULL.
    let offset: Int
    let length: Int
    /// Where its `$` stands in `utf8`, so that fragments can be renumbered.
    let mark: Int
  }

  /// The text in UTF-8: put together of many small parts for each call, which bytes are quicker at.
  private(set) var utf8: [UInt8] = []
  private(set) var slots: [Slot] = []
  private(set) var bytes: [UInt8] = []
  private(set) var failure: ParameterError?

  /// Takes a statement's text as it is; for statements that stand in files. It must never hold
  /// what somebody typed.
  public init(unescaped text: String) { append(unescaped: text) }

  /// A text as a literal in the statement itself, quoted: for the rare value that a plan must know, since
  /// each other value makes another statement to be prepared.
  public init(literal value: String) {
    // As `PQescapeLiteral` has it: with a backslash in it, a text says that backslashes are doubled. By
    // bytes, as the server reads it: to Swift a mark and an accent behind it are one character.
    let (quote, backslash) = (UInt8(ascii: "'"), UInt8(ascii: "\\"))
    let hasBackslash = value.utf8.contains(backslash)
    var bytes = Array(hasBackslash ? " E'".utf8 : "'".utf8)
    for byte in value.utf8 {
      if byte == quote || byte == backslash { bytes.append(byte) }
      bytes.append(byte)
    }
    utf8 = bytes + [quote]
    if value.utf8.contains(0) {
      failure = ParameterError(parameter: 0, reason: "text with a NUL character")
    }
  }

  public init(stringLiteral value: String) { append(unescaped: value) }

  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  fileprivate init(capacity: Int, slots count: Int) {
    utf8.reserveCapacity(capacity + 3 * count)
    slots.reserveCapacity(count)
  }

  /// The text with `$1`, `$2`, … where the values were.
  public var text: String { String(decoding: utf8, as: UTF8.self) }

  /// Where the parts of a literal are put together.
  public struct StringInterpolation: StringInterpolationProtocol {
    @usableFromInline var sql: SQL

    public init(literalCapacity: Int, interpolationCount: Int) {
      sql = SQL(capacity: literalCapacity, slots: interpolationCount)
    }

    public mutating func appendLiteral(_ literal: String) { sql.append(unescaped: literal) }

    /// Binds a value.
    @inlinable
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
      sql.bind(value)
    }

    /// Binds a value, or NULL for none.
    @inlinable
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      sql.bind(value)
    }

    /// Puts a part of a statement in, and binds its values.
    public mutating func appendInterpolation(fragment: SQL) { sql.append(fragment) }

    /// Pastes text as it is, unprotected: for names that the program itself chose.
    public mutating func appendInterpolation(unescaped text: String) { sql.append(unescaped: text) }

    /// Pastes a name (a table, a column) in double quotes, so that it can only be a name.
    public mutating func appendInterpolation(identifier name: String) {
      sql.append(
        unescaped: "\""
          + name.split(separator: "\"", omittingEmptySubsequences: false)
          .joined(separator: "\"\"") + "\"")
    }
  }

  /// Appends text as it is, unprotected.
  mutating func append(unescaped text: String) {
    var text = text
    text.withUTF8 { utf8.append(contentsOf: $0) }
  }

  /// Appends another part and its values.
  public mutating func append(_ other: SQL) {
    failure = failure ?? other.failure
    let offset = bytes.count
    bytes += other.bytes
    // Where the text goes on that has not been taken yet.
    var rest = 0
    for (index, slot) in other.slots.enumerated() {
      utf8 += other.utf8[rest..<slot.mark]
      rest = slot.mark + 1 + Self.digits(index + 1)
      place(
        type: slot.type, isText: slot.isText,
        offset: slot.offset < 0 ? -1 : slot.offset + offset, length: slot.length)
    }
    utf8 += other.utf8[rest...]
  }

  private static func digits(_ number: Int) -> Int {
    number < 10 ? 1 : number < 100 ? 2 : String(number).count
  }

  // What knows the value's type is compiled into the caller, where the type is known: a statement of a
  // batch binds dozens of values.
  @inlinable
  mutating func bind<Value: PostgresEncodable>(_ value: Value) {
    var parameter = lendBytes()
    do { try value.encode(into: &parameter) } catch { refuse(error) }
    place(parameter, as: Value.postgresType)
  }

  /// What the next value is written into: behind the others.
  @usableFromInline
  mutating func lendBytes() -> PostgresParameter {
    var parameter = PostgresParameter()
    swap(&parameter.bytes, &bytes)
    parameter.start = parameter.bytes.count
    return parameter
  }

  /// Remembers why the next value cannot be sent.
  @usableFromInline
  mutating func refuse(_ error: any Error) {
    let reason = (error as? UnsendableValue)?.reason ?? String(describing: error)
    failure = failure ?? ParameterError(parameter: slots.count + 1, reason: reason)
  }

  /// Takes the bytes back with the value in them.
  @usableFromInline
  mutating func place(_ parameter: consuming PostgresParameter, as type: PostgresType) {
    let (start, isNull, isText) = (parameter.start, parameter.isNull, parameter.isText)
    swap(&parameter.bytes, &bytes)
    place(
      type: type.isDeclared ? type.oid : 0, isText: isText, offset: isNull ? -1 : start,
      length: bytes.count - start)
  }

  /// Puts the next parameter's place into the text.
  private mutating func place(type: UInt32, isText: Bool, offset: Int, length: Int) {
    slots.append(
      Slot(type: type, isText: isText, offset: offset, length: length, mark: utf8.count))
    append(unescaped: "$")
    append(unescaped: String(slots.count))
  }
}

extension SQL: CustomStringConvertible {
  /// The text without any value.
  public var description: String { text }
}
