/// Which column fills which property, found once and reused for every row of a result.
///
/// A type asks for its keys in the same order each time; so the answers are kept in that order
/// and the next one is nearly always the right one.
final class DecodingPlan {
  private struct Step {
    let key: String
    let column: Int?
  }

  let shape: RowShape
  private var steps: [Step] = []
  private var next = 0

  init(shape: RowShape) { self.shape = shape }

  func startRow() { next = 0 }

  func column(for key: String) -> Int? {
    if next < steps.count, steps[next].key == key {
      next += 1
      return steps[next - 1].column
    }
    if let known = steps.firstIndex(where: { $0.key == key }) {
      next = known + 1
      return steps[known].column
    }
    let column = shape.index(of: key) ?? shape.index(of: Self.snakeCase(key))
    steps.append(Step(key: key, column: column))
    next = steps.count
    return column
  }

  /// `serviceDay` as `service_day`, `dinerID` as `diner_id`.
  static func snakeCase(_ key: String) -> String {
    var words = ""
    var wasUpper = true
    for letter in key {
      if letter.isUppercase && !wasUpper { words += "_" }
      wasUpper = letter.isUppercase
      words += letter.lowercased()
    }
    return words
  }
}

extension ResultStorage {
  func decodeAll<Value: Decodable>(as type: Value.Type) throws -> [Value] {
    let plan = DecodingPlan(shape: shape)
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for index in 0..<rowCount {
      plan.startRow()
      values.append(try RowDecoder(plan: plan, row: Row(storage: self, index: index)).decode(type))
    }
    return values
  }
}

/// Gives one row to `Decodable`.
struct RowDecoder: Decoder {
  let plan: DecodingPlan
  let row: Row
  /// The column that a single value is read from; nil stands for the row.
  var column: Int?
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let direct = type as? any PostgresDecodable.Type {
      return try value(direct, column: onlyColumn(for: type), as: type)
    }
    return try Value(from: self)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard column == nil else { throw refusal("a structure") }
    return KeyedDecodingContainer(RowContainer<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw refusal("a list") }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    CellContainer(decoder: self, column: try onlyColumn(for: Any.self))
  }

  /// Reads a column as a type known only at run time to be decodable from it.
  func value<Value>(
    _ type: any PostgresDecodable.Type, column: Int, as wanted: Value.Type
  ) throws -> Value {
    let cell = row.storage.cell(row: row.index, column: column)
    guard let value = try type.init(postgres: cell) as? Value else {
      throw cell.mismatch(wanted: wanted)
    }
    return value
  }

  private func onlyColumn(for type: Any.Type) throws -> Int {
    if let column { return column }
    guard plan.shape.types.count == 1 else {
      throw RowDecodingError(
        column: "*", wanted: String(describing: type), found: "\(plan.shape.types.count) columns")
    }
    return 0
  }

  private func refusal(_ wanted: String) -> RowDecodingError {
    RowDecodingError(
      column: column.map(plan.shape.name(of:)) ?? "*", wanted: wanted,
      found: column.map { TypeID.name(of: plan.shape.types[$0]) } ?? "a row")
  }
}

/// Columns by key.
private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: RowDecoder
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { decoder.plan.shape.names.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { decoder.plan.column(for: key.stringValue) != nil }

  func decodeNil(forKey key: Key) throws -> Bool {
    decoder.row.storage.cell(row: decoder.row.index, column: try column(key, Any?.self)).isNull
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let column = try column(key, type)
    if let direct = type as? any PostgresDecodable.Type {
      return try decoder.value(direct, column: column, as: type)
    }
    var inner = decoder
    inner.column = column
    if [TypeID.json, TypeID.jsonb].contains(decoder.plan.shape.types[column]) {
      let cell = decoder.row.storage.cell(row: decoder.row.index, column: column)
      return try PostgresJSON(postgres: cell).decode(as: type)
    }
    return try Value(from: inner)
  }

  private func read<Value: PostgresDecodable>(_ key: Key) throws -> Value {
    let column = try column(key, Value.self)
    return try Value(postgres: decoder.row.storage.cell(row: decoder.row.index, column: column))
  }

  private func column(_ key: Key, _ wanted: Any.Type) throws -> Int {
    guard let column = decoder.plan.column(for: key.stringValue) else {
      throw RowDecodingError(
        column: key.stringValue, wanted: String(describing: wanted), found: "no such column")
    }
    return column
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    throw refusal(key, "a structure")
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw refusal(key, "a list")
  }

  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { decoder }

  private func refusal(_ key: Key, _ wanted: String) -> RowDecodingError {
    RowDecodingError(column: key.stringValue, wanted: wanted, found: "a column")
  }
}

/// One column as one value: what an enum or a wrapper around a number asks for.
private struct CellContainer: SingleValueDecodingContainer {
  let decoder: RowDecoder
  let column: Int
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool {
    decoder.row.storage.cell(row: decoder.row.index, column: column).isNull
  }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let direct = type as? any PostgresDecodable.Type {
      return try decoder.value(direct, column: column, as: type)
    }
    var inner = decoder
    inner.column = column
    return try Value(from: inner)
  }
}
