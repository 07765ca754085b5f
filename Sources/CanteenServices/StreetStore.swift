import CanteenDomain
import Postgres

/// What the street office's page reads.
enum StreetStore {
  static func days(
    _ day: Day, offsetSeconds: Int, _ transaction: borrowing Transaction
  ) throws -> [StreetService.CanteenDay] {
    let rows = try transaction.query(
      """
      select
          c.canteen_code, c.period, c.mode,
          extract(hour from (c.served_at at time zone 'UTC')
              + make_interval(secs => \(offsetSeconds)::integer))::integer as hour,
          count(*)::integer as meals, sum(c.list_fen)::bigint as list_fen,
          sum(c.diner_fen)::bigint as diner_fen
      from check_ins as c
      where c.service_date = \(day)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      group by 1, 2, 3, 4
      """)
    let open = try transaction.query(
      """
      select e.canteen_code, count(*)::integer as exceptions
      from check_in_exceptions as e
      where not exists (
          select from check_in_exception_decisions as d where d.check_in_id = e.check_in_id
      )
      group by e.canteen_code
      """)
    var days = Dictionary(
      try CanteenStore.all(transaction).map { canteen in
        (
          canteen.code,
          StreetService.CanteenDay(
            canteen: canteen.code, name: canteen.name, meals: 0, byPeriod: [:], byMode: [:],
            list: 0, dinersPay: 0, subsidies: 0, openExceptions: 0,
            byHour: Array(repeating: 0, count: 24))
        )
      }, uniquingKeysWith: { first, _ in first })
    for row in rows {
      let (code, meals): (String, Int) = (
        try row.decode("canteen_code"), try row.decode("meals")
      )
      let (list, paid): (Fen, Fen) = (try row.decode("list_fen"), try row.decode("diner_fen"))
      days[code]?.meals += meals
      days[code]?.byPeriod[try row.decode("period"), default: 0] += meals
      days[code]?.byMode[try row.decode("mode"), default: 0] += meals
      days[code]?.byHour[try row.decode("hour")] += meals
      days[code]?.list += list
      days[code]?.dinersPay += paid
      days[code]?.subsidies += list - paid
    }
    for row in open {
      days[try row.decode("canteen_code")]?.openExceptions = try row.decode("exceptions")
    }
    return days.values.sorted { $0.canteen < $1.canteen }
  }
}
