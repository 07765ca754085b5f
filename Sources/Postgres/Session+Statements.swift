import CLibPQ

extension Session {
  /// Runs one statement and waits for its result.
  ///
  /// A prepared statement that the server no longer accepts (its result's type has changed, or
  /// somebody deallocated it) is prepared anew and run again, once, unless it stood in a
  /// transaction: there the failure has already undone the transaction.
  func run(_ sql: SQL, site: CallSite) throws -> ResultStorage {
    if let failure = sql.failure { throw failure }
    let isAlone = pendingBegin == nil && isIdle
    do {
      return try run(sql, plan(for: sql), site: site)
    } catch let error as ServerError where isAlone && error.isAboutPreparation {
      return try run(sql, plan(for: sql), site: site)
    }
  }

  /// How to send a statement; each time that it is asked counts as a use.
  func plan(for sql: SQL) -> StatementCache.Plan { statements.plan(for: sql) }

  /// Runs one statement as planned, once.
  func run(_ sql: SQL, _ plan: StatementCache.Plan, site: CallSite) throws -> ResultStorage {
    guard canLaunch(plan) else { return try fly([(sql, plan)], site: site)[0] }
    if try !launch(sql, plan) { try flush() }
    return try land(sql, plan, site: site)
  }

  /// Whether a statement can travel alone: nothing has to be prepared, and no BEGIN nor
  /// deallocation waits for company.
  func canLaunch(_ plan: StatementCache.Plan) -> Bool {
    guard pendingBegin == nil, statements.superfluous.isEmpty else { return false }
    if case .prepare = plan { return false }
    return true
  }

  /// Sends one statement, without waiting; false if the socket has not taken all of it yet.
  func launch(_ sql: SQL, _ plan: StatementCache.Plan) throws -> Bool {
    startStatement()
    try send(sql, plan)
    let handle = try open()
    switch PQflush(handle) {
    case 0: return true
    case 1: return false
    default: throw lose()
    }
  }

  /// Whether the answer has not come yet.
  var isAwaitingAnswer: Bool {
    get throws { PQisBusy(try open()) == 1 }
  }

  /// Takes what has come, without waiting.
  func takeInput() throws {
    let handle = try open()
    // The server's last words may have come with the end: let them be read first.
    if PQconsumeInput(handle) == 0, PQisBusy(handle) == 1 { throw lose() }
  }

  /// Hands one statement to libpq.
  func send(_ sql: SQL, _ plan: StatementCache.Plan) throws {
    let handle = try open()
    let isSent = sql.withBinding { count, types, values, lengths, formats in
      switch plan {
      case .asText(let entry):
        PQsendQueryParams(
          handle, sql.text, count, types, values, lengths, formats, entry.resultFormat)
      case .prepare(let entry), .prepared(let entry):
        PQsendQueryPrepared(
          handle, entry.name, count, values, lengths, formats, entry.wantsBinary ? 1 : 0)
      }
    }
    guard isSent == 1 else { throw refuse(handle) }
  }

  /// What to throw when libpq would not even take a statement.
  func refuse(_ handle: OpaquePointer) -> ConnectionError { lose() }

  /// Reads the results of a lone statement to their end, as libpq demands, and gives the first.
  func land(
    _ sql: SQL, _ plan: StatementCache.Plan, site: CallSite
  ) throws -> ResultStorage {
    let entry = plan.entry
    var first: ResultStorage?
    var error: ServerError?
    while let result = try nextResult() {
      switch try take(result, of: sql.text, shape: entry?.shape, site: site) {
      case .success(let storage): first = first ?? storage
      case .failure(let refusal): error = error ?? refusal
      }
    }
    if let error { throw judge(error) }
    guard let first else { throw lose() }
    entry?.remember(first)
    return first
  }

  /// Takes over a result, or turns it into the error that it is.
  ///
  /// COPY has calls of its own; started by any other it would wait for ever, so that ends the
  /// connection.
  func take(
    _ result: OpaquePointer, of statement: @autoclosure () -> String, shape: RowShape?,
    site: CallSite
  ) throws -> Result<ResultStorage, ServerError> {
    switch PQresultStatus(result) {
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      PQclear(result)
      let error = ConnectionError.lost(reason: "COPY was started by a call that cannot copy")
      close(because: error)
      throw error
    case PGRES_BAD_RESPONSE, PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_PIPELINE_ABORTED:
      defer { PQclear(result) }
      return .failure(ServerError(result: result, statement: statement(), site: site))
    default: return .success(ResultStorage(taking: result, shape: shape))
    }
  }

  /// What an error report means for the connection, and what the caller is to be told.
  func judge(_ error: ServerError) -> any Error {
    if error.isAboutPreparation { statements.removeAll() }
    guard let handle else { return failure ?? ConnectionError.closed }
    let isEnd = error.severity == "FATAL" || error.severity == "PANIC"
    if isEnd || PQstatus(handle) == CONNECTION_BAD {
      let lost = ConnectionError.lost(reason: error.message)
      close(because: lost)
      return lost
    }
    firstError = firstError ?? error
    return error
  }

  /// Runs many statements in one text, without parameters: the simple protocol's only merit.
  func runScript(_ text: String, site: CallSite) throws {
    startStatement()
    if let begin = pendingBegin {
      pendingBegin = nil
      try runSimple(begin, site: site)
    }
    try runSimple(text, site: site)
  }

  /// Runs a text by the simple protocol and gives the last command's tag.
  @discardableResult
  func runSimple(_ text: String, site: CallSite) throws -> String {
    let handle = try open()
    guard !text.utf8.contains(0) else {
      throw ParameterError(parameter: 0, reason: "NUL in a script")
    }
    guard PQsendQuery(handle, text) == 1 else { throw refuse(handle) }
    try flush()
    var tag = ""
    var error: ServerError?
    while let result = try nextResult() {
      let latest = String(cString: PQcmdStatus(result))
      if case .failure(let refusal) = try take(result, of: text, shape: nil, site: site) {
        error = error ?? refusal
      } else {
        tag = latest
      }
    }
    if let error { throw judge(error) }
    return tag
  }
}

extension ServerError {
  /// Whether a prepared statement is at fault and not the statement. The server gives the changed
  /// result type no code of its own, so it is known by the function that raised it; a type that was
  /// dropped, and perhaps made anew under another number, by the words of its internal error, which
  /// are never translated.
  var isAboutPreparation: Bool {
    switch sqlState {
    case .invalidSQLStatementName: true
    case .featureNotSupported: sourceFunction == "RevalidateCachedQuery"
    case .internalError: message.hasPrefix("cache lookup failed for type")
    default: false
    }
  }
}

extension StatementCache.Entry {
  /// Learns from a result what the next ones will look like.
  func remember(_ storage: ResultStorage) {
    guard shape !== storage.shape else { return }
    shape = storage.shape
    wantsBinary = !storage.shape.types.isEmpty && storage.shape.isReadInBinary
  }
}

extension StatementCache.Entry? {
  var resultFormat: Int32 { self?.wantsBinary == true ? 1 : 0 }
}

extension SQL {
  /// Lays the parameters out as libpq wants them; the pointers are good only inside `body`.
  func withBinding<R>(
    _ body: (
      Int32, UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?,
      UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    guard !slots.isEmpty else { return body(0, nil, nil, nil, nil) }
    let count = slots.count
    return bytes.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
          withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { types in
            // An empty value needs some address, for none at all would mean NULL.
            let start = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress!)
            for (index, slot) in slots.enumerated() {
              let value = slot.offset < 0 ? nil : start + slot.offset
              values.initializeElement(
                at: index, to: value?.assumingMemoryBound(to: CChar.self))
              numbers.initializeElement(at: index, to: Int32(slot.length))
              numbers.initializeElement(at: count + index, to: slot.isText ? 0 : 1)
              types.initializeElement(at: index, to: slot.type)
            }
            return body(
              Int32(count), types.baseAddress, values.baseAddress, numbers.baseAddress,
              numbers.baseAddress! + count)
          }
        }
      }
    }
  }
}
