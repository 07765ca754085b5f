import CanteenDomain
import Postgres

/// What a statement has beside its lines when it is closed: its period and number, what it pays for
/// periods, and the budgets that it draws on.
struct StatementClosing {
  let from: Day
  let to: Day
  let number: String
  private let reference: Reference
  private let calendar: CanteenCalendar
  private let by: Attribution
  private let periods: StatementPeriods

  /// - Throws: `StatementRefusal.alreadyClosed`.
  init(
    _ canteen: Canteen, month: Day, _ reference: Reference, rating: String?,
    calendar: CanteenCalendar, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    self.reference = reference
    self.calendar = calendar
    self.by = by
    let earlier = try StatementStore.all(of: canteen.code, transaction)
    if let known = earlier.first(where: { $0.from <= month && month <= $0.to }) {
      throw StatementRefusal.alreadyClosed(known.number)
    }
    let facts = CanteenFacts(canteen, in: reference.regions)
    var (first, last) = (month.firstOfMonth, month.lastOfMonth)
    if reference.policies.settlementPeriod(at: facts, from: first, to: last) == .quarter {
      let start = first.addingMonths(-((first.month - 1) % 3))
      last = start.addingMonths(2).lastOfMonth
      // Months that were closed one by one before the policy came stay closed.
      first = earlier.map { $0.to + 1 }.filter { $0 <= month }.max().map { max(start, $0) } ?? start
      if let next = earlier.map(\.from).filter({ $0 > month }).min() { last = min(last, next - 1) }
    }
    (from, to) = (first, last)
    number = Statement.number(canteen: canteen.code, from: first, to: last)
    periods = StatementPeriods(
      canteen: facts, from: first, to: last, rating: rating, policies: reference.policies,
      calendar: calendar, earlier: earlier, closedAt: by.at, knownAt: by.at)
  }

  /// Adds what is not lines. Last of all it locks the budgets, which every counter needs.
  /// - Parameters:
  ///   - notable: the lines that change something about earlier periods.
  ///   - claims: what the lines claim, by policy, source and year.
  func complete(
    _ statement: inout Statement, _ notable: [StatementStore.Source], _ claims: BudgetUse,
    _ transaction: borrowing Transaction
  ) throws {
    statement.rating = periods.rating
    let releases = try periods.releases(notable, transaction)
    statement.releases = releases.isEmpty ? nil : releases
    let meals = try periods.meals(notable, transaction)
    let years = meals.years.union(claims.spent.keys.map(\.year))
    let keys = BudgetStore.keys(reference.policies, years: years)
    // Locked, so that what the subsidies take is not spent by a check-in meanwhile.
    let standing =
      reference.policies.paysPeriodsFromBudgets
      ? try BudgetStore.locked(keys, transaction)
      : try BudgetStore.standing(transaction.query(BudgetStore.standing(keys)))
    var budget = standing.use
    let subsidies = periods.subsidies(of: meals, budget: &budget)
    statement.subsidies = subsidies.isEmpty ? nil : subsidies
    let taken = periods.taken(by: subsidies)
    if let insert = BudgetStore.insert(taken, to: standing, at: by.at) {
      try transaction.execute(insert)
    }
    var claims = claims
    for subsidy in subsidies { claims.add(subsidy, year: periods.year(of: subsidy)) }
    let ceilings = ceilings(budget, claims)
    statement.ceilings = ceilings.isEmpty ? nil : ceilings
  }

  /// The budgets that the period draws on, as they stand with it: those of its own year, and of
  /// others those of which meals that came late, or corrections, claim.
  private func ceilings(_ used: BudgetUse, _ claims: BudgetUse) -> [StatementCeiling] {
    reference.policies.policies.flatMap { policy in
      policy.budgets.compactMap { budget -> StatementCeiling? in
        let key = BudgetUse.Key(policyID: policy.id, source: budget.source, year: budget.year)
        let claimed = claims.spent[key, default: 0]
        guard claimed != 0 || (from.year...to.year).contains(budget.year) else { return nil }
        return StatementCeiling(
          policyID: policy.id, source: budget.source, year: budget.year, budget: budget.amount,
          spent: used.spent[key, default: 0], whenExhausted: budget.whenExhausted,
          claimed: claimed)
      }
    }
  }

  /// Posts what stands beside the lines; the meals themselves are in the journal already.
  /// - Parameter by: who closes, by his own clock: the moment of the closing may be a later one.
  func post(
    _ statement: Statement, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    var rows: [StatementTransferStore.Row] = []
    for subsidy in statement.subsidies ?? [] {
      rows += subsidy.transfers.map {
        StatementTransferStore.Row(
          kind: .init(subsidy.kind),
          reference: subsidy.corrects.map { "\($0) \(subsidy.code)" } ?? subsidy.code, transfer: $0)
      }
    }
    for release in statement.releases ?? [] {
      rows += release.sources.map {
        StatementTransferStore.Row(
          kind: .released, reference: "\(release.original) \(release.line)",
          transfer: Transfer(debit: .owed(by: $0.source), credit: .disallowances, fen: $0.fen))
      }
    }
    try StatementTransferStore.insert(
      rows, of: statement, calendar: calendar, by: self.by, enteredAt: by.at, transaction)
  }
}
