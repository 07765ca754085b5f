import CanteenDomain
import Postgres

/// 追溯调整: finds meals that today's register and policies would price otherwise, and writes what
/// they change into the open period. A meal's own line and a closed statement are never touched.
public struct AdjustmentService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// One meal that would be priced otherwise.
  public struct Found: Sendable, Hashable {
    public var adjustment: Adjustment
    public var checkIn: CheckIn.ID
    public var canteen: Canteen.Code
    /// The day in whose books it is, or would be.
    public var postedOn: Day
    /// Masked (张*梅).
    public var name: String
  }

  /// How many persons are read at once, and locked at once if something is due to them.
  private static let personsAtOnce = 500

  /// Looks at every meal from `since` on, some hundred persons at a time, each batch in a transaction
  /// of its own: what was interrupted goes on where it stopped, and a second run adds nothing.
  /// - Returns: what was found, by person and day; with `isDryRun`, nothing was written.
  public func reprice(
    since: Day, isDryRun: Bool, by: Attribution, report: Progress.Report = { _ in }
  ) async throws -> [Found] {
    var batch = try await batch(since: since, by: by)
    let total = try await database.transaction(readOnly: true) { try PastMealStore.persons($0) }
    var found: [Found] = []
    var (after, done) = (Diner.ID(0), 0)
    while let span = try await next(after: after) {
      try Task.checkCancellation()
      var these = try await database.transaction(readOnly: true) { [batch] transaction in
        try batch.found(in: batch.contents(of: span, transaction), transaction)
      }
      let due = Set(these.filter(\.adjustment.isDue).map(\.adjustment.dinerID)).sorted()
      if !isDryRun, !due.isEmpty {
        let written = try await write(due, with: &batch, by: by)
        these = these.filter { !due.contains($0.adjustment.dinerID) } + written
      }
      found += these.sorted {
        ($0.adjustment.dinerID, $0.adjustment.day, $0.checkIn)
          < ($1.adjustment.dinerID, $1.adjustment.day, $1.checkIn)
      }
      (after, done) = (span.through, done + span.count)
      report(Progress(done: done, total: max(done, total)))
    }
    return found
  }

  /// By the reference tables as they are now.
  private func batch(since: Day, by: Attribution) async throws -> Batch {
    let reference = try await ReferenceCache(database).reload()
    let days = reference.policies.capsWindow(for: since)...max(since, calendar.day(of: by.at))
    let budgets = BudgetStore.keys(
      reference.policies, years: days.lowerBound.year...days.upperBound.year)
    try await BudgetYears(database).ensure(budgets, at: by.at)
    return Batch(
      reference: reference, calendar: calendar, since: since, days: days, budgets: budgets)
  }

  /// Writes what is due to some persons; where a policy, a holiday or a merge came in since the tables were
  /// read, by what holds now.
  private func write(
    _ due: [Diner.ID], with batch: inout Batch, by: Attribution
  ) async throws -> [Found] {
    while true {
      let written = try await database.transaction { [batch] in
        try batch.write(for: due, by: by, $0)
      }
      if let written { return written }
      batch = try await self.batch(since: batch.since, by: by)
    }
  }

  private func next(after: Diner.ID) async throws -> PastMealStore.Span? {
    try await database.transaction(readOnly: true) {
      try PastMealStore.span(after: after, limit: Self.personsAtOnce, $0)
    }
  }
}

/// What repricing does to one batch of persons.
private struct Batch: Sendable {
  let reference: Reference
  let calendar: CanteenCalendar
  let since: Day
  let days: ClosedRange<Day>
  /// Of which budgets something may be spent, or given back to.
  let budgets: [BudgetUse.Key]

  func contents(
    of span: PastMealStore.Span, _ transaction: borrowing Transaction
  ) throws -> PastMealStore.Contents {
    try PastMealStore.contents(
      of: span, days: days, in: reference, calendar: calendar, transaction)
  }

  /// The meals that would be priced otherwise.
  func found(
    in contents: PastMealStore.Contents, _ transaction: borrowing Transaction
  ) throws -> [AdjustmentService.Found] {
    let budget = try BudgetStore.standing(transaction.query(BudgetStore.standing(budgets)))
    return try priced(contents, budget.use, transaction).map(\.found)
  }

  /// Locks the persons, looks again, and writes what is due.
  /// - Returns: nil, with nothing written, if the reference tables are not those any more.
  func write(
    for diners: [Diner.ID], by: Attribution, _ transaction: borrowing Transaction
  ) throws -> [AdjustmentService.Found]? {
    let records = reference.aliases.records(ofAnyOf: diners)
    _ = try transaction.query(CheckInStore.lockDiners(records))
    _ = try transaction.query(CheckInStore.shareCanteens(reference.canteens.keys.sorted()))
    let now = try Reference.Revision(transaction.query(Reference.Revision.query))
    guard now == reference.revision else { return nil }
    let budget = try BudgetStore.locked(budgets, transaction)
    let contents = try PastMealStore.contents(
      of: diners, days: days, in: reference, calendar: calendar, transaction)
    let priced = try priced(contents, budget.use, transaction)
    let due = priced.filter(\.found.adjustment.isDue).map { priced in
      AdjustmentStore.Due(
        adjustment: priced.found.adjustment, checkIn: priced.found.checkIn,
        canteen: priced.found.canteen, postedOn: priced.found.postedOn,
        pricing: StoredPricing(inputs: priced.inputs, line: priced.found.adjustment.new))
    }
    if !due.isEmpty { try AdjustmentStore.insert(due, by: by, transaction) }
    var change = BudgetUse()
    for one in due {
      change.remove(one.adjustment.old, on: one.adjustment.day)
      change.add(one.adjustment.new, on: one.adjustment.day)
    }
    if let insert = BudgetStore.insert(change, to: budget, at: by.at) {
      try transaction.execute(insert)
    }
    return priced.map(\.found)
  }

  private struct Priced {
    var found: AdjustmentService.Found
    var inputs: PricingInputs
  }

  private func priced(
    _ contents: PastMealStore.Contents, _ spent: BudgetUse, _ transaction: borrowing Transaction
  ) throws -> [Priced] {
    var budget = spent
    let canteens = reference.canteens.keys.sorted()
    let closed = try DayCloseStore.closedThrough(
      transaction.query(DayCloseStore.heads(of: canteens)))
    var priced: [Priced] = []
    for meals in contents.meals {
      guard let dinerID = meals.first?.priced.dinerID, let diner = contents.diners[dinerID] else {
        continue
      }
      let ordered = meals.sorted(by: PastMeal.isBefore)
      let adjustments = reference.policies.reprice(
        ordered.map(\.priced), with: diner, since: since, budget: &budget,
        // While a canteen has closed nothing, all of its past is open.
        openMonth: { (closed[$0].map { $0 + 1 } ?? days.lowerBound).firstOfMonth })
      for adjustment in adjustments {
        guard let past = ordered.first(where: { $0.priced.meal.id == adjustment.mealID }),
          let id = CheckIn.ID(adjustment.mealID)
        else { continue }
        let meal = past.priced.meal
        priced.append(
          Priced(
            found: AdjustmentService.Found(
              adjustment: adjustment, checkIn: id, canteen: meal.canteen.code,
              postedOn: closed[meal.canteen.code].map { max(past.postedOn, $0 + 1) }
                ?? past.postedOn,
              name: ""),
            inputs: PricingInputs(
              meal: meal, diner: diner.asOf(meal.day), accepted: adjustment.accepted)))
      }
    }
    guard !priced.isEmpty else { return [] }
    let diners = Set(priced.map(\.found.adjustment.dinerID)).sorted()
    let names = try DinerStore.names(of: diners, transaction)
    let borne = try AdjustmentStore.borneByCanteens(of: diners, transaction)
    for index in priced.indices {
      // What was taken from a canteen and turns out to be due after all goes back to the canteen.
      let adjustment = priced[index].found.adjustment
      if adjustment.kind == .credit, adjustment.fen <= borne[priced[index].found.checkIn] ?? 0 {
        priced[index].found.adjustment.payee = .canteen
      }
      priced[index].found.name =
        names[priced[index].found.adjustment.dinerID]?.maskedName ?? ""
    }
    return priced
  }
}
