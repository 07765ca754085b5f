import CanteenDomain
import Postgres

extension CheckInService {
  /// How long a terminal without network may keep an undo, in seconds: as long as it may work so, and a
  /// day for coming back.
  static let undoKeptSeconds = CounterService.snapshotSeconds + 86_400

  /// What an undo took back.
  public enum Undone: Sendable, Hashable {
    case checkIn(CheckIn)
    /// A meal that a person was to judge, and that is not booked now.
    case exception(CheckIn.ID)
  }

  /// 撤销: takes back what was just checked in here by one tap; later, or elsewhere, it takes a manager
  /// and a reason. A tap that is an exception meanwhile is rejected, so that nobody accepts a meal that
  /// never was. Once it was accepted it is a check-in as any other, and once rejected there is nothing left
  /// to take back.
  /// - Parameter requestedAt: when the clerk asked for it, if the terminal had no network then.
  /// - Throws: `CheckInRefusal.unknownCheckIn`, `StaffRefusal.managerNeeded`; what `reverse` throws.
  public func undo(
    _ id: CheckIn.ID, reason: String?, staff: Staff, at terminal: Terminal,
    requestedAt: Instant? = nil, now: Instant
  ) async throws -> Undone {
    let undo = Undo(
      id: id, reason: reason?.trimmedSpaces() ?? "", staff: staff, terminal: terminal,
      requestedAt: requestedAt, now: now)
    do {
      return try await run(undo)
    } catch let refusal as ExceptionRefusal {
      // Somebody judged it between our reading and our writing; read again, it is decided.
      guard case .decided = refusal else { throw refusal }
      return try await run(undo)
    }
  }

  private func run(_ undo: Undo) async throws -> Undone {
    let (id, calendar) = (undo.id, calendar)
    let found = try await database.transaction(readOnly: true) { transaction -> Found in
      // In this order: an exception that is accepted just now is found among the check-ins.
      let exception = try CheckInExceptionStore.find(id, vault: nil, transaction)
      let recorded = try CheckInStore.key(id, transaction).flatMap { key in
        try CheckInStore.recorded(id, key, transaction)
      }
      return Found(
        tap: recorded.map { Tap($0.checkIn, by: $0.by) } ?? exception.map { Tap($0, calendar) },
        isBooked: recorded != nil, isRejected: recorded == nil && exception?.decision == .reject)
    }
    guard let tap = found.tap, tap.canteen == undo.terminal.canteen else {
      throw CheckInRefusal.unknownCheckIn(id)
    }
    if found.isRejected { return .exception(id) }
    let canteen = try await references.canteen(tap.canteen)
    let asked = undo.moment(of: tap)
    let isOwnShift =
      tap.terminal == undo.terminal.name && tap.by == undo.staff.name
      && tap.day == calendar.day(of: asked)
      && canteen?.period(at: calendar.time(of: asked)) == tap.period
    guard isOwnShift || (undo.staff.role.mayJudge && !undo.reason.isEmpty) else {
      guard undo.staff.role.mayJudge else { throw StaffRefusal.managerNeeded }
      throw FindingRefusal.explanationMissing
    }
    let by = Attribution(by: undo.staff.name, at: undo.now)
    guard !found.isBooked else {
      return .checkIn(try await reverse(id, reason: undo.said(or: "撤销"), by: by))
    }
    _ = try await decide(
      id, .reject, reason: undo.said(or: "柜台撤销"), in: tap.canteen, by: by)
    return .exception(id)
  }

  /// Who asks for what to be taken back, and when.
  private struct Undo: Sendable {
    var id: CheckIn.ID
    var reason: String
    var staff: Staff
    var terminal: Terminal
    var requestedAt: Instant?
    var now: Instant

    func said(or usual: String) -> String { reason.isEmpty ? usual : reason }

    /// When it was asked for. A time before the meal, ahead of us or long ago is nobody's word.
    func moment(of tap: Tap) -> Instant {
      guard let requestedAt, requestedAt >= tap.servedAt,
        (0...CheckInService.undoKeptSeconds).contains(now.seconds(since: requestedAt))
      else { return now }
      return requestedAt
    }
  }

  /// What is there under a key.
  private struct Found: Sendable {
    var tap: Tap?
    var isBooked: Bool
    var isRejected: Bool
  }

  /// Whose tap it was, where and when: what says who may take it back.
  private struct Tap: Sendable {
    var canteen: Canteen.Code
    var terminal: String
    var day: Day
    var period: MealPeriod
    var servedAt: Instant
    var by: String

    init(_ checkIn: CheckIn, by: String) {
      (canteen, terminal) = (checkIn.canteen, checkIn.terminal)
      (day, period, servedAt) = (checkIn.day, checkIn.period, checkIn.servedAt)
      self.by = by
    }

    init(_ exception: CheckInException, _ calendar: CanteenCalendar) {
      let request = exception.request
      (canteen, terminal) = (request.canteen, request.terminal)
      (day, period) = (request.day, request.period)
      servedAt = calendar.instant(request.day, request.time)
      by = exception.received.by
    }
  }
}
