import CanteenDomain
import Postgres

/// Rows of `point_entries` and `point_rules`.
///
/// Who moves points holds the volunteer's row; the constraints of the table are the last guard.
enum PointStore {
  /// Locks volunteers in the order of their numbers and gives what their points may pay. Who is not
  /// there has no purse. Nothing is asked where no meal is paid by points.
  static func purses(
    _ volunteers: [Volunteer.ID], _ transaction: borrowing Transaction
  ) throws -> [Volunteer.ID: PointPurse] {
    guard !volunteers.isEmpty else { return [:] }
    let rules = try rules(transaction)
    let balances = try lock(volunteers, transaction)
    return balances.mapValues { PointPurse(balance: $0.balance, rules: rules) }
  }

  /// Where a volunteer's account ends.
  struct Head {
    var number: Int
    var balance: Int
  }

  static func lock(
    _ volunteers: [Volunteer.ID], _ transaction: borrowing Transaction
  ) throws -> [Volunteer.ID: Head] {
    // The lock first: the balance is read when nobody else can move it.
    let known = try transaction.query(
      """
      select volunteer_id
      from volunteers
      where volunteer_id = any(\(volunteers)::bigint[])
      order by volunteer_id
      for update
      """
    ).map { try $0.decode("volunteer_id", as: Volunteer.ID.self) }
    let rows = try transaction.query(
      """
      select distinct on (volunteer_id) volunteer_id, entry_no, balance
      from point_entries
      where volunteer_id = any(\(volunteers)::bigint[])
      order by volunteer_id, entry_no desc
      """)
    var heads = Dictionary(
      known.map { ($0, Head(number: 0, balance: 0)) }, uniquingKeysWith: { first, _ in first })
    for row in rows {
      heads[try row.decode("volunteer_id")] = Head(
        number: try row.decode("entry_no"), balance: try row.decode("balance"))
    }
    return heads
  }

  /// Writes what decided check-ins take; their volunteers are locked.
  static func spend(
    _ decided: [CheckInBatch.Decided], _ transaction: borrowing Transaction
  ) throws {
    for one in decided {
      guard let (volunteer, points) = one.checkIn.points else { continue }
      _ = try append(
        to: volunteer, .spent, -points, checkIn: one.checkIn.checkIn.id,
        note: one.checkIn.checkIn.period.name.zh, by: one.by, transaction)
    }
  }

  /// Gives back what a check-in that was reversed had taken.
  static func giveBack(
    _ id: CheckIn.ID, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    let row = try transaction.query(
      """
      select volunteer_id, points
      from point_entries
      where check_in_id = \(id) and kind = 'spent'
      """
    ).first
    guard let row else { return }
    let volunteer: Volunteer.ID = try row.decode("volunteer_id")
    _ = try lock([volunteer], transaction)
    _ = try append(
      to: volunteer, .returned, -(try row.decode("points", as: Int.self)), checkIn: id,
      note: "冲正", by: by, transaction)
  }

  /// Adds an entry behind the last one; the volunteer is locked.
  /// - Returns: the balance.
  /// - Throws: `PointRefusal.notEnough`.
  static func append(
    to volunteer: Volunteer.ID, _ kind: PointEntry.Kind, _ points: Int, shift: Int? = nil,
    checkIn: CheckIn.ID? = nil, note: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Int {
    let last = try transaction.query(
      """
      select entry_no, balance
      from point_entries
      where volunteer_id = \(volunteer)
      order by entry_no desc
      limit 1
      """
    ).first
    let number: Int = try last?.decode("entry_no") ?? 0
    let before: Int = try last?.decode("balance") ?? 0
    guard before + points >= 0 else {
      throw PointRefusal.notEnough(balance: before, needed: -points)
    }
    try transaction.execute(
      """
      insert into point_entries (
          volunteer_id, entry_no, previous_no, kind, points, balance_before, balance, shift_no,
          check_in_id, note, recorded_by, recorded_at
      ) values (
          \(volunteer), \(number + 1), \(number == 0 ? nil : number)::integer, \(kind), \(points),
          \(before), \(before + points), \(shift)::integer, \(checkIn)::uuid, \(note), \(by.by),
          \(by.at)
      )
      """)
    return before + points
  }

  static func entries(
    of volunteer: Volunteer.ID, _ transaction: borrowing Transaction
  ) throws -> [(entry: PointEntry, at: Instant, by: String)] {
    try transaction.query(
      """
      select
          entry_no, kind, points, balance, shift_no, check_in_id, note, recorded_at, recorded_by
      from point_entries
      where volunteer_id = \(volunteer)
      order by entry_no
      """
    ).map { row in
      (
        PointEntry(
          volunteer: volunteer, number: try row.decode("entry_no"), kind: try row.decode("kind"),
          points: try row.decode("points"), balance: try row.decode("balance"),
          shift: try row.decode("shift_no"), checkIn: try row.decode("check_in_id"),
          note: try row.decode("note")), try row.decode("recorded_at"),
        try row.decode("recorded_by")
      )
    }
  }

  static func rules(_ transaction: borrowing Transaction) throws -> PointRules {
    var rules = PointRules()
    for row in try transaction.query(
      "select kind, key, points, minutes, fen from current_point_rules")
    {
      let key: String = try row.decode("key")
      let points: Int = try row.decode("points")
      if let minutes: Int = try row.decode("minutes", as: Int?.self) {
        rules.earning[key] = PointRules.Earning(points: points, minutes: minutes)
      } else if let period = MealPeriod(rawValue: key) {
        rules.spending[period] = PointRules.Spending(
          points: points, fen: try row.decode("fen", as: Fen?.self) ?? 0)
      }
    }
    return rules
  }

  static func insertRule(
    _ kind: String, _ key: String, points: Int, minutes: Int?, fen: Fen?, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into point_rules (
          kind, key, revision, points, minutes, fen, recorded_by, recorded_at
      )
      select
          \(kind), \(key), coalesce(max(revision), 0) + 1, \(points)::integer,
          \(minutes)::integer, \(fen)::bigint, \(by.by)::text, \(by.at)::timestamptz
      from point_rules
      where kind = \(kind) and key = \(key)
      """)
  }
}
