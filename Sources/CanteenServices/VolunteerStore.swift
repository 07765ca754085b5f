import CanteenDomain
import Postgres

/// Rows of `volunteers` and `volunteer_shifts`.
enum VolunteerStore {
  static func insert(
    name: String, diner: Diner.ID?, joinedOn: Day, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Volunteer.ID {
    let rows = try transaction.query(
      """
      insert into volunteers (name, diner_id, joined_on, recorded_by, recorded_at)
      values (\(name), \(diner)::bigint, \(joinedOn)::date, \(by.by), \(by.at))
      returning volunteer_id
      """)
    guard let row = rows.first else { preconditionFailure("an insert returns its row") }
    return try row.decode("volunteer_id")
  }

  /// Every volunteer with the balance of their points and the minutes that they worked.
  static func all(
    _ transaction: borrowing Transaction
  ) throws -> [(volunteer: Volunteer, balance: Int, minutes: Int)] {
    try transaction.query(
      """
      select
          v.volunteer_id, v.name, v.diner_id, v.joined_on,
          coalesce(
              (
                  select e.balance
                  from point_entries as e
                  where e.volunteer_id = v.volunteer_id
                  order by e.entry_no desc
                  limit 1
              ), 0
          ) as balance,
          coalesce(
              (
                  select sum(s.worked_minutes)
                  from current_volunteer_shifts as s
                  where s.volunteer_id = v.volunteer_id
              ), 0
          )::bigint as minutes
      from volunteers as v
      order by v.volunteer_id
      """
    ).map { row in
      (
        Volunteer(
          id: try row.decode("volunteer_id"), name: try row.decode("name"),
          diner: try row.decode("diner_id"), joinedOn: try row.decode("joined_on")),
        try row.decode("balance"), try row.decode("minutes")
      )
    }
  }

  static func shifts(
    of volunteer: Volunteer.ID, _ transaction: borrowing Transaction
  ) throws -> [VolunteerShift] {
    try shifts(where: "s.volunteer_id = \(volunteer)", transaction)
  }

  static func shifts(
    at canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [VolunteerShift] {
    try shifts(
      where: """
        s.canteen_code = \(canteen)
            and s.service_date between \(from)::date and \(to)::date
        """, transaction)
  }

  private static func shifts(
    where condition: SQL, _ transaction: borrowing Transaction
  ) throws -> [VolunteerShift] {
    try transaction.query(
      """
      select
          s.volunteer_id, s.shift_no, s.canteen_code, s.service_date, s.task, s.planned_minutes,
          s.worked_minutes
      from current_volunteer_shifts as s
      where \(fragment: condition)
      order by s.service_date, s.volunteer_id, s.shift_no
      """
    ).map { row in
      VolunteerShift(
        volunteer: try row.decode("volunteer_id"), number: try row.decode("shift_no"),
        canteen: try row.decode("canteen_code"), day: try row.decode("service_date"),
        task: try row.decode("task"), plannedMinutes: try row.decode("planned_minutes"),
        workedMinutes: try row.decode("worked_minutes"))
    }
  }

  /// Writes a shift as its newest revision.
  static func insert(
    _ shift: VolunteerShift, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into volunteer_shifts (
          volunteer_id, shift_no, revision, canteen_code, service_date, task, planned_minutes,
          worked_minutes, recorded_by, recorded_at
      )
      select
          \(shift.volunteer), \(shift.number)::integer, coalesce(max(revision), 0) + 1,
          \(shift.canteen)::text, \(shift.day)::date, \(shift.task)::text,
          \(shift.plannedMinutes)::integer, \(shift.workedMinutes)::integer, \(by.by)::text,
          \(by.at)::timestamptz
      from volunteer_shifts
      where volunteer_id = \(shift.volunteer) and shift_no = \(shift.number)
      """)
  }
}
