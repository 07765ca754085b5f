import CanteenDomain

/// Who did something, and when: written beside every fact. The time comes from the caller, never from
/// a clock in this room.
public struct Attribution: Sendable, Hashable {
  /// A staff member's or a job's name.
  public var by: String
  public var at: Instant

  public init(by: String, at: Instant) {
    self.by = by
    self.at = at
  }
}

/// How far a long task has come.
public struct Progress: Sendable, Hashable {
  public var done: Int
  public var total: Int

  public init(done: Int, total: Int) {
    self.done = done
    self.total = total
  }

  /// Told after each committed step of a long task.
  public typealias Report = @Sendable (Progress) -> Void
}
