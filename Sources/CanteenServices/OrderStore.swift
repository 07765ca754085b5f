import CanteenDomain
import Postgres

/// Rows of `orders` and `order_rules`.
enum OrderStore {
  static let columns: SQL = """
    o.diner_id, o.service_date, o.period, o.state, o.canteen_code, o.mode, o.size, o.dishes,
    o.note, o.channel, o.ordered_by, o.standing_no, o.is_late
    """

  static func order(_ row: Row) throws -> Order {
    Order(
      diner: try row.decode("diner_id"), day: try row.decode("service_date"),
      wish: try wish(row), standing: try row.decode("standing_no"),
      isWanted: try row.decode("state", as: String.self) == "ordered",
      isLate: try row.decode("is_late"))
  }

  static func wish(_ row: Row) throws -> Order.Wish {
    Order.Wish(
      canteen: try row.decode("canteen_code"), period: try row.decode("period"),
      mode: try row.decode("mode"), size: try row.decode("size"),
      dishes: try row.decode("dishes"), note: try row.decode("note"),
      channel: try row.decode("channel"), orderedBy: try row.decode("ordered_by"))
  }

  /// How the orders of some persons stand for some days, cancelled ones too.
  static func current(
    of diners: [Diner.ID], from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Order] {
    try transaction.query(
      """
      select \(fragment: columns)
      from current_orders as o
      where o.diner_id = any(\(diners)::bigint[])
          and o.service_date between \(from)::date and \(to)::date
      """
    ).map(order)
  }

  /// The orders of a canteen's days that are wanted, by meal and person.
  static func wanted(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Order] {
    try transaction.query(
      """
      select \(fragment: columns)
      from current_orders as o
      where o.service_date between \(from)::date and \(to)::date
          and o.canteen_code = \(canteen)
          and o.state = 'ordered'
      order by
          o.service_date, array_position(array['breakfast', 'lunch', 'dinner'], o.period), o.diner_id
      """
    ).map(order)
  }

  /// Writes orders, each as the newest revision of its meal.
  static func insert(
    _ orders: [Order], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into orders (
          diner_id, service_date, period, revision, state, canteen_code, mode, size, dishes, note,
          channel, ordered_by, standing_no, is_late, recorded_by, recorded_at
      )
      select
          n.diner_id, n.service_date, n.period,
          (
              select coalesce(max(o.revision), 0) + 1
              from orders as o
              where o.diner_id = n.diner_id
                  and o.service_date = n.service_date
                  and o.period = n.period
          ),
          n.state, n.canteen_code, n.mode, n.size,
          coalesce(string_to_array(nullif(n.dishes, ''), E'\\n'), '{}'), n.note, n.channel, n.ordered_by,
          n.standing_no, n.is_late, \(by.by), \(by.at)::timestamptz
      from (\(fragment: rows(orders))) as n
      """)
  }

  /// Writes orders for meals about which nothing was ever said; others are left as they are, cancelled
  /// ones first of all.
  /// - Returns: how many were written.
  static func generate(
    _ orders: [Order], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Int {
    guard !orders.isEmpty else { return 0 }
    return try transaction.execute(
      """
      insert into orders (
          diner_id, service_date, period, revision, state, canteen_code, mode, size, dishes, note,
          channel, ordered_by, standing_no, is_late, recorded_by, recorded_at
      )
      select
          n.diner_id, n.service_date, n.period, 1, n.state, n.canteen_code, n.mode, n.size,
          coalesce(string_to_array(nullif(n.dishes, ''), E'\\n'), '{}'), n.note, n.channel, n.ordered_by,
          n.standing_no, n.is_late, \(by.by), \(by.at)::timestamptz
      from (\(fragment: rows(orders))) as n
      on conflict (diner_id, service_date, period, revision) do nothing
      """)
  }

  private static func rows(_ orders: [Order]) -> SQL {
    let wishes = orders.map(\.wish)
    let standing = orders.map { $0.standing.map(Int32.init) }
    return """
      select
          diner_id, service_date, period, state, canteen_code, mode, size,
          coalesce(dishes, '') as dishes, note, channel, ordered_by, standing_no, is_late
      from unnest(
          \(orders.map(\.diner))::bigint[], \(orders.map(\.day))::date[],
          \(wishes.map(\.period))::text[],
          \(orders.map { $0.isWanted ? "ordered" : "cancelled" })::text[],
          \(wishes.map(\.canteen))::text[], \(wishes.map(\.mode))::text[],
          \(wishes.map(\.size))::text[], \(wishes.map { $0.dishes.joined(separator: "\n") })::text[],
          \(wishes.map(\.note))::text[], \(wishes.map(\.channel))::text[],
          \(wishes.map(\.orderedBy))::text[], \(standing)::integer[],
          \(orders.map(\.isLate))::boolean[]
      ) as x (
          diner_id, service_date, period, state, canteen_code, mode, size, dishes, note, channel,
          ordered_by, standing_no, is_late
      )
      """
  }

  /// One who orders waits for the other, so that the last portion is sold once; check-ins wait for
  /// neither.
  static func lock(_ canteen: Canteen.Code, _ transaction: borrowing Transaction) throws {
    try transaction.execute(
      "select code from canteens where code = \(canteen) for no key update")
  }

  static func rules(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> [MealPeriod: OrderRules] {
    let rows = try transaction.query(
      """
      select
          period, cutoff_days, extract(epoch from cutoff_at)::integer as cutoff_at, capacity,
          sides_per_main, no_show_limit
      from current_order_rules
      where canteen_code = \(canteen)
      """)
    return try Dictionary(
      rows.map { row in
        (
          try row.decode("period"),
          OrderRules(
            cutoffDays: try row.decode("cutoff_days"),
            cutoffAt: TimeOfDay(seconds: try row.decode("cutoff_at")) ?? OrderRules.usualCutoff,
            capacity: try row.decode("capacity"), sidesPerMain: try row.decode("sides_per_main"),
            noShowLimit: try row.decode("no_show_limit"))
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  static func insert(
    _ rules: OrderRules, _ canteen: Canteen.Code, _ period: MealPeriod, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into order_rules (
          canteen_code, period, revision, cutoff_days, cutoff_at, capacity, sides_per_main,
          no_show_limit, recorded_by, recorded_at
      )
      select
          \(canteen), \(period)::text, coalesce(max(revision), 0) + 1,
          \(rules.cutoffDays)::integer, \(rules.cutoffAt.description)::time,
          \(rules.capacity)::integer, \(rules.sidesPerMain)::integer,
          \(rules.noShowLimit)::integer, \(by.by)::text, \(by.at)::timestamptz
      from order_rules
      where canteen_code = \(canteen) and period = \(period)
      """)
  }

  /// Orders with what became of them: the check-in is the fact, the order is only a wish. By meal and
  /// name.
  static func listed(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [ListedOrder] {
    let aliases = try DinerAliases.read(transaction)
    let orders = try transaction.query(
      """
      select \(fragment: columns)
      from current_orders as o
      where o.service_date between \(from)::date and \(to)::date
          and o.canteen_code = \(canteen)
      """
    ).map(order)
    let persons = Set(orders.map { aliases.person(of: $0.diner) }).sorted()
    let names = try DinerStore.names(of: persons, transaction)
    let served = try served(persons, from: from, to: to, aliases, transaction)
    return orders.map { order in
      let person = aliases.person(of: order.diner)
      return ListedOrder(
        order: order, name: names[person] ?? "",
        servedAt: served[Meal(diner: person, day: order.day, period: order.wish.period)])
    }.sorted { $0.place < $1.place }
  }

  private struct Meal: Hashable {
    var diner: Diner.ID
    var day: Day
    var period: MealPeriod
  }

  /// When persons took meals that stand, wherever; by their records, which the primary key answers.
  private static func served(
    _ persons: [Diner.ID], from: Day, to: Day, _ aliases: DinerAliases,
    _ transaction: borrowing Transaction
  ) throws -> [Meal: Instant] {
    guard !persons.isEmpty else { return [:] }
    let rows = try transaction.query(
      """
      select c.diner_id, c.service_date, c.period, max(c.served_at) as served_at
      from check_ins as c
      where c.diner_id = any(\(aliases.records(of: persons))::bigint[])
          and c.service_date between \(from)::date and \(to)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      group by 1, 2, 3
      """)
    return try Dictionary(
      rows.map { row in
        (
          Meal(
            diner: aliases.person(of: try row.decode("diner_id")),
            day: try row.decode("service_date"), period: try row.decode("period")),
          try row.decode("served_at")
        )
      }, uniquingKeysWith: { max($0, $1) })
  }

  /// How many check-ins of a meal were taken back, before a moment if one is given.
  static func reversals(
    of diners: [Diner.ID], on day: Day, _ period: MealPeriod, before moment: Instant?,
    _ transaction: borrowing Transaction
  ) throws -> Int {
    try transaction.query(
      """
      select count(*)
      from check_ins as c
      join check_in_reversals as r
          on r.diner_id = c.diner_id
          and r.service_date = c.service_date
          and r.check_in_id = c.check_in_id
      where c.diner_id = any(\(diners)::bigint[])
          and c.service_date = \(day)::date
          and c.period = \(period)
          and r.reversed_at < coalesce(\(moment)::timestamptz, 'infinity')
      """, as: Int.self
    ).first ?? 0
  }

  /// 未取餐: how many meals each person ordered between two days and did not fetch.
  static func noShows(
    _ canteen: Canteen.Code, _ period: MealPeriod, from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: Int] {
    try listed(canteen, from: from, to: to, transaction)
      .filter { $0.order.wish.period == period && $0.order.isWanted && $0.servedAt == nil }
      .reduce(into: [:]) { $0[$1.order.diner, default: 0] += 1 }
  }
}

/// An order with the person's name and what became of it.
public struct ListedOrder: Sendable, Hashable {
  /// Where it stands.
  public enum State: String, Word, Sendable, Hashable, CaseIterable {
    case ordered
    case served
    /// 未取餐: the day has passed and nobody came.
    case noShow = "no_show"
    case cancelled

    public var name: Sentence {
      switch self {
      case .ordered: Sentence(zh: "已订", en: "ordered")
      case .served: Sentence(zh: "已就餐", en: "served")
      case .noShow: Sentence(zh: "未取餐", en: "not fetched")
      case .cancelled: Sentence(zh: "已取消", en: "cancelled")
      }
    }
  }

  public var order: Order
  public var name: String
  /// When the person took the meal; nil while he did not.
  public var servedAt: Instant?

  /// Where it stands in a list.
  fileprivate var place: (Day, Int, String, Diner.ID) {
    let period = MealPeriod.allCases.firstIndex(of: order.wish.period) ?? 0
    return (order.day, period, name, order.diner)
  }

  /// Where it stands on a day.
  public func state(on today: Day) -> State {
    if servedAt != nil { return .served }
    if !order.isWanted { return .cancelled }
    return order.day < today ? .noShow : .ordered
  }
}
