import CLibPQ

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Session {
  /// Starts a COPY and makes sure that it goes the way that the caller wants.
  func startCopy(_ sql: SQL, _ direction: ExecStatusType, site: CallSite) throws -> UInt64 {
    if let failure = sql.failure { throw failure }
    guard sql.slots.isEmpty else {
      throw ParameterError(parameter: 1, reason: "COPY takes no parameters")
    }
    startStatement()
    if let begin = pendingBegin {
      pendingBegin = nil
      try runSimple(begin, site: site)
    }
    let handle = try open()
    guard PQsendQuery(handle, sql.text) == 1 else { throw lose() }
    try flush()
    guard let result = try nextResult() else { throw lose() }
    if PQresultStatus(result) == direction {
      PQclear(result)
      return occupy()
    }
    let outcome = try take(result, of: sql.text, shape: nil, site: site)
    while let more = try nextResult() { PQclear(more) }
    if case .failure(let error) = outcome { throw judge(error) }
    throw ParameterError(parameter: 0, reason: "not a COPY statement of this direction")
  }

  /// Sends a piece of what is copied in, and waits until the system has taken it.
  ///
  /// Gives false when the server has already said no; `finishCopyIn` then tells why.
  func putCopy(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    let handle = try open()
    startStatement()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(65_536))
      rest = rest.dropFirst(piece.count)
      let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
      switch PQputCopyData(handle, start, Int32(piece.count)) {
      case 1: try flush()
      case 0:
        // Its buffers are full: make room, then offer the piece again.
        try flush()
        rest = bytes[(rest.startIndex - piece.count)...]
      default:
        guard PQstatus(handle) == CONNECTION_OK else { throw lose() }
        return false
      }
    }
    return true
  }

  /// Ends a COPY in: with all its rows, or with none of them if there is a complaint.
  func finishCopyIn(_ sql: SQL, complaint: String?, site: CallSite) throws -> Int {
    let handle = try open()
    startStatement()
    // Fails when the server has ended the COPY itself; its error comes as the result.
    while PQputCopyEnd(handle, complaint) == 0 { try flush() }
    try flush()
    return try finishCopy(sql, site: site)
  }

  /// The pieces that have come, 64 kB of them or so; nil after the last.
  func nextCopied(_ sql: SQL, site: CallSite) throws -> [UInt8]? {
    let handle = try open()
    startStatement()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(98_304)
    while bytes.count < 65_536 {
      var row: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(handle, &row, 1)
      if length > 0, let row {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(length)))
        PQfreemem(row)
      } else if length == 0 {
        guard bytes.isEmpty else { return bytes }
        _ = try wait(for: Int16(POLLIN))
        guard PQconsumeInput(handle) == 1 else { throw lose() }
      } else {
        guard bytes.isEmpty else { return bytes }
        _ = try finishCopy(sql, site: site)
        return nil
      }
    }
    return bytes
  }

  /// Reads the command's result to its end, as every COPY must.
  private func finishCopy(_ sql: SQL, site: CallSite) throws -> Int {
    var error: ServerError?
    var affected = 0
    while let result = try nextResult() {
      switch try take(result, of: sql.text, shape: nil, site: site) {
      case .success(let storage): affected = storage.affected
      case .failure(let refusal): error = error ?? refusal
      }
    }
    occupant = nil
    if let error { throw judge(error) }
    return affected
  }
}
