import CanteenDomain
import Postgres

extension CheckInService {
  /// How long a terminal without network may keep an undo, in seconds: as long as it may work so, and a
  /// day for coming back.
  static let undoKeptSeconds = CounterService.snapshotSeconds + 86_400

  /// 撤销: takes back what was just checked in here by one tap; later, or elsewhere, it takes a manager
  /// and a reason.
  /// - Parameter requestedAt: when the clerk asked for it, if the terminal had no network then.
  /// - Throws: `StaffRefusal.managerNeeded`; what `reverse` throws.
  public func undo(
    _ id: CheckIn.ID, reason: String?, staff: Staff, at terminal: Terminal,
    requestedAt: Instant? = nil, now: Instant
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
    let asked = Self.moment(requestedAt, of: found.checkIn, now)
    let isOwnShift =
      found.checkIn.terminal == terminal.name && found.by == staff.name
      && found.checkIn.day == calendar.day(of: asked)
      && canteen?.period(at: calendar.time(of: asked)) == found.checkIn.period
    let reason = reason?.trimmedSpaces() ?? ""
    guard isOwnShift || (staff.role.mayJudge && !reason.isEmpty) else {
      guard staff.role.mayJudge else { throw StaffRefusal.managerNeeded }
      throw FindingRefusal.explanationMissing
    }
    return try await reverse(
      id, reason: reason.isEmpty ? "撤销" : reason, by: Attribution(by: staff.name, at: now))
  }

  /// When an undo was asked for. A time before the meal, ahead of us or long ago is nobody's word.
  private static func moment(
    _ requestedAt: Instant?, of checkIn: CheckIn, _ now: Instant
  ) -> Instant {
    guard let requestedAt, requestedAt >= checkIn.servedAt,
      (0...undoKeptSeconds).contains(now.seconds(since: requestedAt))
    else { return now }
    return requestedAt
  }
}
