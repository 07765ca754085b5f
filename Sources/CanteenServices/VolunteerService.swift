import CanteenDomain
import Postgres

/// 志愿者: their shifts, their hours, and the points that these earn. Points are spent by a check-in.
public struct VolunteerService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A volunteer in a list.
  public struct Listed: Sendable, Hashable {
    public var volunteer: Volunteer
    public var balance: Int
    public var minutes: Int
  }

  /// Registers a volunteer.
  /// - Throws: `DinerRefusal.blank` without a name.
  public func add(
    _ name: String, diner: Diner.ID? = nil, joinedOn: Day, by: Attribution
  ) async throws -> Volunteer.ID {
    let name = name.trimmedSpaces()
    guard !name.isEmpty else { throw DinerRefusal.blank }
    return try await database.transaction {
      try VolunteerStore.insert(name: name, diner: diner, joinedOn: joinedOn, by: by, $0)
    }
  }

  public func list() async throws -> [Listed] {
    try await database.transaction(readOnly: true) { transaction in
      try VolunteerStore.all(transaction).map {
        Listed(volunteer: $0.volunteer, balance: $0.balance, minutes: $0.minutes)
      }
    }
  }

  /// Plans a shift.
  /// - Returns: its number among the volunteer's.
  /// - Throws: `PointRefusal.unknownVolunteer`, `.notPossible`, `CanteenRefusal.unknown`.
  public func plan(
    _ volunteer: Volunteer.ID, at canteen: Canteen.Code, on day: Day, task: String, minutes: Int,
    by: Attribution
  ) async throws -> Int {
    guard (1...1440).contains(minutes), !task.trimmedSpaces().isEmpty else {
      throw PointRefusal.notPossible
    }
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction { transaction in
      try Self.lock(volunteer, transaction)
      let number =
        (try VolunteerStore.shifts(of: volunteer, transaction).map(\.number).max() ?? 0) + 1
      try VolunteerStore.insert(
        VolunteerShift(
          volunteer: volunteer, number: number, canteen: canteen, day: day,
          task: task.trimmedSpaces(), plannedMinutes: minutes), by: by, transaction)
      return number
    }
  }

  /// Confirms how long a shift was, once; its points come with it.
  /// - Returns: the points that it earned, and the balance.
  /// - Throws: `PointRefusal.unknownShift`, `.confirmedBefore`, `.noRuleForTask`, `.notPossible`.
  public func confirm(
    _ number: Int, of volunteer: Volunteer.ID, minutes: Int, by: Attribution
  ) async throws -> (points: Int, balance: Int) {
    guard (0...1440).contains(minutes) else { throw PointRefusal.notPossible }
    return try await database.transaction { transaction in
      let head = try Self.lock(volunteer, transaction)
      guard
        var shift = try VolunteerStore.shifts(of: volunteer, transaction)
          .first(where: { $0.number == number })
      else { throw PointRefusal.unknownShift(number) }
      guard shift.workedMinutes == nil else { throw PointRefusal.confirmedBefore(number) }
      guard let rule = try PointStore.rules(transaction).earning[shift.task] else {
        throw PointRefusal.noRuleForTask(shift.task)
      }
      shift.workedMinutes = minutes
      try VolunteerStore.insert(shift, by: by, transaction)
      let points = rule.points(for: minutes)
      guard points > 0 else { return (0, head.balance) }
      let balance = try PointStore.append(
        to: volunteer, .earned, points, shift: number, note: shift.task, by: by, transaction)
      return (points, balance)
    }
  }

  /// Corrects a balance, with a reason.
  /// - Returns: the balance.
  /// - Throws: `PointRefusal.notEnough`, `.notPossible`, `FindingRefusal.explanationMissing`.
  public func adjust(
    _ volunteer: Volunteer.ID, by points: Int, reason: String, recorded by: Attribution
  ) async throws -> Int {
    guard points != 0, abs(points) <= 1_000_000 else { throw PointRefusal.notPossible }
    let reason = reason.trimmedSpaces()
    guard !reason.isEmpty else { throw FindingRefusal.explanationMissing }
    return try await database.transaction { transaction in
      try Self.lock(volunteer, transaction)
      return try PointStore.append(
        to: volunteer, .adjusted, points, note: reason, by: by, transaction)
    }
  }

  @discardableResult
  private static func lock(
    _ volunteer: Volunteer.ID, _ transaction: borrowing Transaction
  ) throws -> PointStore.Head {
    guard let head = try PointStore.lock([volunteer], transaction)[volunteer] else {
      throw PointRefusal.unknownVolunteer(volunteer)
    }
    return head
  }

  /// An entry of a volunteer's points, with when and by whom.
  public struct Entry: Sendable, Hashable {
    public var entry: PointEntry
    public var at: Instant
    public var by: String
  }

  public func entries(of volunteer: Volunteer.ID) async throws -> [Entry] {
    try await database.transaction(readOnly: true) { transaction in
      try PointStore.entries(of: volunteer, transaction).map {
        Entry(entry: $0.entry, at: $0.at, by: $0.by)
      }
    }
  }

  /// The shifts of a canteen's days.
  public func shifts(
    at canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> [VolunteerShift] {
    try await database.transaction(readOnly: true) {
      try VolunteerStore.shifts(at: canteen, from: from, to: to, $0)
    }
  }

  public func rules() async throws -> PointRules {
    try await database.transaction(readOnly: true) { try PointStore.rules($0) }
  }

  /// Sets what a task earns.
  /// - Throws: `PointRefusal.notPossible`.
  public func set(
    _ rule: PointRules.Earning, for task: String, by: Attribution
  ) async throws {
    let task = task.trimmedSpaces()
    guard rule.points > 0, rule.minutes > 0, !task.isEmpty else { throw PointRefusal.notPossible }
    try await database.transaction {
      try PointStore.insertRule(
        "earn", task, points: rule.points, minutes: rule.minutes, fen: nil, by: by, $0)
    }
  }

  /// Sets what a meal costs in points, and what these are worth.
  /// - Throws: `PointRefusal.notPossible`.
  public func set(
    _ rule: PointRules.Spending, for period: MealPeriod, by: Attribution
  ) async throws {
    guard rule.points > 0, rule.fen > 0 else { throw PointRefusal.notPossible }
    try await database.transaction {
      try PointStore.insertRule(
        "spend", period.rawValue, points: rule.points, minutes: nil, fen: rule.fen, by: by, $0)
    }
  }
}
