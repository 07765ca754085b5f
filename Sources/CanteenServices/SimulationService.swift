import CanteenDomain
import CanteenPolicyFiles
import Postgres

/// 草案测算: what past meals would have cost under a draft. It reads, and writes nothing.
public struct SimulationService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// How many batches are on their way at once: while the server reads one, another is priced.
  private static let workers = 2

  /// Prices the standing meals of the days from `from` to `to` again, person by person, so that memory
  /// grows neither with the meals nor with the people. Each person has the facts that the register
  /// has now for the days of the meals.
  ///
  /// A draft counts as in force over the whole of that time, in place of every version of the policy
  /// that it names; other policies act as they did, but for those that `replaced` names.
  /// - Throws: `SimulationRefusal`, `PolicyRefusal`, `PolicySet.Fault`.
  public func simulate(
    _ drafts: [PolicyReading], from: Day, to: Day, replaced: [String] = [],
    report: @escaping Progress.Report = { _ in }
  ) async throws -> SimulationReport {
    guard from <= to else { throw SimulationRefusal.endsBeforeItStarts(from: from, to: to) }
    let reference = try await ReferenceCache(database).reload()
    let policies = try Self.policies(drafts, from: from, replaced: replaced, reference)
    let total = try await database.transaction(readOnly: true) { try PastMealStore.persons($0) }
    let spans = Spans(database, total: total, report: report)
    let days = policies.capsWindow(for: from)...to
    let worker = Worker(
      database: database, calendar: calendar, reference: reference, policies: policies,
      days: days, from: from, spans: spans)
    return try await withThrowingTaskGroup(of: Simulation.self) { group in
      for _ in 0..<Self.workers { group.addTask { try await worker.run() } }
      var sums = Simulation()
      for try await part in group { sums.merge(part) }
      return sums.report
    }
  }

  /// The policies in force with the drafts among them.
  private static func policies(
    _ drafts: [PolicyReading], from: Day, replaced: [String], _ reference: Reference
  ) throws -> PolicySet {
    let findings = PolicyCheck.findings(in: drafts).filter { $0.severity != .warning }
    if let first = drafts.first, !findings.isEmpty {
      let names = drafts.count == 1 ? first.name : drafts.map(\.name).joined(separator: "、")
      throw PolicyRefusal.notReady(names, findings.map(\.sentence))
    }
    let drafted = drafts.compactMap(\.policy).map { draft in
      var policy = draft
      // The start of the widest window of any cap, so that earlier meals count under the draft too.
      policy.validFrom = min(draft.validFrom, from.addingMonths(-12))
      policy.validTo = nil
      return policy
    }
    let known = Set(reference.policies.policies.map(\.id))
    for id in replaced where !known.contains(id) { throw PolicyRefusal.unknown(id, version: nil) }
    let gone = Set(drafted.map(\.id) + replaced)
    let kept = reference.policies.policies.filter { !gone.contains($0.id) }
    return try PolicySet(kept + drafted, calendar: reference.policies.calendar)
  }
}

/// Prices one batch after another until there are no more.
private struct Worker: Sendable {
  let database: Database
  let calendar: CanteenCalendar
  let reference: Reference
  let policies: PolicySet
  let days: ClosedRange<Day>
  let from: Day
  let spans: Spans

  func run() async throws -> Simulation {
    var simulation = Simulation()
    while let span = try await spans.next() {
      try Task.checkCancellation()
      let contents = try await database.transaction(readOnly: true) {
        try PastMealStore.contents(
          of: span, days: days, in: reference, calendar: calendar, $0)
      }
      var meals = 0
      for person in contents.meals {
        meals += person.count
        guard let id = person.first?.priced.dinerID, let diner = contents.diners[id] else {
          continue
        }
        price(person.map(\.priced).sorted(by: PricedMeal.isBefore), of: diner, into: &simulation)
      }
      simulation.closePersons()
      await spans.done(span, meals: meals)
    }
    return simulation
  }

  /// One person's meals in service order; those before `from` only count for the caps.
  private func price(_ meals: [PricedMeal], of diner: DinerFacts, into simulation: inout Simulation)
  {
    var accepted: [AcceptedMeal] = []
    accepted.reserveCapacity(meals.count)
    var oldest = 0
    for priced in meals {
      let window = policies.capsWindow(for: priced.meal.day)
      while oldest < accepted.count, accepted[oldest].day < window { oldest += 1 }
      let line = policies.price(
        priced.meal, for: diner, accepted: Array(accepted[oldest...]))
      accepted.append(AcceptedMeal(priced.meal, line))
      guard priced.meal.day >= from else { continue }
      simulation.add(
        old: priced.line, new: line, canteen: priced.meal.canteen.code, dinerID: diner.dinerID)
    }
  }
}

/// Hands out spans of persons, of such a size that one has some ten thousand meals.
private actor Spans {
  private static let mealsWanted = 20_000

  private let database: Database
  private let total: Int
  private let report: Progress.Report
  private var after: Diner.ID = 0
  private var limit = 100
  private var finished = 0

  init(_ database: Database, total: Int, report: @escaping Progress.Report) {
    self.database = database
    self.total = total
    self.report = report
  }

  func next() async throws -> PastMealStore.Span? {
    // Another worker may come while this one waits: each starts after the last number handed out.
    while true {
      let (start, wanted) = (after, limit)
      let span = try await database.transaction(readOnly: true) {
        try PastMealStore.span(after: start, limit: wanted, $0)
      }
      guard start == after else { continue }
      if let span { after = span.through }
      return span
    }
  }

  func done(_ span: PastMealStore.Span, meals: Int) {
    finished += span.count
    let perPerson = max(1, meals / max(1, span.count))
    limit = max(50, min(20_000, Self.mealsWanted / perPerson, limit * 4))
    report(Progress(done: finished, total: max(finished, total)))
  }
}

/// Why nothing is simulated.
public enum SimulationRefusal: Refusal, Hashable {
  case endsBeforeItStarts(from: Day, to: Day)

  public var kind: RefusalKind { .invalid }

  public var sentence: Sentence {
    switch self {
    case .endsBeforeItStarts(let from, let to):
      Sentence(zh: "起始日期 \(from) 晚于结束日期 \(to)", en: "\(from) is after \(to)")
    }
  }
}
