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

  /// Adds what is not lines.
  func complete(
    _ statement: inout Statement, _ lines: [StatementLine], _ transaction: borrowing Transaction
  ) throws {
    statement.rating = rating
    let releases = try releases(lines, transaction)
    statement.releases = releases.isEmpty ? nil : releases
    let budgets = reference.policies.policies.flatMap { policy in
      policy.budgets.filter { (from.year...to.year).contains($0.year) }.map { (policy.id, $0) }
    }
    // Locked, so that what the subsidies take is not spent by a check-in meanwhile.
    let standing = try BudgetStore.locked(
      BudgetStore.keys(reference.policies, years: from.year...to.year), transaction)
    var subsidies: [StatementSubsidy] = []
    if reference.policies.paysForPeriods {
      subsidies = try self.subsidies(
        from: from, to: to, rating: rating, standing.use, transaction)
      subsidies += try corrections(lines, standing.use, transaction)
    }
    statement.subsidies = subsidies.isEmpty ? nil : subsidies
    var taken = BudgetUse()
    for subsidy in subsidies where subsidy.kind == .operating {
      taken.add(subsidy, year: to.year)
    }
    if let insert = BudgetStore.insert(taken, to: standing, at: by.at) {
      try transaction.execute(insert)
    }
    var used = standing.use
    for (key, fen) in taken.spent { used.spent[key, default: 0] += fen }
    let ceilings = budgets.map { id, budget in
      let key = BudgetUse.Key(policyID: id, source: budget.source, year: budget.year)
      return StatementCeiling(
        policyID: id, source: budget.source, year: budget.year, budget: budget.amount,
        spent: used.spent[key, default: 0], whenExhausted: budget.whenExhausted)
    }
    statement.ceilings = ceilings.isEmpty ? nil : ceilings
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

  /// The subsidies of a period from its meals as they stand now.
  private func subsidies(
    from: Day, to: Day, rating: String?, _ used: BudgetUse, _ transaction: borrowing Transaction
  ) throws -> [StatementSubsidy] {
    let facts = Self.facts(canteen, reference)
    let needsDiners = reference.policies.paysForTrips
    let standing = try StatementStore.standing(
      canteen.code, from: from, to: to, asOf: self.to, at: facts, calendar: calendar,
      withDiners: needsDiners, transaction)
    let period = OperatingPeriod(
      from: from, to: to, canteen: facts,
      openDays: Set(standing.meals.map(\.meal.day)).count, rating: rating)
    return reference.policies.subsidies(
      for: period, meals: standing.meals, diners: standing.diners, budget: used)
  }

  /// What reversals, re-pricings and disallowances since the last closing change about the subsidies
  /// of periods that are closed.
  private func corrections(
    _ lines: [StatementLine], _ used: BudgetUse, _ transaction: borrowing Transaction
  ) throws -> [StatementSubsidy] {
    var touched = Set(lines.compactMap(\.adjustment?.original))
    let reversed = Set(lines.filter { $0.sign < 0 }.map(\.checkIn))
    if !reversed.isEmpty {
      touched.formUnion(
        try StatementStore.numbers(of: reversed.sorted(), transaction))
    }
    if let last = earlier.map(\.closedAt).max() {
      touched.formUnion(
        try StatementLifeStore.disallowed(at: canteen.code, since: last, transaction))
    }
    return try earlier.filter { touched.contains($0.number) }.flatMap { statement in
      StatementSubsidy.corrections(
        of: statement.number,
        now: try subsidies(
          from: statement.from, to: statement.to, rating: statement.rating,
          used.without(statement, year: statement.to.year), transaction),
        stated: (statement.subsidies ?? [])
          .filter { $0.corrects == nil }
          + earlier.flatMap { $0.subsidies ?? [] }.filter { $0.corrects == statement.number })
    }
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

extension BudgetUse {
  /// Counts what a subsidy of a period takes.
  mutating func add(_ subsidy: StatementSubsidy, year: Int, sign: Int = 1) {
    for part in subsidy.sources {
      let key = Key(policyID: subsidy.policyID, source: part.source, year: year)
      spent[key, default: 0] += part.fen * sign
    }
  }

  /// The same without the subsidies of one statement, which are about to be computed again.
  func without(_ statement: Statement, year: Int) -> BudgetUse {
    var rest = self
    for subsidy in statement.subsidies ?? [] where subsidy.kind == .operating {
      rest.add(subsidy, year: year, sign: -1)
    }
    return rest
  }
}
