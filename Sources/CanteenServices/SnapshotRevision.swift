import CanteenDomain
import Postgres

/// What a snapshot is made from, told by counts: those tables only grow, so equal counts mean equal
/// contents. Counting costs little beside pricing everybody's meals.
public struct SnapshotRevision: Sendable, Hashable {
  /// The register, the places, the policies and the menus; the day belongs to it.
  public var register: [Int]
  /// Today's meals and those that were taken back, over all canteens.
  public var meals: [Int]
}

extension CounterService {
  public func snapshotRevision(
    _ code: Canteen.Code, now: Instant
  ) async throws -> SnapshotRevision {
    let service = try await service(at: code, now: now)
    return try await database.transaction(readOnly: true) { transaction in
      let answers = try transaction.pipeline([
        Reference.Revision.query, SnapshotRevisionStore.register,
        SnapshotRevisionStore.meals(of: service.day),
      ])
      let reference = try Reference.Revision(answers[0].rows).counts
      return SnapshotRevision(
        register: [service.day.number] + reference
          + (try SnapshotRevisionStore.counts(answers[1].rows)),
        meals: try SnapshotRevisionStore.counts(answers[2].rows))
    }
  }
}

/// The counts.
private enum SnapshotRevisionStore {
  static let register: SQL = """
    select array[
        (select count(*) from diner_records), (select count(*) from entitlements),
        (select count(*) from entitlement_steps), (select count(*) from diner_statuses),
        (select count(*) from cards), (select count(*) from card_events),
        (select count(*) from menus)
    ] as counts
    """

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
