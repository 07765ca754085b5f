import CanteenDomain
import CanteenFiles
import CanteenVault
import Postgres

/// Reads the meals of who had left.
enum DepartureStore {
  /// - Parameter model: gives who and why; the meal is filled in.
  static func meals(
    of diners: [Diner.ID], after day: Day, _ model: MealAfterDeparture,
    _ transaction: borrowing Transaction
  ) throws -> [MealAfterDeparture] {
    try transaction.query(
      """
      select c.service_date, c.period, c.canteen_code, c.list_fen - c.diner_fen as subsidy_fen
      from check_ins as c
      where c.diner_id = any(\(diners)::bigint[])
          and c.service_date > \(day)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      order by c.served_at
      """
    ).map { row in
      var meal = model
      meal.day = try row.decode("service_date")
      meal.period = try row.decode("period")
      meal.canteen = try row.decode("canteen_code")
      meal.subsidy = try row.decode("subsidy_fen")
      return meal
    }
  }
}
