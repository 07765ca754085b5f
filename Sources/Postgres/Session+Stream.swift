import CLibPQ

extension Session {
  /// Sends a statement whose rows are fetched as they come, and gives the stream's number.
  func startStream(_ sql: SQL, site: CallSite) throws -> UInt64 {
    if let failure = sql.failure { throw failure }
    let handle = try open()
    startStatement()
    try send(sql, .asText(nil))
    guard PQsetSingleRowMode(handle) == 1 else { throw lose() }
    try flush()
    return occupy()
  }

  /// At least one row and at most `limit`, without waiting for more than the first; nil at the end.
  func nextRows(_ limit: Int, _ sql: SQL, shape: RowShape?, site: CallSite) throws -> [Row]? {
    let handle = try open()
    startStatement()
    var rows: [Row] = []
    rows.reserveCapacity(limit)
    var shape = shape
    while rows.count < limit, rows.isEmpty || PQisBusy(handle) == 0 {
      guard let result = try nextResult() else {
        // With rows in hand, the next call finds the end again and gives the connection back.
        guard rows.isEmpty else { return rows }
        occupant = nil
        return nil
      }
      switch try take(result, of: sql.text, shape: shape, site: site) {
      case .success(let storage):
        // The last result, without rows, only says that the statement is done.
        shape = storage.shape
        if storage.rowCount > 0 { rows.append(Row(storage: storage, index: 0)) }
      case .failure(let error):
        while let more = try nextResult() { PQclear(more) }
        occupant = nil
        throw judge(error)
      }
    }
    return rows
  }
}
