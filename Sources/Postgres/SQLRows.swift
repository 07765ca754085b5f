/// Rows that a statement is given, column by column.
extension SQL {
  /// One column: its values, a row each, and the type that the server is to take them for.
  public struct Column {
    @usableFromInline let count: Int
    @usableFromInline let type: String
    @usableFromInline let bindOne: (inout SQL, Int) -> Void
    @usableFromInline let bindAll: (inout SQL) -> Void

    /// - Parameter type: the server's name of it, as `bigint`.
    @inlinable
    public init<Value: PostgresEncodable>(_ type: String, _ values: [Value]) {
      count = values.count
      self.type = type
      bindOne = { $0.bind(values[$1]) }
      bindAll = { $0.bind(values) }
    }
  }

  /// Up to how many rows are bound value by value. One row costs the server half as much as `values`
  /// than out of arrays; each number of rows is a statement of its own to be prepared, so the few that
  /// come often are enough.
  private static let valuesRowsMax = 3

  /// Appends a table of bound rows, to select from or to insert: `values` for a few, arrays for many.
  /// - Precondition: every column has as many values; there is at least one column.
  fileprivate mutating func append(rows columns: [Column]) {
    let count = columns[0].count
    precondition(columns.allSatisfy { $0.count == count }, "columns of different lengths")
    guard (1...Self.valuesRowsMax).contains(count) else {
      append(unescaped: "select * from unnest(")
      for (place, column) in columns.enumerated() {
        if place > 0 { append(unescaped: ", ") }
        column.bindAll(&self)
        append(unescaped: "::")
        append(unescaped: column.type)
        append(unescaped: "[]")
      }
      append(unescaped: ")")
      return
    }
    append(unescaped: "values ")
    for row in 0..<count {
      append(unescaped: row > 0 ? ", (" : "(")
      for (place, column) in columns.enumerated() {
        if place > 0 { append(unescaped: ", ") }
        column.bindOne(&self, row)
        append(unescaped: "::")
        append(unescaped: column.type)
      }
      append(unescaped: ")")
    }
  }
}

extension SQL.StringInterpolation {
  /// Puts a table of bound rows in.
  public mutating func appendInterpolation(rows columns: SQL.Column...) {
    sql.append(rows: columns)
  }
}
