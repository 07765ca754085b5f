import CanteenDomain
import Postgres

/// Rows of `terminals`, `terminal_tokens` and `terminal_revocations`.
enum TerminalStore {
  private static let columns: SQL = "t.terminal_id::text as terminal_id, t.name, t.canteen_code"

  private static func terminal(_ row: Row) throws -> Terminal {
    Terminal(
      id: try row.decode("terminal_id"), name: try row.decode("name"),
      canteen: try row.decode("canteen_code"))
  }

  static func insert(
    _ terminal: Terminal, code: [UInt8], expires: Instant, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into terminals (
          terminal_id, name, canteen_code, code_sha256, code_expires_at, recorded_at, recorded_by
      ) values (
          \(terminal.id)::uuid, \(terminal.name), \(terminal.canteen), \(code),
          \(expires)::timestamptz, \(by.at)::timestamptz, \(by.by)
      )
      """)
  }

  /// Whether a canteen has a terminal of that name that was not revoked.
  static func isTaken(
    _ name: String, in canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try !transaction.query(
      """
      select t.name
      from terminals as t
      where t.canteen_code = \(canteen)
          and t.name = \(name)
          and not exists (
              select from terminal_revocations as r where r.terminal_id = t.terminal_id
          )
      """
    ).isEmpty
  }

  /// The terminal for which a code was made, if it is still good and was not used.
  static func waiting(
    forCode code: [UInt8], now: Instant, _ transaction: borrowing Transaction
  ) throws -> Terminal? {
    try transaction.query(
      """
      select \(fragment: columns)
      from terminals as t
      where t.code_sha256 = \(code)
          and t.code_expires_at > \(now)::timestamptz
          and not exists (
              select from terminal_revocations as r where r.terminal_id = t.terminal_id
          )
      """
    ).first.map(terminal)
  }

  /// - Returns: false if the code was used before.
  static func insertToken(
    _ hash: [UInt8], of terminal: Terminal, now: Instant, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into terminal_tokens (terminal_id, token_sha256, enrolled_at)
      values (\(terminal.id)::uuid, \(hash), \(now)::timestamptz)
      on conflict (terminal_id) do nothing
      """) == 1
  }

  static func find(
    token hash: [UInt8], _ transaction: borrowing Transaction
  ) throws -> Terminal? {
    try transaction.query(
      """
      select \(fragment: columns)
      from terminal_tokens as k
      join terminals as t on t.terminal_id = k.terminal_id
      where k.token_sha256 = \(hash)
          and not exists (
              select from terminal_revocations as r where r.terminal_id = k.terminal_id
          )
      """
    ).first.map(terminal)
  }

  /// - Returns: false if there is no such terminal that still is one.
  static func revoke(
    _ id: CheckIn.ID, reason: String, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into terminal_revocations (terminal_id, revoked_at, revoked_by, reason)
      select terminal_id, \(by.at)::timestamptz, \(by.by), \(reason)
      from terminals
      where terminal_id = \(id)
      on conflict (terminal_id) do nothing
      """) == 1
  }

  static func all(_ transaction: borrowing Transaction) throws -> [TerminalService.Listed] {
    try transaction.query(
      """
      select
          \(fragment: columns), t.recorded_at, k.enrolled_at, r.revoked_at
      from terminals as t
      left join terminal_tokens as k on k.terminal_id = t.terminal_id
      left join terminal_revocations as r on r.terminal_id = t.terminal_id
      order by t.canteen_code, t.name, t.recorded_at
      """
    ).map {
      TerminalService.Listed(
        terminal: try terminal($0), madeAt: try $0.decode("recorded_at"),
        enrolledAt: try $0.decode("enrolled_at"), revokedAt: try $0.decode("revoked_at"))
    }
  }
}
