import CanteenDomain
import Postgres

/// Rows of `menu_plans` and `canteen_days`.
enum MenuPlanStore {
  /// What a canteen plans for the days from `from` to `to`, both included; emptied meals are left out.
  static func plans(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [MenuPlan] {
    try transaction.query(
      """
      select service_date, period, dishes, prices_fen, are_single
      from current_menu_plans
      where canteen_code = \(canteen)
          and service_date between \(from)::date and \(to)::date
          and dishes <> '{}'
      order by service_date, array_position(array['breakfast', 'lunch', 'dinner'], period)
      """
    ).map { row in
      let dishes: [String] = try row.decode("dishes")
      let prices: [Fen?] = try row.decode("prices_fen")
      let single: [Bool] = try row.decode("are_single")
      return MenuPlan(
        canteen: canteen, day: try row.decode("service_date"), period: try row.decode("period"),
        entries: dishes.indices.map {
          MenuPlan.Entry(dishes[$0], price: prices[$0], isSingle: single[$0])
        })
    }
  }

  static func insert(
    _ plan: MenuPlan, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into menu_plans (
          canteen_code, service_date, period, revision, dishes, prices_fen, are_single, planned_by,
          planned_at
      )
      select
          \(plan.canteen), \(plan.day)::date, \(plan.period)::text, coalesce(max(revision), 0) + 1,
          \(plan.entries.map(\.dish))::text[], \(plan.entries.map(\.price))::bigint[],
          \(plan.entries.map(\.isSingle))::boolean[], \(by.by)::text, \(by.at)::timestamptz
      from menu_plans
      where canteen_code = \(plan.canteen)
          and service_date = \(plan.day)::date
          and period = \(plan.period)
      """)
  }

  /// Days of a canteen that differ from others.
  static func days(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [CanteenDay] {
    try transaction.query(
      """
      select service_date, kind, name
      from current_canteen_days
      where canteen_code = \(canteen)
          and service_date between \(from)::date and \(to)::date
          and kind <> 'ordinary'
      order by service_date
      """
    ).map { row in
      CanteenDay(
        canteen: canteen, day: try row.decode("service_date"), kind: try row.decode("kind"),
        name: try row.decode("name"))
    }
  }

  static func insert(
    _ day: CanteenDay, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into canteen_days (
          canteen_code, service_date, revision, kind, name, recorded_by, recorded_at
      )
      select
          \(day.canteen), \(day.day)::date, coalesce(max(revision), 0) + 1, \(day.kind)::text,
          \(day.name)::text, \(by.by)::text, \(by.at)::timestamptz
      from canteen_days
      where canteen_code = \(day.canteen) and service_date = \(day.day)::date
      """)
  }
}
