import CanteenDomain
import Postgres

/// What a snapshot is made from, told by counts of what was recorded lately: those tables only grow, so
/// equal counts mean equal contents, and what was recorded before is in every snapshot of the day.
public struct SnapshotRevision: Sendable, Hashable {
  /// The register, the places, the policies and the menus; the meal of the hour belongs to it.
  public var register: [Int]
  /// Today's meals and those that were taken back, over all canteens.
  public var meals: [Int]
}

extension CounterService {
  public func snapshotRevision(
    _ code: Canteen.Code, now: Instant
  ) async throws -> SnapshotRevision {
    let service = try await service(at: code, now: now)
    let since = calendar.instant(service.day - 2, .midnight)
    let period = MealPeriod.allCases.firstIndex { $0 == service.period } ?? -1
    return try await database.transaction(readOnly: true) { transaction in
      let answers = try transaction.pipeline([
        Reference.Revision.query,
        SnapshotRevisionStore.register(since: since, menusFrom: service.day),
        SnapshotRevisionStore.meals(of: service.day),
      ])
      let reference = try Reference.Revision(answers[0].rows).changes
      return SnapshotRevision(
        register: [service.day.number, period, reference]
          + (try SnapshotRevisionStore.counts(answers[1].rows)),
        meals: try SnapshotRevisionStore.counts(answers[2].rows))
    }
  }
}
