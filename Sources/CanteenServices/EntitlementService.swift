import CanteenDomain
import Postgres

/// 资格: applications on their way, entitlements that hold, and what expires.
public struct EntitlementService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// What a person applies for.
  public struct Application: Sendable, Hashable {
    public var category: Category
    public var careLevel: CareLevel?
    /// 残疾等级, 1 to 4.
    public var disabilityGrade: Int?
    public var from: Day
    public var to: Day?
    /// 证明材料.
    public var evidence: String
    public var renewBy: Day?

    public init(
      category: Category, careLevel: CareLevel? = nil, disabilityGrade: Int? = nil, from: Day,
      to: Day? = nil, evidence: String = "", renewBy: Day? = nil
    ) {
      self.category = category
      self.careLevel = careLevel
      self.disabilityGrade = disabilityGrade
      self.from = from
      self.to = to
      self.evidence = evidence
      self.renewBy = renewBy
    }
  }

  /// An entitlement as a list shows it.
  public struct Listed: Sendable, Hashable {
    public var diner: Diner.ID
    public var name: String
    public var category: Category
    public var from: Day?
    public var to: Day?
    public var renewBy: Day?
    public var evidence: String
    /// The last step; `active` for one of an approved roster.
    public var step: ApprovalStep
    public var stepAt: Instant
    public var stepBy: String
  }

  /// Takes an application in: its first step is `submitted`. It prices nothing yet.
  /// - Throws: `EntitlementRefusal.alreadyThere`, `.endsBeforeItBegins`.
  public func apply(
    _ application: Application, for diner: Diner.ID, note: String = "", by: Attribution
  ) async throws {
    if let to = application.to, to < application.from {
      throw EntitlementRefusal.endsBeforeItBegins(from: application.from, to: to)
    }
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let known = try EntitlementStore.all(of: diner, transaction)
      let clashes = known.contains {
        $0.entitlement.category == application.category && $0.step != .refused
          && ($0.entitlement.to.map { $0 >= application.from } ?? true)
      }
      guard !clashes else { throw EntitlementRefusal.alreadyThere(application.category) }
      let number = (known.map(\.entitlement.number).max() ?? 0) + 1
      try DinerStore.insertEntitlements(
        [
          DinerStore.StoredEntitlement(
            diner: diner, number: number, revision: 1, category: application.category,
            careLevel: application.careLevel?.rawValue,
            disabilityGrade: application.disabilityGrade, from: application.from,
            to: application.to, source: .application, evidence: application.evidence,
            renewBy: application.renewBy)
        ], by: by, transaction)
      try EntitlementStore.insertStep(
        .submitted, of: diner, number: number, note: note, by: by, transaction)
    }
  }

  /// Takes the next step of a person's application.
  /// - Throws: `EntitlementRefusal.unknown`, `.outOfTurn`, `.fromRoster`, `.reasonMissing`.
  public func advance(
    _ category: Category, of diner: Diner.ID, to step: ApprovalStep, note: String = "",
    by: Attribution
  ) async throws {
    guard step != .refused || !note.isEmpty else { throw EntitlementRefusal.reasonMissing }
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let known = try EntitlementStore.all(of: diner, transaction)
        .filter { $0.entitlement.category == category }
      guard let latest = known.last else { throw EntitlementRefusal.unknown(category) }
      guard latest.entitlement.source == .application else {
        throw EntitlementRefusal.fromRoster(category)
      }
      guard step.mayFollow(latest.step) else {
        throw EntitlementRefusal.outOfTurn(step, after: latest.step)
      }
      try EntitlementStore.insertStep(
        step, of: diner, number: latest.entitlement.number, note: note, by: by, transaction)
    }
  }

  /// Ends or renews an entitlement: a new revision with another last day or date of renewal.
  /// - Throws: `EntitlementRefusal.unknown`, `.endsBeforeItBegins`.
  public func revise(
    _ category: Category, of diner: Diner.ID, to: Day?, renewBy: Day?, evidence: String?,
    by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      try transaction.execute(CheckInStore.lockDiners([diner]))
      let known = try EntitlementStore.all(of: diner, transaction)
        .filter { $0.entitlement.category == category && $0.step != .refused }
      guard var one = known.last?.entitlement else { throw EntitlementRefusal.unknown(category) }
      if let to, let from = one.from, to < from {
        throw EntitlementRefusal.endsBeforeItBegins(from: from, to: to)
      }
      one.revision += 1
      one.to = to ?? one.to
      one.renewBy = renewBy ?? one.renewBy
      one.evidence = evidence ?? one.evidence
      try DinerStore.insertEntitlements([one], by: by, transaction)
    }
  }

  /// Entitlements that end or are to be renewed within some days, the nearest first; what is overdue
  /// for renewal stands at the top.
  public func expiring(within days: Int, from day: Day) async throws -> [Listed] {
    try await database.transaction(readOnly: true) {
      try EntitlementStore.expiring(from: day, through: day + days, $0)
    }
  }

  /// Applications whose last step is `step`.
  public func list(at step: ApprovalStep, limit: Int) async throws -> [Listed] {
    try await database.transaction(readOnly: true) {
      try EntitlementStore.list(at: step, limit: limit, $0)
    }
  }
}
