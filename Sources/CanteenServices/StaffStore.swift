import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `staff` and `sign_in_attempts`.
enum StaffStore {
  /// A staff member with what is kept of the PIN.
  struct Stored: Sendable {
    var staff: Staff
    var revision: Int
    var isActive: Bool
    var pin: PinHash
    var recordedAt: Instant
    var recordedBy: String
  }

  private static let columns: SQL = """
    name, revision, role, canteen_code, is_active, pin_salt, pin_hash, recorded_at, recorded_by
    """

  private static func stored(_ row: Row) throws -> Stored {
    Stored(
      staff: Staff(
        name: try row.decode("name"), role: try row.decode("role"),
        canteen: try row.decode("canteen_code")),
      revision: try row.decode("revision"), isActive: try row.decode("is_active"),
      pin: PinHash(salt: try row.decode("pin_salt"), bytes: try row.decode("pin_hash")),
      recordedAt: try row.decode("recorded_at"), recordedBy: try row.decode("recorded_by"))
  }

  static func find(_ name: String, _ transaction: borrowing Transaction) throws -> Stored? {
    try transaction.query(
      "select \(fragment: columns) from current_staff where name = \(name)"
    ).first.map(stored)
  }

  static func all(_ transaction: borrowing Transaction) throws -> [Stored] {
    try transaction.query("select \(fragment: columns) from current_staff order by name")
      .map(stored)
  }

  static func insert(
    _ staff: Staff, revision: Int, isActive: Bool, pin: PinHash, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into staff (
          name, revision, role, canteen_code, is_active, pin_salt, pin_hash, recorded_at,
          recorded_by
      ) values (
          \(staff.name), \(revision), \(staff.role), \(staff.canteen)::text, \(isActive),
          \(pin.salt), \(pin.bytes), \(by.at)::timestamptz, \(by.by)
      )
      """)
  }

  /// One attempt at a time is counted, so that many at once do not all find none before them. Shared
  /// by no meal.
  static func lockAttempts(_ transaction: borrowing Transaction) throws {
    _ = try transaction.query("select pg_advisory_xact_lock(hashtext('sign_in_attempts'))")
  }

  /// Failures in a row, and when the last of them was.
  struct Failures: Sendable {
    var count = 0
    var last = Instant(microseconds: 0)
  }

  /// Failures since the last success, or since a new PIN was set.
  static func failures(
    of staff: String, since: Instant?, _ transaction: borrowing Transaction
  ) throws -> Failures {
    try failures(
      """
      select count(*)::integer as failures, max(attempted_at) as last
      from sign_in_attempts
      where staff = \(staff)
          and not has_succeeded
          and attempted_at >= coalesce(\(since)::timestamptz, '-infinity')
          and attempted_at > coalesce(
              (
                  select max(attempted_at)
                  from sign_in_attempts
                  where staff = \(staff) and has_succeeded
              ),
              '-infinity'::timestamptz
          )
      """, transaction)
  }

  static func failures(
    at terminal: String, _ transaction: borrowing Transaction
  ) throws -> Failures {
    try failures(
      """
      select count(*)::integer as failures, max(attempted_at) as last
      from sign_in_attempts
      where terminal_id = \(terminal)::uuid
          and not has_succeeded
          and attempted_at > coalesce(
              (
                  select max(attempted_at)
                  from sign_in_attempts
                  where terminal_id = \(terminal)::uuid and has_succeeded
              ),
              '-infinity'::timestamptz
          )
      """, transaction)
  }

  private static func failures(
    _ query: SQL, _ transaction: borrowing Transaction
  ) throws -> Failures {
    guard let row = try transaction.query(query).first else { return Failures() }
    return Failures(
      count: try row.decode("failures"),
      last: try row.decode("last", as: Instant?.self) ?? Instant(microseconds: 0))
  }

  static func insertAttempt(
    of staff: String, at terminal: String, succeeded: Bool, id: CheckIn.ID, now: Instant,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into sign_in_attempts (
          attempt_id, staff, terminal_id, attempted_at, has_succeeded
      ) values (
          \(id), \(staff), \(terminal)::uuid, \(now)::timestamptz, \(succeeded)
      )
      """)
  }
}

extension Staff.Role: PostgresEncodable, PostgresDecodable {}
