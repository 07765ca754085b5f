import CanteenDomain
import Postgres

/// Rows of `staff_sessions` and `staff_session_ends`.
enum SessionStore {
  static func insert(
    _ hash: [UInt8], staff: String, terminal: Terminal, now: Instant,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into staff_sessions (token_sha256, staff, terminal_id, opened_at)
      values (\(hash), \(staff), \(terminal.id)::uuid, \(now)::timestamptz)
      """)
  }

  /// Who is signed in under a token, if he still may be: neither ended, nor disabled, nor on a device
  /// that was taken back.
  static func find(
    _ hash: [UInt8], at terminal: Terminal, _ transaction: borrowing Transaction
  ) throws -> (staff: Staff, openedAt: Instant)? {
    try transaction.query(
      """
      select f.name, f.role, f.canteen_code, s.opened_at
      from staff_sessions as s
      join current_staff as f on f.name = s.staff
      where s.token_sha256 = \(hash)
          and s.terminal_id = \(terminal.id)::uuid
          and f.is_active
          and not exists (
              select from staff_session_ends as e where e.token_sha256 = s.token_sha256
          )
      """
    ).first.map { row in
      (
        Staff(
          name: try row.decode("name"), role: try row.decode("role"),
          canteen: try row.decode("canteen_code")),
        try row.decode("opened_at")
      )
    }
  }

  static func end(
    _ hash: [UInt8], reason: String, now: Instant, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into staff_session_ends (token_sha256, ended_at, reason)
      select token_sha256, \(now)::timestamptz, \(reason)
      from staff_sessions
      where token_sha256 = \(hash)
      on conflict (token_sha256) do nothing
      """)
  }
}
