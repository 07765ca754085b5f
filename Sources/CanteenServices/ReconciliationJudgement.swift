import CanteenDomain
import Postgres

/// Asks the pricing function about the lines that a check's statement names: SQL proposes, the one
/// function that prices a meal disposes.
struct ReconciliationJudgement {
  let reference: Reference
  let calendar: CanteenCalendar

  /// A line that a statement named.
  private struct Line {
    var diner: Diner.ID
    var day: Day
    /// False where nothing is stored that it could be priced from again.
    var isPriced: Bool
  }

  /// How many persons are read at once.
  private static let personsAtOnce = 500

  /// The findings without those that the policies allow. A line that cannot be priced again stays.
  func due(
    _ findings: [Finding], of checks: [ReconciliationCheck], at canteen: Canteen.Code,
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    let questions = Dictionary(
      checks.compactMap { check in check.question.map { (check.id, $0) } },
      uniquingKeysWith: { first, _ in first })
    let asked = findings.filter { questions[$0.check] != nil }
    guard !asked.isEmpty, !reference.policies.policies.isEmpty else { return findings }
    let lines = try lines(asked, canteen, transaction)
    var acquitted: Set<Finding> = []
    let diners = Set(lines.values.filter(\.isPriced).map(\.diner)).sorted()
    let days = asked.map(\.day)
    guard let first = days.min(), let last = days.max() else { return findings }
    for start in stride(from: 0, to: diners.count, by: Self.personsAtOnce) {
      let batch = Array(diners[start..<min(start + Self.personsAtOnce, diners.count)])
      let contents = try PastMealStore.contents(
        of: batch, days: reference.policies.capsWindow(for: first)...last, in: reference,
        calendar: calendar, transaction)
      let persons = Dictionary(
        contents.meals.compactMap { meals in
          meals.first.map {
            (
              reference.aliases.person(of: $0.priced.dinerID),
              meals.map(\.priced).sorted(by: PricedMeal.isBefore)
            )
          }
        }, uniquingKeysWith: { first, _ in first })
      for finding in asked {
        guard let line = lines[finding.subject], line.isPriced,
          let question = questions[finding.check],
          let meals = persons[reference.aliases.person(of: line.diner)],
          let place = meals.firstIndex(where: { $0.meal.id == finding.subject }),
          let facts = contents.diners[meals[place].dinerID]
        else { continue }
        if allows(meals, at: place, facts, question) { acquitted.insert(finding) }
      }
    }
    return findings.filter { !acquitted.contains($0) }
  }

  private func lines(
    _ findings: [Finding], _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> [String: Line] {
    let ids = findings.compactMap { CheckIn.ID($0.subject) }
    let days = findings.map(\.day)
    guard let first = days.min(), let last = days.max() else { return [:] }
    let rows = try transaction.query(
      """
      select
          c.check_in_id::text as check_in_id, c.diner_id, c.service_date,
          c.pricing #> '{inputs,meal}' is not null as is_priced
      from check_ins as c
      where c.canteen_code = \(canteen)
          and c.service_date between \(first)::date and \(last)::date
          and c.check_in_id = any(\(ids)::uuid[])
      """)
    return try Dictionary(
      rows.map { row in
        (
          try row.decode("check_in_id"),
          Line(
            diner: try row.decode("diner_id"), day: try row.decode("service_date"),
            isPriced: try row.decode("is_priced"))
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the function gives the line at least what it got, by the question alone that is asked:
  /// what another check reports is not reported twice.
  private func allows(
    _ meals: [PricedMeal], at place: Int, _ facts: DinerFacts,
    _ question: ReconciliationCheck.Question
  ) -> Bool {
    let (meal, line) = (meals[place].meal, meals[place].line)
    let earlier = meals[..<place].map { AcceptedMeal($0.meal, $0.line) }
    func fresh(_ accepted: [AcceptedMeal]) -> PricedLine {
      reference.policies.price(meal, for: facts, accepted: accepted)
    }
    func gives(_ accepted: [AcceptedMeal]) -> Bool { fresh(accepted).subsidyFen >= line.subsidyFen }
    switch question {
    case .entitlement: return gives([]) || facts.isAway(on: meal.day)
    // Somebody used a dead person's card, whatever was paid for it or taken back since.
    case .stay: return !facts.isDead(on: meal.day) && gives([])
    case .day:
      let isSecond = meals[..<place].contains {
        $0.meal.day == meal.day && $0.meal.period == meal.period && $0.line.subsidyFen > 0
      }
      if isSecond, line.subsidyFen > 0 { return false }
      return gives(earlier.filter { $0.day == meal.day }) || !gives([])
    case .window: return gives(earlier) || !gives(earlier.filter { $0.day == meal.day })
    case .programmes: return line.programmes.isSubset(of: fresh(earlier).programmes)
    }
  }
}

extension DinerFacts {
  /// Whether the day is after the person's death or inside a stay in an institution.
  fileprivate func isAway(on day: Day) -> Bool {
    isDead(on: day) || institutionStays.contains { $0.contains(day) }
  }
}

extension PricedLine {
  /// What was given beside discounts and points.
  fileprivate var subsidyFen: Fen {
    shares.reduce(.zero) { $0 + ($1.kind == .discount || $1.source == .points ? 0 : $1.fen) }
  }

  /// The policies that gave a subsidy.
  fileprivate var programmes: Set<String> {
    Set(shares.filter { $0.kind == .subsidy && $0.fen > 0 }.map(\.policyID))
  }
}
