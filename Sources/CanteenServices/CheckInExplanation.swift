import CanteenDomain
import Postgres

/// 说明: why a check-in was priced as it was, from what was stored with it and nothing else.
public struct ExplainedCheckIn: Sendable, Hashable {
  public var checkIn: CheckIn
  public var inputs: PricingInputs
  public var line: PricedLine
  /// False once it was reversed.
  public var stands: Bool
  /// What later-known facts changed, the first change first.
  public var adjustments: [StoredAdjustment]
}

extension CheckInService {
  /// - Throws: `CheckInRefusal.unknownCheckIn`.
  public func explain(_ id: CheckIn.ID) async throws -> ExplainedCheckIn {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let key = try CheckInStore.key(id, transaction),
        let found = try CheckInStore.explained(id, key, transaction)
      else { throw CheckInRefusal.unknownCheckIn(id) }
      return found
    }
  }
}

extension CheckInStore {
  fileprivate static func explained(
    _ id: CheckIn.ID, _ key: StoredKey, _ transaction: borrowing Transaction
  ) throws -> ExplainedCheckIn? {
    let rows = try transaction.query(
      """
      select \(fragment: columns), r.check_in_id is null as stands
      from check_ins as c
      left join check_in_reversals as r
          on r.diner_id = c.diner_id
          and r.service_date = c.service_date
          and r.check_in_id = c.check_in_id
      where c.diner_id = \(key.diner)
          and c.service_date = \(key.day)::date
          and c.check_in_id = \(id)::uuid
      """)
    guard let row = rows.first else { return nil }
    let pricing = try StoredPricing(json: row.decode("pricing"))
    return ExplainedCheckIn(
      checkIn: try checkIn(row), inputs: pricing.inputs, line: pricing.line,
      stands: try row.decode("stands"),
      adjustments: try AdjustmentStore.of(id, diner: key.diner, day: key.day, transaction))
  }
}
