import CanteenDomain
import Postgres

extension CheckInStore {
  /// What a decision from memory rests on.
  struct Claim {
    /// Whose rows, since when, of which canteens, and for which keys nobody has to judge.
    var reading: Reading
    var revision: Reference.Revision
    /// Of those canteens that have any, ascending.
    var closedDays: [Day]
    /// How many rows tell of the persons.
    var rows: Int

    /// What the server calls its failure.
    static let failure: SQLState = "CT001"

    /// Fails unless it holds. The last closed day of a canteen only grows as well.
    var query: SQL {
      """
      select must_hold(
          (\(fragment: Reference.Revision.query)) = \(revision.changes)
          and (
              select count(*)
              from (
                  select from (\(fragment: DinerStore.registerRows(of: reading.diners))) as register
                  union all
                  \(fragment: mealRows(of: reading.diners, since: reading.window.lowerBound))
                  union all
                  select from check_in_exceptions where check_in_id = any(\(reading.keys)::uuid[])
              ) as known
          ) = \(rows)
          and array(
              select closed_day
              from (\(fragment: DayCloseStore.heads(of: reading.canteens))) as head
              order by closed_day
          ) = \(closedDays)::date[]
      )
      """
    }
  }

  /// Something was added since it was remembered: read it.
  struct ClaimFailed: Error {}
}
