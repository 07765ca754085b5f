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
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let departure = Departure(status: status, day: from, to: to, reason: reason)
      let change = try Self.change(departure, of: diner, voice: .clerk, transaction)
      try Self.write(change, by: by, transaction)
      return change.ended.count
    }
  }

  /// Ends a status that lasts: the person is back on the day after. A death that is ended was reported
  /// wrongly: it is taken back altogether, and what it ended holds again.
  /// - Returns: how many entitlements hold again.
  /// - Throws: `DinerRefusal.noSuchStatus`, `.endsBeforeItBegins`.
  @discardableResult
  public func end(
    _ status: Diner.Status, of diner: Diner.ID, on day: Day, reason: String, by: Attribution
  ) async throws -> Int {
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let records = try DinerAliases.read(transaction).records(of: [diner])
      let statuses = try DinerStore.storedStatuses(records, transaction)
      let known = records.flatMap { statuses[$0] ?? [] }
      guard var one = known.last(where: { $0.status == status && $0.to == nil }) else {
        throw DinerRefusal.noSuchStatus(status)
      }
      guard day >= one.from || status == .deceased else {
        throw DinerRefusal.endsBeforeItBegins(from: one.from, to: day)
      }
      let again =
        status == .deceased
        ? try EntitlementStore.ended(by: one, of: records, transaction) : []
      one.revision += 1
      // The day of death counts as alive, so a death of that one day is none.
      one.to = status == .deceased ? one.from : day
      one.reason = reason.isEmpty ? one.reason : reason
      try DinerStore.insertStatuses([one], by: by, transaction)
      try DinerStore.insertEntitlements(again, by: by, transaction)
      return again.count
    }
  }

  /// What a status changes in the register as it is.
  static func change(
    _ departure: Departure, of diner: Diner.ID, voice: StatusChange.Voice,
    _ transaction: borrowing Transaction
  ) throws -> StatusChange {
    let records = try DinerAliases.read(transaction).records(of: [diner])
    let statuses = try DinerStore.storedStatuses(records, transaction)
    let entitlements = try DinerStore.storedEntitlements(records, transaction)
    return StatusChange.decide(
      departure, of: diner, known: records.flatMap { statuses[$0] ?? [] },
      entitlements: records.flatMap { entitlements[$0] ?? [] }, voice: voice)
  }

  static func write(
    _ change: StatusChange, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try DinerStore.insertStatuses(change.status.map { [$0] } ?? [], by: by, transaction)
    try DinerStore.insertEntitlements(change.ended, by: by, transaction)
  }
}
