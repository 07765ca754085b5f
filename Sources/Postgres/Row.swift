/// One row of a result, decoded on demand; cheap to copy.
///
/// A row keeps its whole result in memory; decode what is to be kept for long.
public struct Row: Sendable {
  let storage: ResultStorage
  let index: Int

  /// The columns' names in order.
  public var columnNames: [String] { storage.shape.names }

  /// The column of that name as a Swift value; `Optional` for columns that may hold NULL.
  ///
  /// Throws `RowDecodingError` where there is no such column, or it holds something else.
  // Compiled into the caller, where the value's type is known.
  @inlinable
  public func decode<Value: PostgresDecodable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value {
    guard let position = position(of: column) else { throw noColumn(column, wanted: type) }
    // The cell looks into the result without holding it.
    return try withExtendedLifetime(self) { try Value(postgres: cell(position)) }
  }

  @usableFromInline
  func position(of column: String) -> Int? { storage.shape.index(of: column) }

  @usableFromInline
  func cell(_ position: Int) -> PostgresCell { storage.cell(row: index, column: position) }

  @usableFromInline
  func noColumn(_ column: String, wanted: Any.Type) -> RowDecodingError {
    RowDecodingError(column: column, wanted: String(describing: wanted), found: "no such column")
  }

  /// The column at that position, from 0, as a Swift value.
  public func decode<Value: PostgresDecodable>(
    _ column: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    guard storage.shape.types.indices.contains(column) else {
      throw RowDecodingError(
        column: "number \(column)", wanted: String(describing: type), found: "no such column")
    }
    return try Value(postgres: storage.cell(row: index, column: column))
  }

  /// The row as a `Decodable` value: columns fill properties of the same name, or of the name in
  /// camel case (`service_day` fills `serviceDay`); a row of one column can be a single value.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try RowDecoder(plan: DecodingPlan(shape: storage.shape), row: self).decode(type)
  }
}

/// What one statement of a flight gave.
public struct QueryResult: Sendable {
  let storage: ResultStorage

  /// The rows, in the server's order.
  public var rows: [Row] { storage.rows }

  /// How many rows were inserted, updated, deleted or returned.
  public var affected: Int { storage.affected }

  /// The rows as values.
  public func rows<Value: Decodable>(as type: Value.Type) throws -> [Value] {
    try storage.decodeAll(as: type)
  }
}
