import CLibPQ

extension Session {
  /// Runs `body` between BEGIN and COMMIT. BEGIN travels with the first statement, so a body that
  /// asks nothing costs nothing.
  func transact<Value>(
    _ begin: String, site: CallSite, _ body: (borrowing Transaction) throws -> Value
  ) throws -> Value {
    guard PQtransactionStatus(try open()) == PQTRANS_IDLE else {
      throw TransactionError.alreadyInside
    }
    pendingBegin = begin
    firstError = nil
    isCommitted = false
    let value: Value
    do {
      value = try body(Transaction(session: self))
    } catch {
      rollback(site)
      throw error
    }
    try commit(site)
    return value
  }

  private func rollback(_ site: CallSite) {
    guard pendingBegin == nil else {
      pendingBegin = nil
      return
    }
    guard handle != nil, !isIdle else { return }
    guard !interrupter.isCancelled else { return close(because: CancellationError()) }
    do {
      startStatement()
      try runSimple("rollback", site: site)
    } catch {
      // Closing the connection rolls back as well.
      close(because: error)
    }
  }

  private func commit(_ site: CallSite) throws {
    guard pendingBegin == nil else {
      pendingBegin = nil
      return
    }
    guard !isCommitted else { return }
    try checkCommittable()
    try committing {
      startStatement()
      let tag = try runSimple("commit", site: site)
      // COMMIT of a failed transaction succeeds, and says what it did instead.
      guard tag == "COMMIT" else { throw TransactionError.rolledBack(cause: firstError) }
    }
  }

  /// Whether there is a transaction that COMMIT would end.
  func checkCommittable() throws {
    guard let handle else { throw failure ?? ConnectionError.closed }
    guard pendingBegin != nil || PQtransactionStatus(handle) != PQTRANS_IDLE else {
      throw TransactionError.endedInside
    }
    guard !interrupter.isCancelled else {
      close(because: CancellationError())
      throw CancellationError()
    }
  }

  /// What is lost from here on leaves open whether it was committed.
  func committing<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch ConnectionError.lost(let reason) {
      throw ConnectionError.outcomeUnknown(reason: reason)
    } catch ConnectionError.timedOut {
      throw ConnectionError.outcomeUnknown(reason: "the deadline passed")
    } catch is CancellationError {
      throw ConnectionError.outcomeUnknown(reason: "the task was cancelled")
    }
  }

  /// Runs `body` so that its failure undoes only what it did.
  func savepoint<Value>(
    _ name: String, site: CallSite, _ body: () throws -> Value
  ) throws -> Value {
    _ = try run(SQL(unescaped: "savepoint \(name)"), site: site)
    let value: Value
    do {
      value = try body()
    } catch {
      guard handle != nil else { throw error }
      try runScript("rollback to savepoint \(name); release savepoint \(name)", site: site)
      firstError = nil
      throw error
    }
    _ = try run(SQL(unescaped: "release savepoint \(name)"), site: site)
    return value
  }
}
