import CanteenDomain
import CanteenVault
import Postgres

/// 终端: makes the code by which a device is enrolled, enrols it, and takes it back.
public struct TerminalService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// How long a code is good.
  public static let codeSeconds: Int64 = 24 * 3600

  /// A terminal as a list shows it.
  public struct Listed: Sendable, Hashable {
    public var terminal: Terminal
    public var madeAt: Instant
    /// Nil while its code waits to be typed.
    public var enrolledAt: Instant?
    public var revokedAt: Instant?
  }

  /// Makes a terminal and the code that enrols one device as it, once.
  /// - Throws: `CanteenRefusal.unknown`, `StaffRefusal.terminalNameTaken`, `.nameMissing`.
  public func make(
    _ name: String, in canteen: Canteen.Code, by: Attribution
  ) async throws -> (terminal: Terminal, code: String) {
    guard !name.trimmedSpaces().isEmpty else { throw StaffRefusal.nameMissing }
    let code = Secret.code()
    let terminal = Terminal(
      id: CheckIn.ID(bytes: Secret.random(16)).text, name: name.trimmedSpaces(), canteen: canteen)
    try await database.transaction { transaction in
      guard try CanteenStore.all(transaction).contains(where: { $0.code == canteen }) else {
        throw CanteenRefusal.unknown(canteen)
      }
      guard try !TerminalStore.isTaken(terminal.name, in: canteen, transaction) else {
        throw StaffRefusal.terminalNameTaken(terminal.name)
      }
      try TerminalStore.insert(
        terminal, code: Secret.hash(Secret.plain(code: code)),
        expires: by.at.adding(seconds: Self.codeSeconds), by: by, transaction)
    }
    return (terminal, code)
  }

  /// Gives a device its token.
  /// - Throws: `StaffRefusal.codeWrong`.
  public func enrol(
    code: String, now: Instant
  ) async throws -> (terminal: Terminal, token: String) {
    let token = Secret.token()
    let hash = Secret.hash(Secret.plain(code: code))
    let terminal = try await database.transaction { transaction in
      guard let terminal = try TerminalStore.waiting(forCode: hash, now: now, transaction),
        try TerminalStore.insertToken(
          Secret.hash(token), of: terminal, now: now, transaction)
      else { throw StaffRefusal.codeWrong }
      return terminal
    }
    return (terminal, token)
  }

  /// Nobody signs in on the device any more, and who is signed in there is out.
  /// - Throws: `StaffRefusal.unknownTerminal`.
  public func revoke(_ id: String, reason: String, by: Attribution) async throws {
    guard let key = CheckIn.ID(id) else { throw StaffRefusal.unknownTerminal(id) }
    try await database.transaction { transaction in
      guard try TerminalStore.revoke(key, reason: reason, by: by, transaction) else {
        throw StaffRefusal.unknownTerminal(id)
      }
    }
  }

  public func list() async throws -> [Listed] {
    try await database.transaction(readOnly: true) { try TerminalStore.all($0) }
  }
}
