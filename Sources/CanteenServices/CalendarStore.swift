import CanteenDomain
import Postgres

/// Rows of `calendar_days`.
enum CalendarStore {
  static func days(_ transaction: borrowing Transaction) throws -> [CalendarDay] {
    try transaction.query(
      "select service_date, kind, name from current_calendar_days order by service_date"
    ).map(day)
  }

  static func calendar(_ transaction: borrowing Transaction) throws -> ServiceCalendar {
    ServiceCalendar(try days(transaction))
  }

  /// When it changed.
  static func moments(_ transaction: borrowing Transaction) throws -> [Instant] {
    try transaction.query("select distinct recorded_at from calendar_days").map {
      try $0.decode("recorded_at")
    }
  }

  /// The calendar as it was known at a moment.
  static func calendar(
    knownAt moment: Instant, _ transaction: borrowing Transaction
  ) throws -> ServiceCalendar {
    try ServiceCalendar(
      transaction.query(
        """
        select distinct on (service_date) service_date, kind, name
        from calendar_days
        where recorded_at <= \(moment)::timestamptz
        order by service_date, revision desc
        """
      ).map(day))
  }

  private static func day(_ row: Row) throws -> CalendarDay {
    CalendarDay(
      day: try row.decode("service_date"), kind: try row.decode("kind"),
      name: try row.decode("name"))
  }

  /// Adds days as the newest revision of each.
  static func insert(
    _ days: [CalendarDay], by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into calendar_days (service_date, revision, kind, name, recorded_by, recorded_at)
      select
          new.service_date,
          coalesce(
              (
                  select max(old.revision)
                  from calendar_days as old
                  where old.service_date = new.service_date
              ), 0
          ) + 1,
          new.kind, new.name, \(by.by), \(by.at)
      from unnest(
          \(days.map(\.day))::date[], \(days.map(\.kind))::text[], \(days.map(\.name))::text[]
      ) as new (service_date, kind, name)
      """)
    try ReferenceStore.note(.calendarDays, transaction)
  }
}
