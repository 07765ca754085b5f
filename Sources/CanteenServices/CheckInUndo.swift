import CanteenDomain
import Postgres

extension CheckInService {
  /// 撤销: takes back what was just checked in here by one tap; later, or elsewhere, it takes a manager
  /// and a reason.
  /// - Throws: `StaffRefusal.managerNeeded`; what `reverse` throws.
  public func undo(
    _ id: CheckIn.ID, reason: String?, staff: Staff, at terminal: Terminal, now: Instant
  ) async throws -> CheckIn {
    let found = try await database.transaction(readOnly: true) { transaction in
      try CheckInStore.key(id, transaction).flatMap { key in
        try CheckInStore.recorded(id, key, transaction)
      }
    }
    guard let found, found.checkIn.canteen == terminal.canteen else {
      throw CheckInRefusal.unknownCheckIn(id)
    }
    let canteen = try await references.canteen(terminal.canteen)
    let isOwnShift =
      found.checkIn.terminal == terminal.name && found.by == staff.name
      && found.checkIn.day == calendar.day(of: now)
      && canteen?.period(at: calendar.time(of: now)) == found.checkIn.period
    let reason = reason?.trimmedSpaces() ?? ""
    guard isOwnShift || (staff.role.mayJudge && !reason.isEmpty) else {
      guard staff.role.mayJudge else { throw StaffRefusal.managerNeeded }
      throw FindingRefusal.explanationMissing
    }
    return try await reverse(
      id, reason: reason.isEmpty ? "撤销" : reason, by: Attribution(by: staff.name, at: now))
  }
}

extension CheckInStore {
  /// A check-in and who recorded it.
  fileprivate static func recorded(
    _ id: CheckIn.ID, _ key: StoredKey, _ transaction: borrowing Transaction
  ) throws -> (checkIn: CheckIn, by: String)? {
    try transaction.query(
      """
      select \(fragment: factColumns), c.recorded_by
      from check_ins as c
      where c.diner_id = \(key.diner)
          and c.service_date = \(key.day)::date
          and c.check_in_id = \(id)
      """
    ).first.map { (try checkIn($0), try $0.decode("recorded_by")) }
  }
}
