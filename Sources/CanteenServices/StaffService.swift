import CanteenDomain
import CanteenVault
import Postgres

/// 工作人员: adds, disables and lists who works at counters, and sets their PINs.
public struct StaffService: Sendable {
  let database: Database
  private let pinCost: UInt8

  /// - Parameter pinCost: what a guess costs; less than usual for tests alone.
  public init(_ database: Database, pinCost: UInt8 = PinHash.usualCost) {
    self.database = database
    self.pinCost = pinCost
  }

  /// A staff member as a list shows him.
  public struct Listed: Sendable, Hashable {
    public var staff: Staff
    public var isActive: Bool
    public var recordedAt: Instant
    public var recordedBy: String
  }

  /// - Throws: `StaffRefusal.alreadyThere`, `.pinTooSimple`, `.nameMissing`; `CanteenRefusal.unknown`.
  public func add(_ staff: Staff, pin: String, by: Attribution) async throws {
    guard !staff.name.trimmedSpaces().isEmpty else { throw StaffRefusal.nameMissing }
    let hash = try await hash(pin)
    try await database.transaction { transaction in
      guard try StaffStore.find(staff.name, transaction) == nil else {
        throw StaffRefusal.alreadyThere(staff.name)
      }
      if let code = staff.canteen,
        try !CanteenStore.all(transaction).contains(where: { $0.code == code })
      {
        throw CanteenRefusal.unknown(code)
      }
      try StaffStore.insert(
        staff, revision: 1, isActive: true, pin: hash, by: by, transaction)
    }
  }

  /// Sets a new PIN; it also ends a lock-out.
  public func setPIN(of name: String, to pin: String, by: Attribution) async throws {
    let hash = try await hash(pin)
    try await revise(name, by: by) { $0.pin = hash }
  }

  /// Keeps somebody from signing in, or lets him again; who is signed in is out at once.
  public func setActive(_ isActive: Bool, of name: String, by: Attribution) async throws {
    try await revise(name, by: by) { $0.isActive = isActive }
  }

  public func list() async throws -> [Listed] {
    try await database.transaction(readOnly: true) { try StaffStore.all($0) }.map {
      Listed(
        staff: $0.staff, isActive: $0.isActive, recordedAt: $0.recordedAt,
        recordedBy: $0.recordedBy)
    }
  }

  private func revise(
    _ name: String, by: Attribution, _ change: @Sendable (inout StaffStore.Stored) -> Void
  ) async throws {
    try await database.transaction { transaction in
      guard var stored = try StaffStore.find(name, transaction) else {
        throw StaffRefusal.unknown(name)
      }
      change(&stored)
      try StaffStore.insert(
        stored.staff, revision: stored.revision + 1, isActive: stored.isActive, pin: stored.pin,
        by: by, transaction)
    }
  }

  private func hash(_ pin: String) async throws -> PinHash {
    let digits = Array(pin.utf8)
    guard (4...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
      throw StaffRefusal.pinTooSimple
    }
    let steps = Set(zip(digits, digits.dropFirst()).map { Int($1) - Int($0) })
    guard steps.count > 1 || ![[0], [1], [-1]].contains(steps) else {
      throw StaffRefusal.pinTooSimple
    }
    return await PinHash.of(pin, cost: pinCost)
  }
}
