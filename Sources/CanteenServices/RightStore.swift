import CanteenDomain
import Postgres

/// Rows of `staff_rights`.
enum RightStore {
  static func has(
    _ right: StaffRight, _ staff: String, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.query(
      """
      select is_granted
      from staff_rights
      where staff = \(staff) and right_name = \(right)
      order by revision desc
      limit 1
      """
    ).first?.decode("is_granted") ?? false
  }

  /// Whether somebody may hand out full numbers, and says why he does.
  /// - Throws: `DinerRefusal.notAllowed`, `.reasonMissing`.
  static func checkMayExport(
    _ by: Attribution, reason: String, _ transaction: borrowing Transaction
  ) throws {
    guard !reason.trimmedSpaces().isEmpty else { throw DinerRefusal.reasonMissing }
    guard try has(.exportFullNumbers, by.by, transaction) else {
      throw DinerRefusal.notAllowed(by.by)
    }
  }

  /// Whether somebody may take a statement to a step. A right that nobody was ever given is everybody's;
  /// one that was taken back from the last who had it is nobody's.
  /// - Throws: `StatementLifeRefusal.noRight`.
  static func check(
    toTake step: StatementStep, _ by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    let right = StaffRight(toTake: step)
    let isReserved = try !transaction.query(
      "select from staff_rights where right_name = \(right) limit 1"
    ).isEmpty
    guard try !isReserved || has(right, by.by, transaction) else {
      throw StatementLifeRefusal.noRight(by.by, right)
    }
  }

  static func insert(
    _ right: StaffRight, _ staff: String, granted: Bool, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into staff_rights (
          staff, right_name, revision, is_granted, recorded_at, recorded_by
      )
      select \(staff), \(right), count(*) + 1, \(granted), \(by.at)::timestamptz, \(by.by)
      from staff_rights
      where staff = \(staff) and right_name = \(right)
      """)
  }

  static func all(_ transaction: borrowing Transaction) throws -> [RightService.Listed] {
    try transaction.query(
      """
      select staff, right_name, is_granted, recorded_at, recorded_by
      from staff_rights
      order by recorded_at, staff, right_name, revision
      """
    ).map {
      RightService.Listed(
        staff: try $0.decode("staff"), right: try $0.decode("right_name"),
        isGranted: try $0.decode("is_granted"), recordedAt: try $0.decode("recorded_at"),
        recordedBy: try $0.decode("recorded_by"))
    }
  }
}

extension StaffRight: PostgresEncodable, PostgresDecodable {}
