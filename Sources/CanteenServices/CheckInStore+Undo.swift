import CanteenDomain
import Postgres

extension CheckInStore {
  /// A check-in and who recorded it.
  static func recorded(
    _ id: CheckIn.ID, _ key: StoredKey, _ transaction: borrowing Transaction
  ) throws -> (checkIn: CheckIn, by: String)? {
    try transaction.query(
      """
      select \(fragment: factColumns), c.recorded_by
      from check_ins as c
      where c.diner_id = \(key.diner)
          and c.service_date = \(key.day)::date
          and c.check_in_id = \(id)
      """
    ).first.map { (try checkIn($0), try $0.decode("recorded_by")) }
  }
}
