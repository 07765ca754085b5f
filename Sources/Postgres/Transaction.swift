/// What a transaction's statements may see of what others commit meanwhile.
public enum IsolationLevel: String, Sendable, CaseIterable {
  /// Each statement sees what was committed before it.
  case readCommitted = "read committed"
  /// All statements see what was committed before the first.
  case repeatableRead = "repeatable read"
  /// As if transactions ran one after the other; more of them end with `serializationFailure`.
  case serializable = "serializable"
}

/// A running transaction, lent to a synchronous body.
///
/// It cannot be copied, kept or returned, and the body cannot suspend: so nothing interleaves
/// with it on its connection, and the connection is not held while something else is awaited.
public struct Transaction: ~Copyable {
  let session: Session

  /// Runs a statement and gives its rows.
  public borrowing func query(
    _ sql: SQL, fileID: String = #fileID, line: UInt = #line
  ) throws -> [Row] {
    try session.run(sql, site: CallSite(fileID: fileID, line: line)).rows
  }

  /// Runs a statement and gives its rows as values.
  public borrowing func query<Value: Decodable>(
    _ sql: SQL, as type: Value.Type, fileID: String = #fileID, line: UInt = #line
  ) throws -> [Value] {
    try session.run(sql, site: CallSite(fileID: fileID, line: line)).decodeAll(as: type)
  }

  /// Runs a statement and gives the number of rows it touched.
  @discardableResult
  public borrowing func execute(
    _ sql: SQL, fileID: String = #fileID, line: UInt = #line
  ) throws -> Int {
    try session.run(sql, site: CallSite(fileID: fileID, line: line)).affected
  }

  /// Sends all statements in one flight; their results come in the same order.
  ///
  /// Throws the first `ServerError`; the statements behind it have then not run.
  public borrowing func pipeline(
    _ statements: [SQL], fileID: String = #fileID, line: UInt = #line
  ) throws -> [QueryResult] {
    try session.runTogether(statements, site: CallSite(fileID: fileID, line: line))
      .map(QueryResult.init(storage:))
  }

  /// Sends all statements and COMMIT behind them in one flight: the last thing that a body does.
  ///
  /// Throws the first `ServerError`; then nothing is committed. What the body throws afterwards undoes
  /// nothing, and another statement would stand alone. Not inside a savepoint.
  public borrowing func pipelineAndCommit(
    _ statements: [SQL], fileID: String = #fileID, line: UInt = #line
  ) throws -> [QueryResult] {
    precondition(session.savepoints == 0, "a savepoint cannot commit")
    return try session.runTogetherAndCommit(statements, site: CallSite(fileID: fileID, line: line))
      .map(QueryResult.init(storage:))
  }

  /// Runs `body` so that, if it throws, only its own statements are undone.
  @discardableResult
  public borrowing func savepoint<Value>(
    fileID: String = #fileID, line: UInt = #line,
    _ body: (borrowing Transaction) throws -> Value
  ) throws -> Value {
    let session = session
    session.savepoints += 1
    defer { session.savepoints -= 1 }
    return try session.savepoint(
      "level_\(session.savepoints)", site: CallSite(fileID: fileID, line: line)
    ) { try body(Transaction(session: session)) }
  }

  /// Runs a text of many statements, as migrations are; it takes no parameters.
  public borrowing func script(
    _ text: String, fileID: String = #fileID, line: UInt = #line
  ) throws {
    try session.runScript(text, site: CallSite(fileID: fileID, line: line))
  }
}
