import CanteenDomain
import Postgres

/// Rows of `food_samples`.
enum FoodSampleStore {
  static func samples(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [FoodSample] {
    try transaction.query(
      """
      select
          service_date, period, dish, grams, taken_at, taken_by, destroyed_at, destroyed_by
      from current_food_samples
      where canteen_code = \(canteen)
          and service_date between \(from)::date and \(to)::date
      order by
          service_date, array_position(array['breakfast', 'lunch', 'dinner'], period), dish
      """
    ).map { row in
      FoodSample(
        canteen: canteen, day: try row.decode("service_date"), period: try row.decode("period"),
        dish: try row.decode("dish"), grams: try row.decode("grams"),
        takenAt: try row.decode("taken_at"), takenBy: try row.decode("taken_by"),
        destroyedAt: try row.decode("destroyed_at"), destroyedBy: try row.decode("destroyed_by"))
    }
  }

  static func insert(
    _ sample: FoodSample, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into food_samples (
          canteen_code, service_date, period, dish, revision, grams, taken_at, taken_by,
          destroyed_at, destroyed_by, recorded_by, recorded_at
      )
      select
          \(sample.canteen), \(sample.day)::date, \(sample.period)::text, \(sample.dish)::text,
          coalesce(max(revision), 0) + 1, \(sample.grams)::integer,
          \(sample.takenAt)::timestamptz, \(sample.takenBy)::text,
          \(sample.destroyedAt)::timestamptz, \(sample.destroyedBy)::text, \(by.by)::text,
          \(by.at)::timestamptz
      from food_samples
      where canteen_code = \(sample.canteen)
          and service_date = \(sample.day)::date
          and period = \(sample.period)
          and dish = \(sample.dish)
      """)
  }

  /// What the canteen's office asks of samples: the thresholds of the check R30.
  static func settings(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> FoodSample.Settings {
    var values = try CheckSet.builtIn.get().checks.first { $0.id == "R30" }?.defaults ?? [:]
    let rows = try transaction.query(
      """
      select parameter, value
      from current_check_thresholds
      where check_id = 'R30' and canteen_code in ('', \(canteen))
      order by canteen_code
      """)
    for row in rows { values[try row.decode("parameter")] = try row.decode("value") }
    return FoodSample.Settings(
      gramsMin: values["min_grams"].flatMap { Int($0) } ?? 0,
      hoursMin: values["min_hours"].flatMap { Int($0) } ?? 0)
  }
}
