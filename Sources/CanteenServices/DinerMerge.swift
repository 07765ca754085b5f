import CanteenDomain
import Postgres

/// 并档: two records that are one person become one, without losing either's history.
public struct DinerMerge: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// Two records that may be one person.
  public struct Twins: Sendable, Hashable {
    public var one: Diner.ID
    public var other: Diner.ID
    public var oneName: String
    public var otherName: String
    public var reason: TwinReason
  }

  /// A meal that would have been priced otherwise, had the person been one from the start.
  public struct Difference: Sendable, Hashable {
    public var diner: Diner.ID
    public var day: Day
    public var period: MealPeriod
    public var canteen: Canteen.Code
    /// What the diner paid, and what he would have paid.
    public var paid: Fen
    public var due: Fen
    /// A second meal of the same day and period, which is never subsidised.
    public var isSecondMeal: Bool
  }

  /// Pairs of records that may be one person; those merged already are left out.
  public func twins() async throws -> [Twins] {
    try await database.transaction(readOnly: true) { transaction in
      try TwinStore.pairs(transaction).map {
        Twins(
          one: $0.one, other: $0.other, oneName: $0.oneName, otherName: $0.otherName,
          reason: $0.reason)
      }
    }
  }

  /// Makes one record stand for the person of another one; whatever was merged into it before follows.
  /// From now on both histories count together, in caps too.
  /// - Returns: the meals of the person that would be priced otherwise now. Nothing of them is changed:
  ///   what follows is for the street to decide.
  /// - Throws: `DinerRefusal.sameRecord`, `.alreadyMerged`, `.mergedMeanwhile`, `.reasonMissing`.
  public func merge(
    _ record: Diner.ID, into person: Diner.ID, reason: String, by: Attribution
  ) async throws -> [Difference] {
    guard !reason.trimmedSpaces().isEmpty else { throw DinerRefusal.reasonMissing }
    guard record != person else { throw DinerRefusal.sameRecord }
    let reference = try await ReferenceCache(database).reference()
    let calendar = calendar
    return try await database.transaction { transaction in
      // Whom the person stands for is known before the locks and again behind them: of two merges that
      // make a chain, one waits for the other here.
      let known = try DinerAliases.read(transaction).person(of: person)
      try transaction.execute(
        CheckInStore.lockDiners(Set([record, person, known]).sorted()))
      let before = try DinerAliases.read(transaction)
      guard before.person(of: record) == record else { throw DinerRefusal.alreadyMerged }
      let target = before.person(of: person)
      guard target != record else { throw DinerRefusal.sameRecord }
      guard target == known else { throw DinerRefusal.mergedMeanwhile }
      try DinerAliases.insert(
        before.records(of: [record]), into: target, reason: reason, by: by, transaction)
      return try Self.differences(
        of: target, reference: reference, calendar: calendar, transaction)
    }
  }

  /// Undoes a merge: the record stands for itself again, and whatever was merged into it before goes
  /// with it.
  /// - Throws: `DinerRefusal.notMerged`, `.reasonMissing`.
  public func separate(_ record: Diner.ID, reason: String, by: Attribution) async throws {
    guard !reason.trimmedSpaces().isEmpty else { throw DinerRefusal.reasonMissing }
    try await database.transaction { transaction in
      let merges = try DinerMerges.read(transaction)
      let followers = merges.followers(of: record)
      try transaction.execute(CheckInStore.lockDiners(([record] + followers).sorted()))
      guard try DinerAliases.read(transaction).person(of: record) != record else {
        throw DinerRefusal.notMerged
      }
      try DinerAliases.insert([record], into: nil, reason: reason, by: by, transaction)
      try DinerAliases.insert(followers, into: record, reason: reason, by: by, transaction)
    }
  }

  /// Prices the person's meals again in the order in which they were accepted, each with those before
  /// it in the caps' windows and by what its line says was spent of budgets.
  private static func differences(
    of person: Diner.ID, reference: Reference, calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> [Difference] {
    let aliases = try DinerAliases.read(transaction)
    let records = aliases.records(of: [person])
    let facts = try DinerStore.facts(
      transaction.query(DinerStore.register(of: records)), regions: reference.regions,
      aliases: aliases)
    guard let facts = facts[person] else { return [] }
    let policies = reference.policies
    var accepted: [AcceptedMeal] = []
    var differences: [Difference] = []
    var taken: Set<String> = []
    let meals = try CheckInStore.priced(of: records, transaction)
      .sorted { PastMeal.isBefore($0.past, $1.past) }
    for (checkIn, past) in meals {
      let priced = past.priced
      var meal = priced.meal
      let isSecond = !taken.insert("\(meal.day) \(meal.period.rawValue)").inserted
      meal.wantsFullPrice = meal.wantsFullPrice || isSecond
      let window = policies.capsWindow(for: meal.day...meal.day)
      let line = policies.price(
        meal, for: facts, accepted: accepted.filter { window.contains($0.day) },
        budget: BudgetUse(statedBy: priced.line, on: meal.day))
      accepted.append(AcceptedMeal(meal, line))
      guard line.dinerFen != priced.line.dinerFen else { continue }
      differences.append(
        Difference(
          diner: checkIn.diner, day: meal.day, period: meal.period, canteen: checkIn.canteen,
          paid: priced.line.dinerFen, due: line.dinerFen, isSecondMeal: isSecond))
    }
    return differences
  }
}
