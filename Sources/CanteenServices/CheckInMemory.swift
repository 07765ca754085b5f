import CanteenDomain
import Postgres
import Synchronization

/// What look-ups and check-ins found out about persons and canteens, kept so that the next tap is decided
/// without asking first and costs one flight.
///
/// Nothing of it is believed. What is decided from it is written behind `Claim.query`, under the persons'
/// locks: the tables only grow, so where they hold as many rows as were counted they hold the same rows.
final class CheckInMemory: Sendable {
  private struct Person {
    var facts: DinerFacts
    var name: String
    var registerRows: Int
    /// From which day on all meals are known.
    var since: Day
    var meals: [CheckInStore.StoredMeal]
  }

  private struct State {
    var revision: Reference.Revision?
    var persons: [Diner.ID: Person] = [:]
    /// The last closed day of each canteen; nil in it where none is closed.
    var closedThrough: [Canteen.Code: Day?] = [:]
  }

  /// Above so many persons all are forgotten, and those who still come are known again with their next
  /// meal. Some 1 KB each.
  private static let personsMax = 50_000

  private let state = Mutex(State())

  /// Keeps what was read under a reading that is memorable.
  /// - Parameter decided: what was written since, by the same transaction.
  func remember(
    _ facts: CheckInStore.Facts, of reading: CheckInStore.Reading,
    and decided: [DecidedCheckIn] = [],
    in reference: Reference
  ) {
    var meals = facts.earlier
    for one in decided {
      meals[one.checkIn.diner, default: []].append(
        CheckInStore.StoredMeal(meal: CheckInContext.EarlierMeal(one), rows: 1))
    }
    state.withLock { state in
      if state.revision != facts.revision { state = State(revision: facts.revision) }
      for canteen in reading.canteens where reference.canteens[canteen] != nil {
        state.closedThrough[canteen] = .some(facts.closedThrough[canteen])
      }
      if state.persons.count > Self.personsMax { state.persons.removeAll() }
      for (id, person) in facts.diners {
        // The rows of merged records would have to be counted together; they are few.
        guard reference.aliases.records(of: [id]) == [id], let name = facts.names[id],
          let rows = facts.registerRows[id]
        else { continue }
        state.persons[id] = Person(
          facts: person, name: name, registerRows: rows, since: reading.window.lowerBound,
          meals: meals[id] ?? [])
      }
    }
  }

  /// Forgets everything: behind a connection that was lost there may be another server now, whose tables
  /// are behind those that were read.
  func forget() { state.withLock { $0 = State() } }

  /// What a reading would find as far as is remembered, and what has to hold for it.
  /// - Returns: nil where something is not known.
  func recall(
    _ reading: CheckInStore.Reading, _ revision: Reference.Revision
  ) -> (facts: CheckInStore.Facts, claim: CheckInStore.Claim)? {
    let since = reading.window.lowerBound
    var facts = CheckInStore.Facts(revision: revision)
    var rows = 0
    let isKnown = state.withLock { state in
      guard state.revision == revision else { return false }
      for canteen in reading.canteens {
        guard let closed = state.closedThrough[canteen] else { return false }
        facts.closedThrough[canteen] = closed
      }
      for id in reading.diners {
        guard let person = state.persons[id], person.since <= since else { return false }
        facts.diners[id] = person.facts
        facts.names[id] = person.name
        facts.registerRows[id] = person.registerRows
        let meals = person.meals.filter { $0.meal.day >= since }
        facts.earlier[id] = meals
        rows += meals.reduce(person.registerRows) { $0 + $1.rows }
      }
      return true
    }
    guard isKnown else { return nil }
    return (
      facts,
      CheckInStore.Claim(
        reading: reading, revision: revision, closedDays: facts.closedThrough.values.sorted(),
        rows: rows)
    )
  }
}
