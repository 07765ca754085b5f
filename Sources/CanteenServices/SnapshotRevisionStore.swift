import CanteenDomain
import Postgres

/// Counts what a snapshot is made from.
enum SnapshotRevisionStore {
  /// What was recorded of persons since a moment, and the menus of some days.
  static func register(since: Instant, menusFrom day: Day) -> SQL {
    """
    select array[
        (select count(*) from diner_records where recorded_at >= \(since)::timestamptz),
        (select count(*) from entitlements where recorded_at >= \(since)::timestamptz),
        (select count(*) from entitlement_steps where taken_at >= \(since)::timestamptz),
        (select count(*) from diner_statuses where recorded_at >= \(since)::timestamptz),
        (select count(*) from cards where issued_at >= \(since)::timestamptz),
        (select count(*) from card_events where recorded_at >= \(since)::timestamptz),
        (select count(*) from menus where service_date >= \(day)::date)
    ] as counts
    """
  }

  static func meals(of day: Day) -> SQL {
    """
    select array[
        (
            select count(*)
            from check_ins
            where canteen_code = any(array(select code from canteens))
                and service_date = \(day)::date
        ),
        (select count(*) from check_in_reversals where posted_on >= \(day)::date)
    ] as counts
    """
  }

  static func counts(_ rows: [Row]) throws -> [Int] {
    guard let row = rows.first else { preconditionFailure("counts make one row") }
    return try row.decode("counts")
  }
}
