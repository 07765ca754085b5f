import CanteenDomain
import Postgres

/// What a statement has beside its lines when it is closed: its period and number, the subsidies of
/// the period, disallowances that end, and the budgets that it draws on.
struct StatementClosing {
  let from: Day
  let to: Day
  let number: String
  private let canteen: Canteen
  private let reference: Reference
  private let rating: String?
  private let calendar: CanteenCalendar
  private let by: Attribution
  /// The canteen's statements that are closed already, oldest first.
  private let earlier: [Statement]

  /// - Throws: `StatementRefusal.alreadyClosed`.
  init(
    _ canteen: Canteen, month: Day, _ reference: Reference, rating: String?,
    calendar: CanteenCalendar, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    self.canteen = canteen
    self.reference = reference
    self.rating = rating
    self.calendar = calendar
    self.by = by
    earlier = try StatementStore.all(of: canteen.code, transaction)
    if let known = earlier.first(where: { $0.from <= month && month <= $0.to }) {
      throw StatementRefusal.alreadyClosed(known.number)
    }
    let facts = Self.facts(canteen, reference)
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
  }

  private static func facts(_ canteen: Canteen, _ reference: Reference) -> CanteenFacts {
    CanteenFacts(code: canteen.code, regions: reference.regions.path(to: canteen.region))
  }

  /// Adds what is not lines. Last of all it locks the budgets, which every counter needs.
  /// - Parameters:
  ///   - notable: the lines that change something about earlier periods.
  ///   - claims: what the lines claim, by policy and source.
  func complete(
    _ statement: inout Statement, _ notable: [StatementLine], _ claims: BudgetUse,
    _ transaction: borrowing Transaction
  ) throws {
    statement.rating = rating
    let releases = try releases(notable, transaction)
    statement.releases = releases.isEmpty ? nil : releases
    let touched = reference.policies.paysForPeriods ? try touched(by: notable, transaction) : []
    let periods = try ([(from, to)] + touched.map { ($0.from, $0.to) }).map {
      try meals(from: $0.0, to: $0.1, transaction)
    }
    let keys = BudgetStore.keys(
      reference.policies, years: Set([from.year, to.year] + touched.map(\.to.year)))
    // Locked, so that what the subsidies take is not spent by a check-in meanwhile.
    let standing =
      reference.policies.paysPeriodsFromBudgets
      ? try BudgetStore.locked(keys, transaction)
      : try BudgetStore.standing(transaction.query(BudgetStore.standing(keys)))
    var budget = standing.use
    var taken = BudgetUse()
    var subsidies: [StatementSubsidy] = []
    func add(_ these: [StatementSubsidy], year: Int) {
      subsidies += these
      for subsidy in these where subsidy.takesBudget { taken.add(subsidy, year: year) }
    }
    add(self.subsidies(periods[0], rating: rating, &budget), year: to.year)
    for (earlier, meals) in zip(touched, periods.dropFirst()) {
      add(corrections(of: earlier, meals, &budget), year: earlier.to.year)
    }
    statement.subsidies = subsidies.isEmpty ? nil : subsidies
    if let insert = BudgetStore.insert(taken, to: standing, at: by.at) {
      try transaction.execute(insert)
    }
    var claims = claims
    for subsidy in subsidies { claims.add(subsidy, year: to.year) }
    let ceilings = ceilings(budget, claims)
    statement.ceilings = ceilings.isEmpty ? nil : ceilings
  }

  /// The budgets that the period draws on, as they stand with it.
  private func ceilings(_ used: BudgetUse, _ claims: BudgetUse) -> [StatementCeiling] {
    reference.policies.policies.flatMap { policy in
      policy.budgets.filter { (from.year...to.year).contains($0.year) }.map { budget in
        let key = BudgetUse.Key(policyID: policy.id, source: budget.source, year: budget.year)
        return StatementCeiling(
          policyID: policy.id, source: budget.source, year: budget.year, budget: budget.amount,
          spent: used.spent[key, default: 0], whenExhausted: budget.whenExhausted,
          claimed: claims.spent[key, default: 0])
      }
    }
  }

  /// Posts what stands beside the lines; the meals themselves are in the journal already.
  func post(_ statement: Statement, _ transaction: borrowing Transaction) throws {
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
      rows, of: statement, calendar: calendar, by: by, transaction)
  }

  /// A period with its meals as they stand now.
  private struct PeriodMeals {
    var period: OperatingPeriod
    var meals: [PricedMeal] = []
    var diners: [Int64: DinerFacts] = [:]
  }

  /// The meals of a period, read only where something is paid for a period.
  private func meals(
    from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> PeriodMeals {
    let facts = Self.facts(canteen, reference)
    let period = OperatingPeriod(from: from, to: to, canteen: facts, openDays: 0)
    guard reference.policies.paysForPeriods else { return PeriodMeals(period: period) }
    let standing = try StatementStore.standing(
      canteen.code, from: from, to: to, asOf: self.to, at: facts, calendar: calendar,
      withTrips: reference.policies.paysForTrips, transaction)
    return PeriodMeals(period: period, meals: standing.meals, diners: standing.diners)
  }

  /// The subsidies of a period. What they take of budgets is added to `used`.
  private func subsidies(
    _ meals: PeriodMeals, rating: String?, _ used: inout BudgetUse
  ) -> [StatementSubsidy] {
    var period = meals.period
    period.openDays = Set(meals.meals.map(\.meal.day)).count
    period.rating = rating
    return reference.policies.subsidies(
      for: period, meals: meals.meals, diners: meals.diners, budget: &used)
  }

  /// The closed statements about whose periods something changed since the last closing: meals were
  /// entered late, taken back, re-priced or disallowed.
  private func touched(
    by notable: [StatementLine], _ transaction: borrowing Transaction
  ) throws -> [Statement] {
    var touched = Set(notable.compactMap(\.adjustment?.original))
    let reversed = Set(notable.filter { $0.sign < 0 }.map(\.checkIn))
    if !reversed.isEmpty {
      touched.formUnion(try StatementStore.numbers(of: reversed.sorted(), transaction))
    }
    if let last = earlier.map(\.closedAt).max() {
      touched.formUnion(
        try StatementLifeStore.disallowed(at: canteen.code, since: last, transaction))
    }
    let days = Set(notable.map(\.day))
    return earlier.filter { statement in
      touched.contains(statement.number)
        || days.contains { statement.from <= $0 && $0 <= statement.to }
    }
  }

  /// What is to be paid more or less for a period that is closed than was stated for it.
  private func corrections(
    of statement: Statement, _ meals: PeriodMeals, _ used: inout BudgetUse
  ) -> [StatementSubsidy] {
    let stated =
      (statement.subsidies ?? []).filter { $0.corrects == nil }
      + earlier.flatMap { $0.subsidies ?? [] }.filter { $0.corrects == statement.number }
    // Its own money is free for it while it is computed again.
    for subsidy in stated where subsidy.takesBudget {
      used.add(subsidy, year: statement.to.year, sign: -1)
    }
    let now = subsidies(meals, rating: statement.rating, &used)
    return StatementSubsidy.corrections(of: statement.number, now: now, stated: stated)
  }

  /// Disallowances of meals that this statement takes back: each ends as far as it does.
  private func releases(
    _ lines: [StatementLine], _ transaction: borrowing Transaction
  ) throws -> [StatementRelease] {
    let touched = Set(
      lines.filter { $0.sign < 0 || $0.adjustment != nil }.map(\.checkIn))
    guard !touched.isEmpty else { return [] }
    var taken: [CheckIn.ID: [FundingSource: Fen]] = [:]
    for line in lines where touched.contains(line.checkIn) {
      for part in line.sources {
        taken[line.checkIn, default: [:]][part.source, default: 0] += part.fen
      }
    }
    var releases: [StatementRelease] = []
    for standing in try StatementLifeStore.disallowed(of: touched.sorted(), transaction) {
      let sources = StatementRelease.released(
        taken: taken[standing.checkIn] ?? [:], disallowed: standing.sources)
      guard !sources.isEmpty else { continue }
      for part in sources {
        taken[standing.checkIn, default: [:]][part.source, default: 0] += part.fen
      }
      releases.append(
        StatementRelease(
          original: standing.statement, line: standing.line, checkIn: standing.checkIn,
          sources: sources))
    }
    return releases
  }
}
