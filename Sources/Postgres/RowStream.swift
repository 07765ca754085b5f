/// The rows of a statement as they come, in memory of a fixed size however many there are.
///
/// The server waits while nobody asks for the next row. The connection serves nobody else until
/// the last row was read; one that is left before is to be closed, as `Database.stream` does.
public struct RowStream: AsyncSequence, Sendable {
  public typealias Element = Row

  fileprivate let connection: Connection
  fileprivate let number: UInt64
  fileprivate let sql: SQL
  fileprivate let timeout: Duration?
  fileprivate let site: CallSite

  public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  /// Fetches rows by the hundred, so that a row costs no change of threads.
  public struct Iterator: AsyncIteratorProtocol {
    private let stream: RowStream
    private var rows: ArraySlice<Row> = []
    private var shape: RowShape?
    private var isAtEnd = false

    fileprivate init(stream: RowStream) { self.stream = stream }

    public mutating func next() async throws -> Row? {
      if let row = rows.popFirst() { return row }
      guard !isAtEnd else { return nil }
      guard let batch = try await stream.connection.nextRows(of: stream, shape: shape) else {
        isAtEnd = true
        return nil
      }
      rows = batch[...]
      shape = batch.first?.storage.shape
      return rows.popFirst()
    }
  }
}

extension Connection {
  /// Runs a statement whose rows are fetched as they are asked for. `timeout` is the deadline of
  /// each wait for rows, not of the whole.
  public func stream(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> RowStream {
    let site = CallSite(fileID: fileID, line: line)
    let number = try await perform(timeout: timeout) { try $0.startStream(sql, site: site) }
    return RowStream(connection: self, number: number, sql: sql, timeout: timeout, site: site)
  }

  fileprivate func nextRows(of stream: RowStream, shape: RowShape?) async throws -> [Row]? {
    try await perform(timeout: stream.timeout, occupant: stream.number) {
      try $0.nextRows(256, stream.sql, shape: shape, site: stream.site)
    }
  }
}

extension Database {
  /// Runs a statement and hands its rows to `body` as they come. If `body` leaves before the last
  /// row, the statement is stopped and its connection closed.
  public func stream<Value: Sendable>(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line,
    _ body: (RowStream) async throws -> Value
  ) async throws -> Value {
    try await withConnection { connection in
      try await body(
        connection.stream(sql, timeout: timeout, fileID: fileID, line: line))
    }
  }
}
