import CanteenDomain
import Postgres

/// Rows of `calendar_days`.
enum CalendarStore {
  static func days(_ transaction: borrowing Transaction) throws -> [CalendarDay] {
    try transaction.query(
      "select service_date, kind, name from current_calendar_days order by service_date"
    ).map {
      CalendarDay(
        day: try $0.decode("service_date"), kind: try $0.decode("kind"), name: try $0.decode("name")
      )
    }
  }

  static func calendar(_ transaction: borrowing Transaction) throws -> ServiceCalendar {
    ServiceCalendar(try days(transaction))
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
