import CanteenDomain
import Postgres

/// Rows of `late_check_ins`: which check-ins are in the books of a later day than their own.
enum LateCheckInStore {
  private static let columns: SQL =
    "diner_id, service_date, check_in_id, canteen_code, posted_on, recorded_at"

  static func insert(_ batch: [CheckInBatch.Decided]) -> SQL {
    let checkIns = batch.map(\.checkIn.checkIn)
    return """
      insert into late_check_ins (\(fragment: columns))
      select * from unnest(
          \(checkIns.map(\.diner))::bigint[], \(checkIns.map(\.day))::date[],
          \(checkIns.map(\.id))::uuid[], \(checkIns.map(\.canteen))::text[],
          \(checkIns.map(\.postedOn))::date[], \(batch.map(\.by.at))::timestamptz[]
      )
      """
  }

  /// Adds what is missing of a canteen's lines in the books of some days and of meals of the two months
  /// before. A server of an earlier version that still runs beside a migrated database writes lines and
  /// does not list them; sealed without them, the day would look as if somebody had changed it.
  static func addMissing(
    _ canteen: Canteen.Code, _ days: ClosedRange<Day>, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into late_check_ins (\(fragment: columns))
      select \(fragment: columns)
      from check_ins
      where canteen_code = \(canteen)
          and posted_on between \(days.lowerBound)::date and \(days.upperBound)::date
          and posted_on > service_date
          and service_date between \(days.lowerBound - 62) and \(days.upperBound)
      on conflict do nothing
      """)
  }
}
