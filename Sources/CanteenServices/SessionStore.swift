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

  /// When somebody last checked a person in at a terminal since he signed in; nil if he has not. What a
  /// queue sent by itself does not count.
  static func lastCheckIn(
    by staff: String, at terminal: Terminal, since opened: Instant,
    _ transaction: borrowing Transaction
  ) throws -> Instant? {
    // The days around the session keep the server to those months; no session lasts longer.
    try transaction.query(
      """
      select c.recorded_at
      from check_ins as c
      where c.canteen_code = \(terminal.canteen)
          and c.service_date between (\(opened)::timestamptz - interval '1 day')::date
              and (\(opened)::timestamptz + interval '2 days')::date
          and c.terminal = \(terminal.name)
          and c.recorded_by = \(staff)
          and c.entry = 'counter'
          and c.recorded_at >= \(opened)::timestamptz
      order by c.recorded_at desc
      limit 1
      """
    ).first.map { try $0.decode("recorded_at") }
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
