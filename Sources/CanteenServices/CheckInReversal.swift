import CanteenDomain
import Postgres

/// 冲正 and the list: what is done with check-ins after they were accepted.
extension CheckInService {
  /// Takes a check-in out of the books by a line against it; the first line stays as it was.
  /// - Throws: `CheckInRefusal.unknownCheckIn`, `.alreadyReversed`, `FindingRefusal.explanationMissing`.
  public func reverse(
    _ id: CheckIn.ID, reason: String, by: Attribution
  ) async throws -> CheckIn {
    let reason = reason.trimmedSpaces()
    guard !reason.isEmpty else { throw FindingRefusal.explanationMissing }
    return try await database.transaction { transaction in
      guard let key = try CheckInStore.key(id, transaction) else {
        throw CheckInRefusal.unknownCheckIn(id)
      }
      _ = try transaction.query(CheckInStore.lockDiners([key.diner]))
      guard let checkIn = try CheckInStore.stored([id: key], transaction)[id]?.checkIn else {
        throw CheckInRefusal.unknownCheckIn(id)
      }
      _ = try transaction.query(CheckInStore.shareCanteens([checkIn.canteen]))
      let closed = try DayCloseStore.head(checkIn.canteen, transaction)?.day
      let postedOn = max(checkIn.postedOn, closed.map { $0 + 1 } ?? checkIn.postedOn)
      try BudgetStore.giveBack(id, key, at: by.at, transaction)
      guard
        try CheckInStore.insertReversal(
          of: checkIn, postedOn: postedOn, reason: reason, by: by, transaction)
      else { throw CheckInRefusal.alreadyReversed(id) }
      let transfers = try TransferStore.ofCheckIn(
        id, diner: checkIn.diner, day: checkIn.day, transaction)
      try transaction.execute(
        TransferStore.insert(
          transfers.enumerated().map { index, transfer in
            TransferStore.Row(
              checkIn, number: transfers.count + index + 1, postedOn: postedOn, transfer.reversed)
          }))
      try PointStore.giveBack(id, by: by, transaction)
      return checkIn
    }
  }

  /// Who took a check-in back, and why.
  public struct Reversal: Sendable, Hashable {
    public var by: Attribution
    public var reason: String
    /// In whose books it is.
    public var postedOn: Day
  }

  /// What was taken back of a canteen's check-ins between two days, both included.
  public func reversals(
    _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> [CheckIn.ID: Reversal] {
    try await database.transaction(readOnly: true) {
      try CheckInReversalStore.reversals(canteen, from: from, to: to, $0)
    }
  }

  /// The check-ins of a canteen between two days, both included.
  public func list(_ canteen: Canteen.Code, from: Day, to: Day) async throws -> [ListedCheckIn] {
    try await database.transaction(readOnly: true) {
      try CheckInStore.list(canteen, from: from, to: to, $0)
    }
  }
}
