import CanteenDomain
import Postgres

/// What a period's subsidies are computed from, and what is known of a canteen's other statements.
extension StatementStore {
  /// A canteen's statements, oldest first.
  static func all(
    of canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> [Statement] {
    try transaction.query(
      """
      select summary::text as summary
      from statements
      where canteen_code = \(canteen)
      order by period_from
      """
    ).map { try CanonicalJSON.value(Statement.self, from: $0.decode("summary")) }
  }

  /// What a statement's columns say of it beside its summary.
  static func columns(
    _ number: String, _ transaction: borrowing Transaction
  ) throws -> (lines: Int, list: Fen, diner: Fen) {
    let rows = try transaction.query(
      "select lines, list_fen, diner_fen from statements where statement_no = \(number)")
    guard let row = rows.first else { throw StatementRefusal.unknown(number) }
    return (try row.decode("lines"), try row.decode("list_fen"), try row.decode("diner_fen"))
  }

  /// The statements that have the own lines of some meals.
  static func numbers(
    of checkIns: [CheckIn.ID], _ transaction: borrowing Transaction
  ) throws -> [String] {
    try transaction.query(
      """
      select distinct l.statement_no
      from check_in_keys as k
      join statement_lines as l
          on l.diner_id = k.diner_id
          and l.service_date = k.service_date
          and l.check_in_id = k.check_in_id
          and l.adjustment_no = 0
          and l.sign = 1
      where k.check_in_id = any(\(checkIns)::uuid[])
      """
    ).map { try $0.decode("statement_no") }
  }

  /// Meals that were served in a period as they stand at the end of `asOf`, whenever they were entered
  /// until then: neither reversed nor disallowed, and priced by their last adjustment.
  /// - Parameters:
  ///   - closing: when a statement is closed over them: disallowances belong to no day of the books, and
  ///     those of before count.
  ///   - moment: until when rounds and merges were known.
  ///   - withTrips: whether for meals that were brought the facts of the people are read too, and the
  ///     rounds on which they were.
  static func standing(
    _ canteen: Canteen.Code, from: Day, to: Day, asOf: Day, closedAt closing: Instant,
    knownAt moment: Instant, at facts: CanteenFacts, calendar: CanteenCalendar, withTrips: Bool,
    _ transaction: borrowing Transaction
  ) throws -> (meals: [PricedMeal], diners: [Int64: DinerFacts]) {
    let rows = try transaction.query(
      """
      select
          \(fragment: CheckInStore.factColumns),
          coalesce(a.pricing -> 'line', c.pricing -> 'line')::text as line,
          case
              when \(withTrips)::boolean and c.mode = 'home_delivery'
              then (c.pricing #> '{inputs,diner}')::text
          end as diner,
          t.round_no::bigint as round_no
      from check_ins as c
      left join lateral (
          select r.round_no
          from delivery_rounds as r
          where \(withTrips)::boolean
              and c.mode = 'home_delivery'
              and r.canteen_code = c.canteen_code
              and r.service_date = c.service_date
              and r.period = c.period
              and r.revision = (
                  select max(o.revision)
                  from delivery_rounds as o
                  where o.canteen_code = r.canteen_code
                      and o.service_date = r.service_date
                      and o.period = r.period
                      and o.recorded_at <= \(moment)::timestamptz
              )
              and (
                  c.diner_id = any(r.stops)
                  or exists (
                      select
                      from diner_aliases as s
                      where s.diner_id = c.diner_id
                          and s.into_diner_id = any(r.stops)
                          and s.revision = (
                              select max(o.revision)
                              from diner_aliases as o
                              where o.diner_id = s.diner_id
                                  and o.merged_at <= \(moment)::timestamptz
                          )
                  )
              )
          order by r.round_no
          limit 1
      ) as t on true
      left join lateral (
          select a.pricing
          from adjustments as a
          where a.diner_id = c.diner_id
              and a.service_date = c.service_date
              and a.check_in_id = c.check_in_id
              and a.posted_on <= \(asOf)::date
          order by a.adjustment_no desc
          limit 1
      ) as a on true
      where c.canteen_code = \(canteen)
          and c.guest_kind is null
          and c.service_date between \(from)::date and \(to)::date
          and c.posted_on <= \(asOf)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
                  and r.posted_on <= \(asOf)::date
          )
          and not exists (
              select
              from statement_lines as l
              join statement_disallowances as d
                  on d.statement_no = l.statement_no and d.line_no = l.line_no
              where l.diner_id = c.diner_id
                  and l.service_date = c.service_date
                  and l.check_in_id = c.check_in_id
                  and l.adjustment_no = 0
                  and d.recorded_at < \(closing)::timestamptz
          )
      order by c.service_date, c.served_at, c.check_in_id
      """)
    var diners: [Int64: DinerFacts] = [:]
    var reader = PricedLineReader()
    let meals = try rows.map { row in
      let checkIn = try CheckInStore.checkIn(row)
      if let text = try row.decode("diner", as: String?.self) {
        diners[checkIn.diner] = try CanonicalJSON.value(DinerFacts.self, from: text)
      }
      var meal = Meal(
        id: checkIn.id.text, day: checkIn.day, time: calendar.time(of: checkIn.servedAt),
        period: checkIn.period, mode: checkIn.mode, canteen: facts, listFen: checkIn.list,
        auth: checkIn.auth)
      meal.tripID = try row.decode("round_no", as: Int?.self).map { "\(checkIn.period) \($0)" }
      return PricedMeal(
        dinerID: checkIn.diner, meal: meal, line: try reader.line(row.decode("line")))
    }
    return (meals, diners)
  }
}
