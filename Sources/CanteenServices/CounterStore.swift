import CanteenDomain
import Postgres

/// What the counter reads of today's check-ins, of persons and of what they may show.
enum CounterStore {
  /// Served between the day's two midnights: what the index by canteen and time answers.
  private static func ofDay(
    _ canteen: Canteen.Code, _ day: Day, _ calendar: CanteenCalendar
  ) -> SQL {
    let midnight = calendar.instant(day, .midnight)
    return """
      c.canteen_code = \(canteen)
          and c.service_date = \(day)::date
          and c.served_at >= \(midnight)::timestamptz
          and c.served_at < \(midnight.adding(seconds: 86_400))::timestamptz
      """
  }

  private static let notReversed: SQL = """
    not exists (
        select
        from check_in_reversals as r
        where r.diner_id = c.diner_id
            and r.service_date = c.service_date
            and r.check_in_id = c.check_in_id
    )
    """

  static func counts(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod?, _ calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> [ServiceMode: Int] {
    let rows = try transaction.query(
      """
      select c.mode, count(*)::integer as meals
      from check_ins as c
      where \(fragment: ofDay(canteen, day, calendar))
          and c.period = coalesce(\(period)::text, c.period)
          and \(fragment: notReversed)
      group by c.mode
      """)
    return try Dictionary(
      rows.map { (try $0.decode("mode"), try $0.decode("meals")) },
      uniquingKeysWith: { first, _ in first })
  }

  private static let listed: SQL = """
    select \(fragment: CheckInStore.listedColumns), c.recorded_by, d.name,
        r.check_in_id is null as stands
    from check_ins as c
    left join lateral (
        select name
        from diner_records
        where diner_id = c.diner_id
        order by record_no desc
        limit 1
    ) as d on true
    left join check_in_reversals as r
        on r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
    """

  static func last(
    _ count: Int, _ canteen: Canteen.Code, on day: Day, _ calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> [CounterService.CounterCheckIn] {
    try transaction.query(
      """
      \(fragment: listed)
      where \(fragment: ofDay(canteen, day, calendar))
      order by c.served_at desc, c.recorded_at desc
      limit \(count)
      """
    ).map(counterCheckIn)
  }

  static func checkIn(
    _ checkIn: CheckIn, _ transaction: borrowing Transaction
  ) throws -> CounterService.CounterCheckIn? {
    try transaction.query(
      """
      \(fragment: listed)
      where c.diner_id = \(checkIn.diner)
          and c.service_date = \(checkIn.day)::date
          and c.check_in_id = \(checkIn.id)
      """
    ).first.map(counterCheckIn)
  }

  private static func counterCheckIn(_ row: Row) throws -> CounterService.CounterCheckIn {
    CounterService.CounterCheckIn(
      listed: try CheckInStore.listed(row), recordedBy: try row.decode("recorded_by"))
  }

  /// Whose residence lies in one of some regions.
  static func residents(
    of regions: [Region.Code], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID] {
    try transaction.query(
      """
      select r.diner_id
      from diner_records as r
      where r.residence_region = any(\(regions)::text[])
          and \(fragment: DinerStore.isLatest)
      order by r.diner_id
      """
    ).map { try $0.decode("diner_id") }
  }

  /// The good cards of some persons: the number of an office's card, or the sealed one.
  static func cards(
    of diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [(diner: Diner.ID, number: String, sealed: [UInt8]?)] {
    try transaction.query(
      """
      select c.diner_id, c.card_no, c.number_sealed
      from cards as c
      \(fragment: CredentialStore.lastEvent)
      where c.diner_id = any(\(diners)::bigint[])
          and coalesce(e.event, 'found') = 'found'
      """
    ).map {
      (try $0.decode("diner_id"), try $0.decode("card_no"), try $0.decode("number_sealed"))
    }
  }
}

extension TimeOfDay {
  /// 00:00.
  static let midnight: TimeOfDay = {
    guard let midnight = TimeOfDay(seconds: 0) else {
      preconditionFailure("a day has a 0th second")
    }
    return midnight
  }()
}
