import CanteenDomain
import Postgres

/// Rows of `reference_changes`: that something changed which every check-in keeps in memory.
enum ReferenceStore {
  /// What changed.
  enum Change: String {
    case regions
    case canteens
    case policies
    case calendarDays = "calendar_days"
    case aliases = "diner_aliases"
  }

  /// Notes a change in the transaction that makes it. Who comes second waits for the first and then
  /// takes the next number, so the highest number tells of every change that can be seen.
  static func note(_ change: Change, _ transaction: borrowing Transaction) throws {
    var isNoted = false
    while !isNoted {
      isNoted =
        try transaction.execute(
          """
          insert into reference_changes (change_no, what)
          select coalesce(max(change_no), 0) + 1, \(change.rawValue)
          from reference_changes
          on conflict (change_no) do nothing
          """) == 1
    }
  }
}
