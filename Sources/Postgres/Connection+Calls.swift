import CLibPQ

/// How a call has the connection to itself, and where it waits.
extension Connection {
  /// Runs one call on the connection's thread, with its deadline, and lets the task's cancellation
  /// reach it.
  ///
  /// `occupant` is the stream or COPY that calls; while one has the connection, others may not.
  func perform<Value: Sendable>(
    timeout: Duration?, occupant: UInt64? = nil, _ operation: (Session) throws -> Value
  ) async throws -> Value {
    try await call(timeout: timeout, occupant: occupant) { session in
      await move(to: .thread)
      return try operation(session)
    }
  }

  /// Runs a statement that stands alone, and waits for its answer on the event loop.
  ///
  /// What cannot be done without blocking is left to the connection's thread: preparing, and a
  /// statement so long that the socket does not take it at once.
  func runAlone<Value: Sendable>(
    _ sql: SQL, timeout: Duration?, site: CallSite, _ read: (ResultStorage) throws -> Value
  ) async throws -> Value {
    try await call(timeout: timeout, occupant: nil) { session in
      if let failure = sql.failure { throw failure }
      let plan = session.plan(for: sql)
      let isAlone = session.isIdle
      do {
        guard session.canLaunch(plan) else {
          await move(to: .thread)
          return try read(session.run(sql, plan, site: site))
        }
        await move(to: .loop)
        guard try session.launch(sql, plan) else {
          await move(to: .thread)
          try session.flush()
          return try read(session.land(sql, plan, site: site))
        }
        while try session.isAwaitingAnswer { try await awaitAnswer(session) }
        return try read(session.land(sql, plan, site: site))
      } catch let error as ServerError where isAlone && error.isAboutPreparation {
        await move(to: .thread)
        return try read(session.run(sql, session.plan(for: sql), site: site))
      }
    }
  }

  /// Waits until something has come, on the loop, and takes it.
  private func awaitAnswer(_ session: Session) async throws {
    let waking = await executor.loop.untilReadable(
      PQsocket(try session.open()), or: interrupter.readEnd, deadline: session.deadline)
    switch waking {
    case .readable: try session.takeInput()
    case .interrupted: throw session.giveUp(CancellationError())
    case .late: throw session.giveUp(ConnectionError.timedOut)
    }
  }

  /// Takes the turn, and makes the call one that can be cancelled.
  private func call<Value: Sendable>(
    timeout: Duration?, occupant: UInt64?, _ body: (Session) async throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    try await takeTurnUnlessCancelled()
    defer { giveTurn() }
    let session = session
    guard session.occupant == occupant else {
      throw session.handle == nil ? ConnectionError.closed : ConnectionError.busy
    }
    if health.takeCheck(), !session.isAlive() { throw StaleConnection() }
    session.callDeadline = timeout.map { .now + $0 }
    let interrupter = interrupter
    let call = interrupter.begin()
    // A cancellation that no wait noticed would wake whoever waits next here.
    defer { if interrupter.end(call) { session.close(because: CancellationError()) } }
    return try await withTaskCancellationHandler {
      try await body(session)
    } onCancel: {
      interrupter.cancel(call)
    }
  }

  /// Goes on at the other place; nothing happens if the work is there already.
  func move(to host: ConnectionExecutor.Host) async {
    guard executor.current != host else { return executor.prefer(host) }
    await withCheckedContinuation { executor.resume($0, on: host) }
  }

  // MARK: - Turns

  /// Waits for the turn, whatever becomes of the task: for what must be done in any case.
  func takeTurn() async {
    guard !turns.take() else { return }
    let number = turns.makeNumber()
    // Never left before its turn, so nothing is thrown.
    try? await withCheckedThrowingContinuation { turns.wait(number, $0) }
  }

  private func takeTurnUnlessCancelled() async throws {
    guard !turns.take() else { return }
    let number = turns.makeNumber()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        turns.wait(number, waiter)
        if Task.isCancelled { leaveLine(number) }
      }
    } onCancel: {
      Task { await self.leaveLine(number) }
    }
  }

  private func leaveLine(_ number: UInt64) {
    turns.leave(number)?.resume(throwing: CancellationError())
  }

  func giveTurn() { turns.pass()?.resume() }
}
