import CanteenDomain
import Postgres

/// 节假日安排: the legal holidays and make-up workdays of each year, as the notices set them.
public struct CalendarService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// What became of a list of days.
  public struct Outcome: Sendable, Hashable {
    public var added = 0
    /// Days that were entered otherwise before; the old entry stays in the books.
    public var changed = 0
    public var unchanged = 0
    /// Days of the list before today: meals of them keep their price until they are repriced.
    public var past = 0
  }

  /// Every day that was entered, in order.
  public func all() async throws -> [CalendarDay] {
    try await database.transaction(readOnly: true) { try CalendarStore.days($0) }
  }

  /// Enters days all together; a day that is there already and the same is left as it is.
  /// - Throws: `CalendarRefusal.twice`, `.notAWeekend`.
  public func add(_ days: [CalendarDay], today: Day, by: Attribution) async throws -> Outcome {
    var wanted: [Day: CalendarDay] = [:]
    for entry in days {
      if let other = wanted[entry.day], other.kind != entry.kind {
        throw CalendarRefusal.twice(entry.day)
      }
      if entry.kind == .workday, entry.day.weekday <= 5 {
        throw CalendarRefusal.notAWeekend(entry.day)
      }
      wanted[entry.day] = entry
    }
    let entries = wanted.values.sorted { $0.day < $1.day }
    return try await database.transaction { transaction in
      let known = Dictionary(
        try CalendarStore.days(transaction).map { ($0.day, $0) }, uniquingKeysWith: { $1 })
      let fresh = entries.filter { known[$0.day] != $0 }
      try CalendarStore.insert(fresh, by: by, transaction)
      let changed = fresh.count { known[$0.day] != nil }
      return Outcome(
        added: fresh.count - changed, changed: changed, unchanged: entries.count - fresh.count,
        past: fresh.count { $0.day < today })
    }
  }
}

/// Why days are not entered.
public enum CalendarRefusal: Refusal, Hashable {
  case twice(Day)
  case notAWeekend(Day)

  public var kind: RefusalKind { .invalid }

  public var sentence: Sentence {
    switch self {
    case .twice(let day):
      Sentence(
        zh: "\(day) 在表中既是节假日又是上班日，请核对", en: "\(day) is in the table with two kinds; mend it")
    case .notAWeekend(let day):
      Sentence(
        zh: "\(day) 不是周六或周日，不会是调休上班日，请核对",
        en: "\(day) is no Saturday or Sunday, so it is no make-up workday; mend it")
    }
  }
}
