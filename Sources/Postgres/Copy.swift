import CLibPQ

/// What a `COPY … TO STDOUT` gives, in pieces of whole rows, 64 kB or so each.
///
/// The server waits while nobody asks for the next piece.
public struct CopyStream: AsyncSequence, Sendable {
  public typealias Element = [UInt8]

  fileprivate let connection: Connection
  fileprivate let number: UInt64
  fileprivate let sql: SQL
  fileprivate let timeout: Duration?
  fileprivate let site: CallSite

  public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  /// Asks for the next piece.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let stream: CopyStream
    private var isAtEnd = false

    fileprivate init(stream: CopyStream) { self.stream = stream }

    public mutating func next() async throws -> [UInt8]? {
      guard !isAtEnd else { return nil }
      let piece = try await stream.connection.nextCopied(of: stream)
      isAtEnd = piece == nil
      return piece
    }
  }
}

extension Connection {
  /// Runs a `COPY … TO STDOUT`; its bytes are fetched as they are asked for. `timeout` is the
  /// deadline of each wait, not of the whole.
  public func copyOut(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line
  ) async throws -> CopyStream {
    let site = CallSite(fileID: fileID, line: line)
    let number = try await perform(timeout: timeout) {
      try $0.startCopy(sql, PGRES_COPY_OUT, site: site)
    }
    return CopyStream(connection: self, number: number, sql: sql, timeout: timeout, site: site)
  }

  fileprivate func nextCopied(of stream: CopyStream) async throws -> [UInt8]? {
    try await perform(timeout: stream.timeout, occupant: stream.number) {
      try $0.nextCopied(stream.sql, site: stream.site)
    }
  }

  /// Runs a `COPY … FROM STDIN` with the pieces' bytes and gives the number of rows.
  ///
  /// The next piece is asked for when the system has taken the one before. If `pieces` throws or
  /// the task is cancelled, no row is kept. `timeout` is the deadline of each piece's sending.
  @discardableResult
  public func copyIn<Pieces: AsyncSequence & Sendable>(
    _ sql: SQL, from pieces: Pieces, timeout: Duration? = nil, fileID: String = #fileID,
    line: UInt = #line
  ) async throws -> Int where Pieces.Element == [UInt8] {
    let site = CallSite(fileID: fileID, line: line)
    let number = try await perform(timeout: timeout) {
      try $0.startCopy(sql, PGRES_COPY_IN, site: site)
    }
    do {
      var iterator = pieces.makeAsyncIterator()
      while let piece = try await iterator.next(isolation: self) {
        let isTaken = try await perform(timeout: timeout, occupant: number) { session in
          try piece.withUnsafeBytes { try session.putCopy($0) }
        }
        guard isTaken else { break }
      }
      // A sequence may answer a cancellation by ending early.
      try Task.checkCancellation()
    } catch {
      await abandonCopy(sql, number, site)
      throw error
    }
    return try await perform(timeout: timeout, occupant: number) {
      try $0.finishCopyIn(sql, complaint: nil, site: site)
    }
  }

  /// Tells the server to drop what was copied in; if that fails, closing does the same.
  private func abandonCopy(_ sql: SQL, _ number: UInt64, _ site: CallSite) async {
    await withSession { session in
      guard session.handle != nil, session.occupant == number else { return }
      session.callDeadline = .now + .seconds(5)
      do {
        _ = try session.finishCopyIn(sql, complaint: "given up by the client", site: site)
      } catch {
        if !(error is ServerError) { session.close(because: error) }
      }
    }
  }
}

extension Transaction {
  /// Runs a `COPY … FROM STDIN` with the pieces' bytes, and gives the number of rows.
  @discardableResult
  public borrowing func copyIn(
    _ sql: SQL, from pieces: some Sequence<[UInt8]>, fileID: String = #fileID, line: UInt = #line
  ) throws -> Int {
    let site = CallSite(fileID: fileID, line: line)
    _ = try session.startCopy(sql, PGRES_COPY_IN, site: site)
    for piece in pieces {
      guard try piece.withUnsafeBytes({ try session.putCopy($0) }) else { break }
    }
    return try session.finishCopyIn(sql, complaint: nil, site: site)
  }
}

extension Database {
  /// Runs a `COPY … TO STDOUT` and hands its bytes to `body` as they come.
  public func copyOut<Value: Sendable>(
    _ sql: SQL, timeout: Duration? = nil, fileID: String = #fileID, line: UInt = #line,
    _ body: (CopyStream) async throws -> Value
  ) async throws -> Value {
    try await withConnection { connection in
      try await body(
        connection.copyOut(sql, timeout: timeout, fileID: fileID, line: line))
    }
  }

  /// Runs a `COPY … FROM STDIN` with the pieces' bytes and gives the number of rows.
  @discardableResult
  public func copyIn<Pieces: AsyncSequence & Sendable>(
    _ sql: SQL, from pieces: Pieces, timeout: Duration? = nil, fileID: String = #fileID,
    line: UInt = #line
  ) async throws -> Int where Pieces.Element == [UInt8] {
    try await withConnection { connection in
      try await connection.copyIn(
        sql, from: pieces, timeout: timeout, fileID: fileID, line: line)
    }
  }
}
