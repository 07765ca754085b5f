import CanteenDomain
import Postgres

/// What a statement pays beside its lines, from what it is computed of: the subsidies of its period,
/// corrections of earlier periods, and disallowances that end.
///
/// The closing computes it, and the audit computes it again: it knows what was written down before the
/// statement was closed, and nothing of what came later.
struct StatementPeriods {
  let canteen: CanteenFacts
  let from: Day
  let to: Day
  /// 考核等次 of the period; earlier periods keep theirs.
  let rating: String?
  let policies: PolicySet
  let calendar: CanteenCalendar
  /// The canteen's statements that were closed before, oldest first.
  let earlier: [Statement]
  let closedAt: Instant
  /// Until when rounds and merges were known: they do not follow closings in turn, as disallowances do.
  let knownAt: Instant

  /// A period with its meals as they stand.
  fileprivate struct PeriodMeals {
    var period: OperatingPeriod
    var meals: [PricedMeal] = []
    var diners: [Int64: DinerFacts] = [:]
  }

  /// The meals of the period, and of earlier ones about which something changed.
  struct Meals {
    fileprivate var own: PeriodMeals
    fileprivate var touched: [(statement: Statement, meals: PeriodMeals)]
    /// The years of whose budgets subsidies may take.
    fileprivate(set) var years: Set<Int>
  }

  /// Reads what subsidies are computed from.
  /// - Parameter notable: the lines that change something about earlier periods.
  func meals(
    _ notable: [StatementStore.Source], _ transaction: borrowing Transaction
  ) throws -> Meals {
    let statements = policies.paysForPeriods ? try touched(by: notable, transaction) : []
    var read = Meals(
      own: try meals(from: from, to: to, transaction), touched: [],
      years: Set([from.year, to.year] + statements.map(\.to.year)))
    for statement in statements {
      let standing = try meals(from: statement.from, to: statement.to, transaction)
      read.touched.append((statement, standing))
    }
    return read
  }

  /// The subsidies of the period, and after them the corrections of earlier ones.
  /// - Parameter budget: what sources have spent of their years; what is taken is added.
  func subsidies(of read: Meals, budget: inout BudgetUse) -> [StatementSubsidy] {
    var all = subsidies(read.own, rating: rating, &budget)
    for (statement, meals) in read.touched {
      all += corrections(of: statement, meals, &budget)
    }
    return all
  }

  /// What subsidies take of budgets beside the meals: each of the year of its own period.
  func taken(by subsidies: [StatementSubsidy]) -> BudgetUse {
    var taken = BudgetUse()
    for subsidy in subsidies where subsidy.takesBudget {
      taken.add(subsidy, year: year(of: subsidy))
    }
    return taken
  }

  /// Of which year's money a subsidy is paid: that of the period that it is for, or corrects.
  func year(of subsidy: StatementSubsidy) -> Int {
    (earlier.first { $0.number == subsidy.corrects }?.to ?? to).year
  }

  /// Disallowances of meals that this statement takes back: each ends as far as it does.
  /// - Parameter notable: the lines that change something about earlier periods.
  func releases(
    _ notable: [StatementStore.Source], _ transaction: borrowing Transaction
  ) throws -> [StatementRelease] {
    let touched = Set(
      notable.filter { $0.sign < 0 || $0.adjustment != nil }.map(\.checkIn.id))
    guard !touched.isEmpty else { return [] }
    var taken: [CheckIn.ID: [FundingSource: Fen]] = [:]
    for line in notable where touched.contains(line.checkIn.id) {
      for part in line.totals {
        taken[line.checkIn.id, default: [:]][part.source, default: 0] += part.fen
      }
    }
    var releases: [StatementRelease] = []
    for standing in try StatementLifeStore.disallowed(
      of: touched.sorted(), before: closedAt, transaction)
    {
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

  /// The meals of a period, read only where something is paid for a period.
  private func meals(
    from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> PeriodMeals {
    let period = OperatingPeriod(from: from, to: to, canteen: canteen, openDays: 0)
    guard policies.paysForPeriods else { return PeriodMeals(period: period) }
    let standing = try StatementStore.standing(
      canteen.code, from: from, to: to, asOf: self.to, closedAt: closedAt, knownAt: knownAt,
      at: canteen, calendar: calendar, withTrips: policies.paysForTrips, transaction)
    return PeriodMeals(period: period, meals: standing.meals, diners: standing.diners)
  }

  /// The subsidies of a period. What they take of budgets is added to `used`.
  private func subsidies(
    _ meals: PeriodMeals, rating: String?, _ used: inout BudgetUse
  ) -> [StatementSubsidy] {
    var period = meals.period
    period.openDays = Set(meals.meals.map(\.meal.day)).count
    period.rating = rating
    return policies.subsidies(
      for: period, meals: meals.meals, diners: meals.diners, budget: &used)
  }

  /// The closed statements about whose periods something changed since the last closing: meals were
  /// entered late, taken back, re-priced or disallowed.
  private func touched(
    by notable: [StatementStore.Source], _ transaction: borrowing Transaction
  ) throws -> [Statement] {
    var touched = Set(notable.compactMap(\.adjustment?.original))
    let reversed = Set(notable.filter { $0.sign < 0 }.map(\.checkIn.id))
    if !reversed.isEmpty {
      touched.formUnion(try StatementStore.numbers(of: reversed.sorted(), transaction))
    }
    if let last = earlier.map(\.closedAt).max() {
      touched.formUnion(
        try StatementLifeStore.disallowed(
          at: canteen.code, since: last, before: closedAt, transaction))
    }
    let days = Set(notable.map(\.checkIn.day))
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
}

extension StatementStore.Source {
  /// Whether it changes something about periods before that from `from` on: a meal that was entered
  /// late or is taken back, or an adjustment.
  func isNotable(from: Day) -> Bool { sign < 0 || adjustment != nil || checkIn.day < from }
}

extension CanteenFacts {
  /// A canteen as policies ask about it.
  init(_ canteen: Canteen, in regions: RegionTree) {
    self.init(code: canteen.code, regions: regions.path(to: canteen.region))
  }
}
