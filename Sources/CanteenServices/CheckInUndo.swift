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
