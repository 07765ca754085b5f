import CanteenDomain
import Postgres

/// Rows of `standing_orders`.
enum StandingOrderStore {
  private static let columns: SQL = """
    s.diner_id, s.standing_no, s.weekdays, s.valid_from, s.valid_to, s.canteen_code, s.period,
    s.mode, s.size, s.dishes, s.note, s.channel, s.ordered_by
    """

  private static func standing(_ row: Row) throws -> StandingOrder {
    StandingOrder(
      diner: try row.decode("diner_id"), number: try row.decode("standing_no"),
      wish: try OrderStore.wish(row),
      weekdays: try row.decode("weekdays", as: [Int16].self).map(Int.init),
      from: try row.decode("valid_from"), to: try row.decode("valid_to"))
  }

  /// The standing orders of a canteen that may ask for a meal between two days, the oldest first.
  static func all(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [StandingOrder] {
    try transaction.query(
      """
      select \(fragment: columns)
      from current_standing_orders as s
      where s.canteen_code = \(canteen)
          and s.valid_from <= \(to)::date
          and coalesce(s.valid_to, 'infinity') >= \(from)::date
      order by s.valid_from, s.diner_id, s.standing_no
      """
    ).map(standing)
  }

  static func all(
    of diner: Diner.ID, _ transaction: borrowing Transaction
  ) throws -> [StandingOrder] {
    try transaction.query(
      """
      select \(fragment: columns)
      from current_standing_orders as s
      where s.diner_id = \(diner)
      order by s.standing_no
      """
    ).map(standing)
  }

  /// Writes a standing order as its newest revision.
  static func insert(
    _ order: StandingOrder, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    let wish = order.wish
    try transaction.execute(
      """
      insert into standing_orders (
          diner_id, standing_no, revision, canteen_code, period, weekdays, mode, size, dishes, note,
          channel, ordered_by, valid_from, valid_to, recorded_by, recorded_at
      )
      select
          \(order.diner), \(order.number)::integer, coalesce(max(revision), 0) + 1,
          \(wish.canteen)::text, \(wish.period)::text,
          \(order.weekdays.map(Int16.init))::smallint[], \(wish.mode)::text, \(wish.size)::text,
          \(wish.dishes)::text[], \(wish.note)::text, \(wish.channel)::text,
          \(wish.orderedBy)::text, \(order.from)::date, \(order.to)::date, \(by.by)::text,
          \(by.at)::timestamptz
      from standing_orders
      where diner_id = \(order.diner) and standing_no = \(order.number)
      """)
  }
}
