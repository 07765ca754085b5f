import CanteenDomain
import CanteenServices

/// Keeps the last off-line roster of each canteen, so that it is not made anew for each terminal that
/// asks; of several that ask at once, one makes it.
actor SnapshotShelf {
  /// A roster as it is sent, and what names just this one.
  struct Document: Sendable {
    var bytes: [UInt8]
    /// An entity tag with its quotation marks.
    var tag: String
  }

  /// At lunch somebody eats every few seconds: so long a roster may lack the latest meals. What it
  /// lacks becomes an exception when a terminal comes back with it.
  static let patienceSeconds: Int64 = 300
  /// Even where nothing seems to have changed: a meal of days ago that was entered late changes caps.
  static let longestSeconds: Int64 = 3600

  private struct Held: Sendable {
    var document: Document
    var revision: SnapshotRevision
    var madeAt: Instant

    func isGood(for asked: SnapshotRevision, now: Instant) -> Bool {
      let age = now.seconds(since: madeAt)
      return revision.register == asked.register && (0..<longestSeconds).contains(age)
        && (age < patienceSeconds || revision.meals == asked.meals)
    }
  }

  private var held: [Canteen.Code: Held] = [:]
  private var underWay: [Canteen.Code: Task<Held, any Error>] = [:]

  func document(
    _ canteen: Canteen.Code, _ revision: SnapshotRevision, now: Instant,
    make: @escaping @Sendable () async throws -> Document
  ) async throws -> Document {
    if let one = held[canteen], one.isGood(for: revision, now: now) { return one.document }
    if let task = underWay[canteen] { return try await task.value.document }
    let task = Task { Held(document: try await make(), revision: revision, madeAt: now) }
    underWay[canteen] = task
    defer { underWay[canteen] = nil }
    let made = try await task.value
    held[canteen] = made
    return made.document
  }
}
