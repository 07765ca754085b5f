import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `day_closes`, and what they are made from.
enum DayCloseStore {
  /// The last closed day of a canteen and its seal.
  struct Head: Sendable, Hashable {
    var day: Day
    var seal: Seal
  }

  /// Keeps check-ins of the canteen waiting until the transaction ends; they hold the row for share.
  static func lock(_ canteen: Canteen.Code, _ transaction: borrowing Transaction) throws {
    try transaction.execute("select code from canteens where code = \(canteen) for update")
  }

  /// Keeps other closings and steps of the canteen's statements waiting, and nobody's check-in.
  static func hold(_ canteen: Canteen.Code, _ transaction: borrowing Transaction) throws {
    try transaction.execute(
      "select code from canteens where code = \(canteen) for no key update")
  }

  static func head(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> Head? {
    try transaction.query(
      """
      select closed_day, seal
      from day_closes
      where canteen_code = \(canteen)
      order by closed_day desc
      limit 1
      """
    ).first.map { Head(day: try $0.decode("closed_day"), seal: try $0.decode("seal")) }
  }

  /// The day in whose books something stands that is entered today: today, or the first open day. The
  /// canteen is locked.
  static func postingDay(
    _ canteen: Canteen.Code, today: Day, _ transaction: borrowing Transaction
  ) throws -> Day {
    try head(canteen, transaction).map { max(today, $0.day + 1) } ?? today
  }

  /// The last closed day of each of several canteens, found without reading those before it.
  static func heads(of canteens: [Canteen.Code]) -> SQL {
    """
    select c.canteen_code, h.closed_day
    from unnest(\(canteens)::text[]) as c (canteen_code)
    cross join lateral (
        select closed_day
        from day_closes as d
        where d.canteen_code = c.canteen_code
        order by closed_day desc
        limit 1
    ) as h
    """
  }

  static func closedThrough(_ rows: [Row]) throws -> [Canteen.Code: Day] {
    var closed: [Canteen.Code: Day] = [:]
    for row in rows { closed[try row.decode("canteen_code")] = try row.decode("closed_day") }
    return closed
  }

  /// The first day that has anything in a canteen's books.
  static func firstPostedDay(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> Day? {
    try transaction.query(
      """
      select least(
          (select min(posted_on) from check_ins where canteen_code = \(canteen)),
          (select min(posted_on) from advances where canteen_code = \(canteen))
      ) as first_day
      """
    ).first?.decode("first_day")
  }

  /// A day of a canteen's books, and the first day of whose meals something is posted on it. Nearly
  /// always that is the day itself: then one month's partitions are read, however long history is.
  struct Books: Sendable, Hashable {
    var canteen: Canteen.Code
    var day: Day
    var firstServed: Day

    /// For who trusts nothing of what the books say of themselves.
    init(whole canteen: Canteen.Code, _ day: Day) {
      self.canteen = canteen
      self.day = day
      firstServed = Day(number: 0)
    }

    init(
      _ canteen: Canteen.Code, _ day: Day, _ transaction: borrowing Transaction
    ) throws {
      self.canteen = canteen
      self.day = day
      let late: Day? = try transaction.query(
        """
        select least(
            (
                select min(service_date)
                from late_check_ins
                where canteen_code = \(canteen) and posted_on = \(day)::date
            ),
            (select min(service_date) from check_in_reversals where posted_on = \(day)::date),
            (
                select min(service_date)
                from adjustments
                where canteen_code = \(canteen) and posted_on = \(day)::date
            )
        ) as first_day
        """
      ).first?.decode("first_day")
      firstServed = min(late ?? day, day)
    }
  }

  /// The canonical lines of a day, in the order in which they are sealed.
  static func sealedLines(
    _ books: Books, _ transaction: borrowing Transaction
  ) throws -> [String] {
    try transaction.query(
      """
      select line
      from sealed_lines
      where canteen_code = \(books.canteen)
          and posted_on = \(books.day)
          and service_date between \(books.firstServed) and \(books.day)
      order by line collate "C"
      """
    ).map { try $0.decode("line") }
  }

  /// What the day's report shows, derived from the facts of the day.
  static func totals(
    _ books: Books, _ transaction: borrowing Transaction
  ) throws -> DayTotals {
    let counts = try transaction.query(
      """
      select period, mode, coalesce(category, '') as category, count(*) as meals,
          sum(list_fen)::bigint as list_fen
      from check_ins
      where canteen_code = \(books.canteen)
          and posted_on = \(books.day)
          and service_date between \(books.firstServed) and \(books.day)
      group by period, mode, coalesce(category, '')
      order by 1, 2, 3
      """)
    let accounts = try transaction.query(
      """
      select account, sum(side.fen)::bigint as fen
      from transfers
      cross join lateral (
          values (debit_account, fen), (credit_account, -fen)
      ) as side (account, fen)
      where canteen_code = \(books.canteen)
          and posted_on = \(books.day)
          and service_date between \(books.firstServed) and \(books.day)
      group by account
      order by account
      """)
    let reversals = try transaction.query(
      """
      select count(*) as reversals
      from check_in_reversals as r
      join check_ins as c
          on c.diner_id = r.diner_id
          and c.service_date = r.service_date
          and c.check_in_id = r.check_in_id
      where c.canteen_code = \(books.canteen)
          and c.service_date between \(books.firstServed) and \(books.day)
          and r.posted_on = \(books.day)
      """)
    return DayTotals(
      counts: try counts.map {
        DayTotals.Count(
          period: try $0.decode("period"), mode: try $0.decode("mode"),
          category: try $0.decode("category"), meals: try $0.decode("meals"),
          list: try $0.decode("list_fen"))
      },
      accounts: try accounts.map {
        DayTotals.Balance(account: try $0.decode("account"), fen: try $0.decode("fen"))
      },
      reversals: try reversals.first?.decode("reversals") ?? 0)
  }

  static func insert(
    _ close: DayClose, lines: Seal, seal: Seal, totals: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into day_closes (
          canteen_code, closed_day, closed_at, closed_by, check_ins, reversals, list_fen, totals,
          lines_sha256, seal
      ) values (
          \(close.canteen), \(close.day)::date, \(by.at), \(by.by), \(close.totals.meals)::integer,
          \(close.totals.reversals)::integer, \(close.totals.list), \(totals)::text::jsonb,
          \(lines), \(seal)
      )
      """)
  }

  /// Closed days in order, with what is needed to verify them.
  static func closed(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [StoredClose] {
    try transaction.query(
      """
      select closed_day, closed_at, closed_by, totals::text as totals, lines_sha256, seal
      from day_closes
      where canteen_code = \(canteen)
          and closed_day between \(from)::date and \(to)::date
      order by closed_day
      """
    ).map {
      StoredClose(
        day: try $0.decode("closed_day"), closedAt: try $0.decode("closed_at"),
        closedBy: try $0.decode("closed_by"), totals: try $0.decode("totals"),
        lines: try $0.decode("lines_sha256"), seal: try $0.decode("seal"))
    }
  }

  /// A row of `day_closes`.
  struct StoredClose: Sendable, Hashable {
    var day: Day
    var closedAt: Instant
    var closedBy: String
    var totals: String
    var lines: Seal
    var seal: Seal
  }
}
