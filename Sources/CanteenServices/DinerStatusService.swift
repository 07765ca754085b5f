import CanteenDomain
import Postgres

/// 状态: pauses, moves, stays in institutions and deaths, each from a day on, which may lie ahead.
public struct DinerStatusService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Records a status. One that is final also ends the person's entitlements on its day.
  /// - Returns: how many entitlements it ended.
  /// - Throws: `DinerRefusal.endsBeforeItBegins`.
  @discardableResult
  public func set(
    _ status: Diner.Status, of diner: Diner.ID, from: Day, to: Day? = nil, reason: String,
    by: Attribution
  ) async throws -> Int {
    if let to, to < from { throw DinerRefusal.endsBeforeItBegins(from: from, to: to) }
    return try await database.transaction { transaction in
      try Self.set(
        status, of: diner, from: from, to: to, reason: reason, by: by, transaction) ?? 0
    }
  }

  /// Ends a status that lasts: the person is back on the day after.
  /// - Throws: `DinerRefusal.noSuchStatus`, `.endsBeforeItBegins`.
  public func end(
    _ status: Diner.Status, of diner: Diner.ID, on day: Day, reason: String, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let known = try DinerStore.storedStatuses([diner], transaction)[diner] ?? []
      guard var one = known.last(where: { $0.status == status && $0.to == nil }) else {
        throw DinerRefusal.noSuchStatus(status)
      }
      guard day >= one.from else {
        throw DinerRefusal.endsBeforeItBegins(from: one.from, to: day)
      }
      one.revision += 1
      one.to = day
      one.reason = reason.isEmpty ? one.reason : reason
      try DinerStore.insertStatuses([one], by: by, transaction)
    }
  }

  /// Writes a status and what follows from it.
  /// - Returns: how many entitlements it ended; nil if the register said so already.
  static func set(
    _ status: Diner.Status, of diner: Diner.ID, from: Day, to: Day?, reason: String,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Int? {
    try transaction.execute(CheckInStore.lockDiners([diner]))
    let known = try DinerStore.storedStatuses([diner], transaction)[diner] ?? []
    // Who is dead is dead once; a list that says it again with the same day says nothing new.
    let before = known.last { $0.status == status && ($0.to == nil || status == .deceased) }
    if let before, before.from == from, before.to == to { return nil }
    var next = DinerStore.StoredStatus(
      diner: diner, number: (known.map(\.number).max() ?? 0) + 1, revision: 1, status: status,
      from: from, to: to, reason: reason)
    if let before {
      next.number = before.number
      next.revision = before.revision + 1
    }
    try DinerStore.insertStatuses([next], by: by, transaction)
    guard status.isFinal, to == nil else { return 0 }
    let last = status.lastEntitledDay(from: from)
    let records = try DinerAliases.read(transaction).records(of: [diner])
    let entitlements = try DinerStore.storedEntitlements(records, transaction)
    let ended = records.flatMap { entitlements[$0] ?? [] }.compactMap {
      old -> DinerStore.StoredEntitlement? in
      guard old.to.map({ $0 > last }) ?? true else { return nil }
      var one = old
      one.revision += 1
      // One that would only have begun later ends on its first day; the status keeps it from holding.
      one.to = max(last, old.from ?? last)
      return one.to == old.to ? nil : one
    }
    try DinerStore.insertEntitlements(ended, by: by, transaction)
    return ended.count
  }
}
