import CanteenDomain
import Postgres

/// What a day's report reads beside its totals, and rows of `till_differences`.
enum DayReportStore {
  /// Each means of payment that was used or counted.
  static func till(
    _ books: DayCloseStore.Books, _ transaction: borrowing Transaction
  ) throws -> [TillLine] {
    let (canteen, day) = (books.canteen, books.day)
    return try transaction.query(
      """
      with ledger as (
          select means, sum(fen)::bigint as fen
          from till_days
          where canteen_code = \(canteen)
              and day = \(day)
              and (service_date = \(day) or is_paid_back)
          group by means
      ),
      counted as (
          select key as means, amount as fen
          from current_independent_counts
          where canteen_code = \(canteen) and service_date = \(day)::date and source = 'till'
      )
      select
          coalesce(l.means, t.means) as means, coalesce(l.fen, 0) as ledger, t.fen as till, d.reason
      from ledger as l
      full join counted as t on t.means = l.means
      left join till_differences as d
          on d.canteen_code = \(canteen)
          and d.closed_day = \(day)::date
          and d.means = coalesce(l.means, t.means)
      where coalesce(l.fen, 0) <> 0 or t.fen is not null
      order by 1
      """
    ).map {
      TillLine(
        means: try $0.decode("means"), ledger: try $0.decode("ledger"), till: try $0.decode("till"),
        reason: try $0.decode("reason"))
    }
  }

  /// What the policies called the groups under whose codes a day's meals were priced.
  static func tierTitles(
    _ books: DayCloseStore.Books, _ transaction: borrowing Transaction
  ) throws -> [String: String] {
    let rows = try transaction.query(
      """
      select category, string_agg(distinct title, '、' order by title) as titles
      from (
          select c.category, \(fragment: CheckInStore.tierTitle) as title
          from check_ins as c
          where c.canteen_code = \(books.canteen)
              and c.posted_on = \(books.day)
              and c.service_date between \(books.firstServed) and \(books.day)
      ) as priced
      where title is not null
      group by category
      """)
    return try Dictionary(
      rows.map { (try $0.decode("category"), try $0.decode("titles")) },
      uniquingKeysWith: { $1 })
  }

  static func insert(
    _ lines: [TillLine], _ canteen: Canteen.Code, _ day: Day, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into till_differences (
          canteen_code, closed_day, means, ledger_fen, till_fen, reason, recorded_at, recorded_by
      )
      select \(canteen), \(day)::date, means, ledger, till, \(reason), \(by.at), \(by.by)
      from unnest(
          \(lines.map(\.means.rawValue))::text[], \(lines.map(\.ledger))::bigint[],
          \(lines.map { $0.till ?? 0 })::bigint[]
      ) as t (means, ledger, till)
      """)
  }

  /// 冲正 in the day's books.
  static func voids(
    _ books: DayCloseStore.Books, _ transaction: borrowing Transaction
  ) throws -> [DayReport.Entry] {
    try transaction.query(
      """
      select
          c.check_in_id, c.service_date, c.served_at, d.name, c.list_fen, c.diner_fen,
          r.reversed_by as by, r.reversed_at as at, r.reason
      from check_in_reversals as r
      join check_ins as c
          on c.diner_id = r.diner_id
          and c.service_date = r.service_date
          and c.check_in_id = r.check_in_id
      left join current_diner_records as d on d.diner_id = c.diner_id
      where r.posted_on = \(books.day)
          and c.canteen_code = \(books.canteen)
          and c.service_date between \(books.firstServed) and \(books.day)
      order by r.reversed_at, c.check_in_id
      """
    ).map(entry)
  }

  /// 补录: meals of days that were closed already, and meals from lists written by hand.
  static func late(
    _ books: DayCloseStore.Books, _ transaction: borrowing Transaction
  ) throws -> [DayReport.Entry] {
    try transaction.query(
      """
      select
          c.check_in_id, c.service_date, c.served_at, d.name, c.list_fen, c.diner_fen,
          c.recorded_by as by, c.recorded_at as at, c.entry as reason
      from check_ins as c
      left join current_diner_records as d on d.diner_id = c.diner_id
      where c.canteen_code = \(books.canteen)
          and c.posted_on = \(books.day)
          and c.service_date between \(books.firstServed) and \(books.day)
          and (c.service_date < c.posted_on or c.entry = 'late')
      order by c.served_at, c.check_in_id
      """
    ).map(entry)
  }

  private static func entry(_ row: Row) throws -> DayReport.Entry {
    DayReport.Entry(
      checkIn: try row.decode("check_in_id"), day: try row.decode("service_date"),
      servedAt: try row.decode("served_at"),
      name: try row.decode("name", as: String?.self)?.maskedName ?? "",
      list: try row.decode("list_fen"), dinerPays: try row.decode("diner_fen"),
      by: Attribution(by: try row.decode("by"), at: try row.decode("at")),
      reason: try row.decode("reason"))
  }
}
