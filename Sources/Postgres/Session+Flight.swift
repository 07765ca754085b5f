import CLibPQ

extension Session {
  /// Sends all statements at once and then reads all their results: one round trip.
  ///
  /// Throws the first statement's error; the server has then skipped those behind it. Outside a
  /// transaction the flight is one by itself: all or nothing.
  func runTogether(_ list: [SQL], site: CallSite) throws -> [ResultStorage] {
    for sql in list { if let failure = sql.failure { throw failure } }
    return try fly(list.map { ($0, nil) }, site: site)
  }

  /// The same with COMMIT behind the last statement, which spares a round trip. The transaction is
  /// over then; whoever finds out afterwards that something is wrong comes too late.
  func runTogetherAndCommit(_ list: [SQL], site: CallSite) throws -> [ResultStorage] {
    for sql in list { if let failure = sql.failure { throw failure } }
    try checkCommittable()
    guard PQtransactionStatus(try open()) != PQTRANS_INERROR else {
      throw TransactionError.rolledBack(cause: firstError)
    }
    return try committing {
      let results = try fly(list.map { ($0, nil) }, commits: true, site: site)
      isCommitted = true
      return results
    }
  }

  /// What an answer in a flight belongs to.
  private enum Leg {
    case command(String)
    case preparation(StatementCache.Entry)
    case statement(SQL, StatementCache.Entry?)
    case sync
  }

  /// Flies in pipeline mode: BEGIN, if it still waits, preparations and statements together.
  func fly(
    _ list: [(sql: SQL, plan: StatementCache.Plan?)], commits: Bool = false, site: CallSite
  ) throws -> [ResultStorage] {
    startStatement()
    let handle = try open()
    guard PQenterPipelineMode(handle) == 1 else { throw refuse(handle) }
    var legs: [Leg] = []
    legs.reserveCapacity(list.count + 2)
    try sendDeallocations(&legs)
    if let begin = pendingBegin {
      pendingBegin = nil
      try sendCommand(begin, &legs)
    }
    var underway: Set<String> = []
    for (sql, plan) in list {
      let plan = plan ?? statements.plan(for: sql)
      if case .prepare(let entry) = plan, underway.insert(entry.name).inserted {
        let isSent = PQsendPrepare(
          handle, entry.name, sql.text, Int32(entry.types.count), entry.types)
        guard isSent == 1 else { throw refuse(handle) }
        legs.append(.preparation(entry))
      }
      try send(sql, plan)
      legs.append(.statement(sql, plan.entry))
    }
    if commits { try sendCommand("commit", &legs) }
    guard PQpipelineSync(handle) == 1 else { throw refuse(handle) }
    legs.append(.sync)
    try flush()
    let results = try land(legs, site: site)
    guard PQexitPipelineMode(handle) == 1 else { throw lose() }
    return try results.get()
  }

  /// Names that nobody uses any more go in a segment of their own, so that a failure there (they
  /// may be gone already) spoils nothing; inside a transaction it would, so there they wait.
  private func sendDeallocations(_ legs: inout [Leg]) throws {
    let handle = try open()
    guard !statements.superfluous.isEmpty, PQtransactionStatus(handle) == PQTRANS_IDLE else {
      return
    }
    for name in statements.takeSuperfluous() {
      try sendCommand("deallocate \(name)", &legs)
      guard PQpipelineSync(handle) == 1 else { throw refuse(handle) }
      legs.append(.sync)
    }
  }

  private func sendCommand(_ text: String, _ legs: inout [Leg]) throws {
    let handle = try open()
    guard PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 0) == 1 else {
      throw refuse(handle)
    }
    legs.append(.command(text))
  }

  /// Reads every leg's answer. An error is kept until all is read, and only the last segment's
  /// counts.
  private func land(
    _ legs: [Leg], site: CallSite
  ) throws -> Result<[ResultStorage], any Error> {
    var results: [ResultStorage] = []
    results.reserveCapacity(legs.count)
    var error: ServerError?
    for (index, leg) in legs.enumerated() {
      switch leg {
      case .sync:
        guard let result = try nextResult() else { throw lose() }
        let status = PQresultStatus(result)
        PQclear(result)
        guard status == PGRES_PIPELINE_SYNC else { throw lose() }
        if index < legs.count - 1 { error = nil }
      case .command(let text):
        if case .failure(let refusal) = try answer(text, nil, site) { error = error ?? refusal }
      case .preparation(let entry):
        switch try answer(entry.text, nil, site) {
        case .success: statements.confirm(entry)
        case .failure(let refusal): error = error ?? refusal
        }
      case .statement(let sql, let entry):
        switch try answer(sql.text, entry?.shape, site) {
        case .success(let storage):
          entry?.remember(storage)
          results.append(storage)
        case .failure(let refusal): error = error ?? refusal
        }
      }
    }
    if let error { return .failure(judge(error)) }
    return .success(results)
  }

  /// One leg's answer, up to the nil that ends it.
  private func answer(
    _ text: @autoclosure () -> String, _ shape: RowShape?, _ site: CallSite
  ) throws -> Result<ResultStorage, ServerError> {
    guard let result = try nextResult() else { throw lose() }
    let outcome = try take(result, of: text(), shape: shape, site: site)
    if case .failure(let error) = outcome, error.severity == "FATAL" { throw judge(error) }
    while let more = try nextResult() { PQclear(more) }
    return outcome
  }
}

extension StatementCache.Plan {
  var entry: StatementCache.Entry? {
    switch self {
    case .asText(let entry): entry
    case .prepare(let entry), .prepared(let entry): entry
    }
  }
}
