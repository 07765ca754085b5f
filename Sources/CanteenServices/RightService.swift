import CanteenDomain
import Postgres

/// 权限: who may do what only few may.
public struct RightService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A right and who has it.
  public struct Listed: Sendable, Hashable {
    public var staff: String
    public var right: StaffRight
    public var isGranted: Bool
    public var recordedAt: Instant
    public var recordedBy: String
  }

  /// Grants a right, or takes it back; saying again what holds changes nothing.
  /// - Returns: whether something changed.
  public func set(
    _ right: StaffRight, of staff: String, granted: Bool, by: Attribution
  ) async throws -> Bool {
    try await database.transaction { transaction in
      guard try RightStore.has(right, staff, transaction) != granted else { return false }
      try RightStore.insert(right, staff, granted: granted, by: by, transaction)
      return true
    }
  }

  /// Every grant and withdrawal, the newest last.
  public func list() async throws -> [Listed] {
    try await database.transaction(readOnly: true) { try RightStore.all($0) }
  }
}
