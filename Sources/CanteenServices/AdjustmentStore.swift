import CanteenDomain
import Postgres

/// Rows of `adjustments` and the transfers that belong to them.
enum AdjustmentStore {
  /// The newest adjustment of each meal of some persons.
  /// - Parameter whose: a condition on `diner_id`.
  static func latest(where whose: SQL) -> SQL {
    """
    select distinct on (diner_id, service_date, check_in_id)
        diner_id, service_date, check_in_id, adjustment_no, pricing
    from adjustments
    where \(fragment: whose)
    order by diner_id, service_date, check_in_id, adjustment_no desc
    """
  }

  /// An adjustment that is due, with what it is written by.
  struct Due {
    var adjustment: Adjustment
    var checkIn: CheckIn.ID
    var canteen: Canteen.Code
    var postedOn: Day
    var pricing: StoredPricing
  }

  /// The highest numbers in use for a meal.
  private struct Numbers {
    var adjustment = 0
    var transfer = 0
  }

  /// Stores adjustments and their transfers; their persons are locked.
  static func insert(
    _ due: [Due], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    let numbers = try numbers(of: due, transaction)
    let next = due.map { (numbers[$0.checkIn] ?? Numbers()).adjustment + 1 }
    try transaction.execute(
      """
      insert into adjustments (
          diner_id, service_date, check_in_id, adjustment_no, posted_on, canteen_code, kind, cause,
          payee, fen, differences, pricing, recorded_by, recorded_at
      )
      select *, \(by.by), \(by.at)
      from unnest(
          \(due.map(\.adjustment.dinerID))::bigint[], \(due.map(\.adjustment.day))::date[],
          \(due.map(\.checkIn))::uuid[], \(next)::smallint[], \(due.map(\.postedOn))::date[],
          \(due.map(\.canteen))::text[], \(due.map(\.adjustment.kind))::text[],
          \(due.map(\.adjustment.cause))::text[], \(due.map(\.adjustment.payee))::text[],
          \(due.map(\.adjustment.fen))::bigint[],
          \(try due.map { try CanonicalJSON.text($0.adjustment.differences) })::text[]::jsonb[],
          \(try due.map { try $0.pricing.json() })::text[]::jsonb[]
      )
      """)
    let rows = due.flatMap { due in
      let first = (numbers[due.checkIn] ?? Numbers()).transfer + 1
      return Transfer.transfers(for: due.adjustment).enumerated().map { index, transfer in
        TransferStore.Row(
          diner: due.adjustment.dinerID, day: due.adjustment.day, checkIn: due.checkIn,
          number: first + index, postedOn: due.postedOn, canteen: due.canteen, transfer: transfer)
      }
    }
    try transaction.execute(TransferStore.insert(rows))
  }

  private static func numbers(
    of due: [Due], _ transaction: borrowing Transaction
  ) throws -> [CheckIn.ID: Numbers] {
    let keys: SQL = """
      select *
      from unnest(
          \(due.map(\.adjustment.dinerID))::bigint[], \(due.map(\.adjustment.day))::date[],
          \(due.map(\.checkIn))::uuid[]
      ) as k (diner_id, service_date, check_in_id)
      """
    let rows = try transaction.query(
      """
      select
          k.check_in_id,
          (
              select coalesce(max(a.adjustment_no), 0)
              from adjustments as a
              where a.diner_id = k.diner_id
                  and a.service_date = k.service_date
                  and a.check_in_id = k.check_in_id
          ) as adjustment_no,
          (
              select coalesce(max(t.transfer_no), 0)
              from transfers as t
              where t.diner_id = k.diner_id
                  and t.service_date = k.service_date
                  and t.check_in_id = k.check_in_id
          ) as transfer_no
      from (\(fragment: keys)) as k
      """)
    return try Dictionary(
      rows.map {
        (
          try $0.decode("check_in_id"),
          Numbers(
            adjustment: try $0.decode("adjustment_no"), transfer: try $0.decode("transfer_no"))
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What canteens bear of earlier adjustments, by meal; where they bear nothing there is no entry.
  static func borneByCanteens(
    of diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [CheckIn.ID: Fen] {
    let rows = try transaction.query(
      """
      select check_in_id, -sum(fen)::bigint as borne
      from adjustments
      where diner_id = any(\(diners)::bigint[]) and payee = 'canteen'
      group by diner_id, service_date, check_in_id
      having sum(fen) < 0
      """)
    return try Dictionary(
      rows.map { (try $0.decode("check_in_id"), try $0.decode("borne")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The adjustments of one meal, the first one first.
  static func of(
    _ id: CheckIn.ID, diner: Diner.ID, day: Day, _ transaction: borrowing Transaction
  ) throws -> [StoredAdjustment] {
    try transaction.query(
      """
      select
          adjustment_no, posted_on, kind, cause, payee, fen, recorded_by, recorded_at,
          (pricing -> 'line')::text as line
      from adjustments
      where diner_id = \(diner) and service_date = \(day)::date and check_in_id = \(id)::uuid
      order by adjustment_no
      """
    ).map {
      StoredAdjustment(
        number: try $0.decode("adjustment_no"), postedOn: try $0.decode("posted_on"),
        kind: try $0.decode("kind"), cause: try $0.decode("cause"), payee: try $0.decode("payee"),
        fen: try $0.decode("fen"),
        recorded: Attribution(by: try $0.decode("recorded_by"), at: try $0.decode("recorded_at")),
        line: try CanonicalJSON.value(PricedLine.self, from: $0.decode("line")))
    }
  }
}

/// An adjustment as it was written.
public struct StoredAdjustment: Sendable, Hashable {
  /// From 1 for each meal.
  public var number: Int
  public var postedOn: Day
  public var kind: Adjustment.Kind
  public var cause: Adjustment.Cause
  public var payee: SettlementTerms.Payee
  /// New subsidy less old.
  public var fen: Fen
  public var recorded: Attribution
  /// What the meal's line is since then.
  public var line: PricedLine
}
