import CanteenDomain
import Postgres

/// 食品留样: takes samples, keeps track of them, and destroys them when their time is over.
public struct FoodSampleService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// Enters samples of some dishes, or of every dish of the published menu if none is named.
  /// - Returns: the samples, and what is asked of them.
  /// - Throws: `FoodSampleRefusal.noDishes`, `.weighsNothing`.
  public func take(
    _ dishes: [String], grams: Int, _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    by: Attribution
  ) async throws -> (samples: [FoodSample], settings: FoodSample.Settings) {
    guard grams > 0 else { throw FoodSampleRefusal.weighsNothing(grams) }
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction { transaction in
      var names = dishes
      if names.isEmpty {
        names =
          try MenuStore.published(canteen, from: day, to: day, transaction)
          .first { $0.period == period }?.dishes.filter { $0.category != .set }.map(\.name) ?? []
      }
      guard !names.isEmpty else { throw FoodSampleRefusal.noDishes(day, period) }
      let samples = names.map {
        FoodSample(
          canteen: canteen, day: day, period: period, dish: $0, grams: grams, takenAt: by.at,
          takenBy: by.by)
      }
      for sample in samples { try FoodSampleStore.insert(sample, by: by, transaction) }
      return (samples, try FoodSampleStore.settings(canteen, transaction))
    }
  }

  /// Destroys the samples of some dishes of a meal, or all that are kept if none is named.
  /// - Returns: how many were destroyed.
  /// - Throws: `FoodSampleRefusal.unknown`, `.destroyed`, `.tooEarly`; then none is.
  public func destroy(
    _ dishes: [String], _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    by: Attribution
  ) async throws -> Int {
    let calendar = calendar
    return try await database.transaction { transaction in
      let kept = try FoodSampleStore.samples(canteen, from: day, to: day, transaction)
        .filter { $0.period == period }
      let settings = try FoodSampleStore.settings(canteen, transaction)
      let wanted = try dishes.map { name in
        guard let sample = kept.first(where: { $0.dish == name }) else {
          throw FoodSampleRefusal.unknown(name, day, period)
        }
        guard sample.destroyedAt == nil else { throw FoodSampleRefusal.destroyed(name) }
        return sample
      }
      let samples = dishes.isEmpty ? kept.filter { $0.destroyedAt == nil } : wanted
      for var sample in samples {
        if let due = sample.isDue(by: settings), by.at < due {
          throw FoodSampleRefusal.tooEarly(
            sample.dish, calendar.day(of: due), calendar.time(of: due))
        }
        sample.destroyedAt = by.at
        sample.destroyedBy = by.by
        try FoodSampleStore.insert(sample, by: by, transaction)
      }
      return samples.count
    }
  }

  /// The samples of some days, and what is asked of them.
  public func list(
    _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> (samples: [FoodSample], settings: FoodSample.Settings) {
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(readOnly: true) { transaction in
      (
        try FoodSampleStore.samples(canteen, from: from, to: to, transaction),
        try FoodSampleStore.settings(canteen, transaction)
      )
    }
  }
}
