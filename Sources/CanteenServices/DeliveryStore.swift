import CanteenDomain
import Postgres

/// Rows of `delivery_rounds` and `delivery_receipts`.
enum DeliveryStore {
  /// A round as it is kept: persons by their numbers.
  struct Round {
    var number: Int
    var courier: String
    var stops: [Diner.ID]
  }

  static func rounds(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    _ transaction: borrowing Transaction
  ) throws -> [Round] {
    try transaction.query(
      """
      select round_no, courier, stops
      from current_delivery_rounds
      where canteen_code = \(canteen) and service_date = \(day)::date and period = \(period)
      order by round_no
      """
    ).map { row in
      Round(
        number: try row.decode("round_no"), courier: try row.decode("courier"),
        stops: try row.decode("stops"))
    }
  }

  /// Writes the rounds of a meal as its newest plan.
  static func insert(
    _ rounds: [DeliveryRound], _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    let revision = try transaction.query(
      """
      select coalesce(max(revision), 0) + 1 as revision
      from delivery_rounds
      where canteen_code = \(canteen) and service_date = \(day)::date and period = \(period)
      """
    ).first?.decode("revision", as: Int.self)
    for round in rounds {
      try transaction.execute(
        """
        insert into delivery_rounds (
            canteen_code, service_date, period, revision, round_no, courier, stops, recorded_by,
            recorded_at
        ) values (
            \(canteen), \(day)::date, \(period), \(revision ?? 1), \(round.number),
            \(round.courier), \(round.stops.map(\.diner)), \(by.by), \(by.at)
        )
        """)
    }
  }

  static func receipts(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    _ transaction: borrowing Transaction
  ) throws -> [DeliveryReceipt] {
    try transaction.query(
      """
      select diner_id, received_at, received_by, is_proxy, courier
      from delivery_receipts
      where canteen_code = \(canteen) and service_date = \(day)::date and period = \(period)
      order by received_at, diner_id
      """
    ).map { row in
      DeliveryReceipt(
        diner: try row.decode("diner_id"), day: day, period: period, canteen: canteen,
        receivedAt: try row.decode("received_at"), receivedBy: try row.decode("received_by"),
        isProxy: try row.decode("is_proxy"), courier: try row.decode("courier"))
    }
  }

  /// When a receipt that is there was recorded.
  static func recordedAt(
    _ receipt: DeliveryReceipt, _ transaction: borrowing Transaction
  ) throws -> Instant {
    let row = try transaction.query(
      """
      select recorded_at
      from delivery_receipts
      where diner_id = \(receipt.diner)
          and service_date = \(receipt.day)::date
          and period = \(receipt.period)
      """
    ).first
    guard let row else { preconditionFailure("the receipt was read in this transaction") }
    return try row.decode("recorded_at")
  }

  /// - Returns: false if the meal was received before.
  static func insert(
    _ receipt: DeliveryReceipt, by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into delivery_receipts (
          diner_id, service_date, period, canteen_code, received_at, received_by, is_proxy, courier,
          recorded_by, recorded_at
      ) values (
          \(receipt.diner), \(receipt.day)::date, \(receipt.period), \(receipt.canteen),
          \(receipt.receivedAt), \(receipt.receivedBy), \(receipt.isProxy), \(receipt.courier),
          \(by.by), \(by.at)
      )
      on conflict (diner_id, service_date, period) do nothing
      """) == 1
  }
}
