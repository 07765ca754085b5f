import CanteenDomain
import CanteenVault
import Postgres
import Synchronization

/// 登录: who is signed in at which terminal. Devices and sessions are known by the hashes of their
/// tokens; what was looked up a moment ago is not looked up again.
public final class SessionService: Sendable {
  /// After so long without a request that a person made the counter is locked.
  ///
  /// Requests are remembered by this process alone. Of a session that it has not seen, as when it was
  /// started since, the last check-in of the books counts, else the signing in: who has served nobody for
  /// so long types his PIN again, though he may have looked something up meanwhile.
  public static let idleSeconds: Int64 = 15 * 60
  /// No shift is longer.
  static let longestSeconds: Int64 = 14 * 3600
  /// How old an answer of the database may be: so long does a revoked device still work.
  private static let trustedSeconds: Int64 = 5

  /// A signed-in staff member.
  public struct Session: Sendable, Hashable {
    public var staff: Staff
    public var openedAt: Instant
  }

  /// What a device or a signed-in person brings, as it is kept: by its hash.
  public struct Token: Sendable, Equatable {
    let hash: [UInt8]

    /// nil for none.
    public init?(_ text: String?) {
      guard let text, !text.isEmpty else { return nil }
      hash = Secret.hash(text)
    }
  }

  private struct Known {
    var terminal: Terminal?
    var session: Session?
    var lookedUpAt: Instant
    var lastSeenAt: Instant
  }

  private let database: Database
  private let known = Mutex<[[UInt8]: Known]>([:])

  public init(_ database: Database) { self.database = database }

  /// The terminal that holds a token; nil if none does.
  public func terminal(token: Token?, now: Instant) async throws -> Terminal? {
    guard let hash = token?.hash else { return nil }
    if let known = trusted(hash, now) { return known.terminal }
    let terminal = try await database.transaction(readOnly: true) {
      try TerminalStore.find(token: hash, $0)
    }
    remember(
      hash, Known(terminal: terminal, session: nil, lookedUpAt: now, lastSeenAt: now))
    return terminal
  }

  /// Who is signed in; nil if nobody, or not any more. Each call counts as activity.
  /// - Parameter isBackground: what a page asks by itself is no activity.
  public func session(
    token: Token?, at terminal: Terminal, isBackground: Bool = false, now: Instant
  ) async throws -> Session? {
    guard let hash = token?.hash else { return nil }
    let seenAt = known.withLock { $0[hash]?.lastSeenAt }
    if let seenAt, Self.isIdle(since: seenAt, now) {
      try await end(hash, reason: "idle", now: now)
      return nil
    }
    if let known = trusted(hash, now) {
      guard known.terminal == terminal else { return nil }
      if !isBackground { touch(hash, now) }
      return known.session
    }
    let found = try await database.transaction(readOnly: true) {
      try SessionStore.find(hash, at: terminal, $0)
    }
    let session = found.map { Session(staff: $0.staff, openedAt: $0.openedAt) }
    if let session, now.seconds(since: session.openedAt) > Self.longestSeconds {
      try await end(hash, reason: "too_old", now: now)
      return nil
    }
    var lastSeenAt = seenAt ?? now
    if let session, seenAt == nil {
      lastSeenAt = try await lastCheckIn(session, at: terminal)
      if Self.isIdle(since: lastSeenAt, now) {
        try await end(hash, reason: "idle", now: now)
        return nil
      }
    }
    remember(
      hash,
      Known(
        terminal: terminal, session: session, lookedUpAt: now,
        lastSeenAt: isBackground ? lastSeenAt : now))
    return session
  }

  private static func isIdle(since moment: Instant, _ now: Instant) -> Bool {
    now.seconds(since: moment) > idleSeconds
  }

  /// When who is signed in last checked somebody in, by the books; else when he signed in.
  private func lastCheckIn(_ session: Session, at terminal: Terminal) async throws -> Instant {
    let last = try await database.transaction(readOnly: true) {
      try SessionStore.lastCheckIn(
        by: session.staff.name, at: terminal, since: session.openedAt, $0)
    }
    return last ?? session.openedAt
  }

  /// Signs somebody in. Attempts are written down before the PIN is looked at, so that many at once
  /// are no way around the waits.
  /// - Throws: `StaffRefusal.pinWrong`, `.lockedOut`, `.otherCanteen`.
  public func signIn(
    name: String, pin: String, at terminal: Terminal, now: Instant
  ) async throws -> (session: Session, token: String) {
    let name = name.trimmedSpaces()
    let attempt = CheckIn.ID(bytes: Secret.random(16))
    let (stored, failures) = try await database.transaction { transaction in
      try StaffStore.lockAttempts(transaction)
      let stored = try StaffStore.find(name, transaction)
      let ofStaff = try StaffStore.failures(of: name, since: stored?.recordedAt, transaction)
      let ofTerminal = try StaffStore.failures(at: terminal.id, transaction)
      let wait = max(
        SignInLock.staff.wait(failures: ofStaff.count, last: ofStaff.last, now: now),
        SignInLock.terminal.wait(failures: ofTerminal.count, last: ofTerminal.last, now: now))
      guard wait == 0 else { throw StaffRefusal.lockedOut(retryAfterSeconds: wait) }
      try StaffStore.insertAttempt(
        of: name, at: terminal.id, succeeded: false, id: attempt, now: now, transaction)
      return (stored, (ofStaff.count + 1, ofTerminal.count + 1))
    }
    guard let stored, stored.isActive else {
      await PinHash.waste(pin)
      throw Self.wrong(failures, now)
    }
    guard await stored.pin.matches(pin) else { throw Self.wrong(failures, now) }
    guard stored.staff.mayWork(in: terminal.canteen) else {
      throw StaffRefusal.otherCanteen(name, canteen: terminal.canteen)
    }
    let token = Secret.token()
    let success = CheckIn.ID(bytes: Secret.random(16))
    try await database.transaction { transaction in
      try StaffStore.insertAttempt(
        of: name, at: terminal.id, succeeded: true, id: success,
        now: Instant(microseconds: now.microseconds + 1), transaction)
      try SessionStore.insert(
        Secret.hash(token), staff: name, terminal: terminal, now: now, transaction)
    }
    let session = Session(staff: stored.staff, openedAt: now)
    remember(
      Secret.hash(token),
      Known(terminal: terminal, session: session, lookedUpAt: now, lastSeenAt: now))
    return (session, token)
  }

  public func signOut(token: Token, now: Instant) async throws {
    try await end(token.hash, reason: "signed_out", now: now)
  }

  /// Everybody who may sign in at a terminal, by name: the buttons of the page.
  public func names(at terminal: Terminal) async throws -> [String] {
    try await database.transaction(readOnly: true) { try StaffStore.all($0) }
      .filter { $0.isActive && $0.staff.mayWork(in: terminal.canteen) }.map(\.staff.name)
  }

  private static func wrong(_ failures: (staff: Int, terminal: Int), _ now: Instant) -> StaffRefusal
  {
    .pinWrong(
      retryAfterSeconds: max(
        SignInLock.staff.wait(failures: failures.staff, last: now, now: now),
        SignInLock.terminal.wait(failures: failures.terminal, last: now, now: now)))
  }

  private func end(_ hash: [UInt8], reason: String, now: Instant) async throws {
    known.withLock { $0[hash] = nil }
    try await database.transaction {
      try SessionStore.end(hash, reason: reason, now: now, $0)
    }
  }

  private func trusted(_ hash: [UInt8], _ now: Instant) -> Known? {
    known.withLock { known in
      guard let one = known[hash], now.seconds(since: one.lookedUpAt) < Self.trustedSeconds else {
        return nil
      }
      return one
    }
  }

  private func touch(_ hash: [UInt8], _ now: Instant) {
    known.withLock { $0[hash]?.lastSeenAt = now }
  }

  private func remember(_ hash: [UInt8], _ one: Known) {
    known.withLock { known in
      // Guessed tokens must not fill the memory, nor drive those out of it who work.
      if known.count >= 10_000 { known = known.filter { $0.value.session != nil } }
      if known.count >= 10_000 { known.removeAll(keepingCapacity: true) }
      var one = one
      // Somebody may have asked for something while a page's own question was looked up.
      if let seenAt = known[hash]?.lastSeenAt { one.lastSeenAt = max(one.lastSeenAt, seenAt) }
      known[hash] = one
    }
  }
}
