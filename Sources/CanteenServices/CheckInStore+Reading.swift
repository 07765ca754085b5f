import CanteenDomain
import Postgres

/// Reading check-ins back, and reversing one.
extension CheckInStore {
  /// The fact itself.
  static let factColumns: SQL = """
    c.diner_id, c.service_date, c.check_in_id, c.period, c.served_at, c.posted_on, c.canteen_code,
    c.mode, c.means_of_payment, c.auth_method, c.terminal, c.list_fen, c.diner_fen, c.category,
    c.entry, c.guest_kind, c.proxy_no
    """

  static let columns: SQL = "\(fragment: factColumns), c.pricing::text as pricing"

  /// What the policy called the group under which a meal was priced.
  static let tierTitle: SQL = "c.pricing #>> '{line,tier_title}'"

  /// What lists show of one, beside the person's name and whether it stands.
  static let listedColumns: SQL = """
    \(fragment: factColumns), \(fragment: tierTitle) as tier_title
    """

  /// The receipts of keys that were answered before.
  static func stored(
    _ keys: [CheckIn.ID: StoredKey], _ transaction: borrowing Transaction
  ) throws -> [CheckIn.ID: CheckInReceipt] {
    guard !keys.isEmpty else { return [:] }
    let rows = try transaction.query(
      """
      select \(fragment: columns), c.recorded_by
      from check_ins as c
      join unnest(
          \(keys.values.map(\.diner))::bigint[], \(keys.values.map(\.day))::date[],
          \(Array(keys.keys))::uuid[]
      ) as k (diner_id, service_date, check_in_id) using (diner_id, service_date, check_in_id)
      """)
    return try Dictionary(
      rows.map { row in
        let receipt = CheckInReceipt(
          checkIn: try checkIn(row), line: try StoredPricing(json: row.decode("pricing")).line,
          name: "", recordedBy: try row.decode("recorded_by"), isRepeated: true)
        return (receipt.checkIn.id, receipt)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Which of some keys were answered before: their meals are in the books, or a person judges them.
  static func answered(
    _ keys: [CheckIn.ID], _ transaction: borrowing Transaction
  ) throws -> Set<CheckIn.ID> {
    let rows = try transaction.query(
      """
      select check_in_id
      from check_in_keys
      where check_in_id = any(\(keys)::uuid[])
      union
      select check_in_id
      from check_in_exceptions
      where check_in_id = any(\(keys)::uuid[])
      """)
    return try Set(rows.map { try $0.decode("check_in_id", as: CheckIn.ID.self) })
  }

  static func checkIn(_ row: Row) throws -> CheckIn {
    CheckIn(
      id: try row.decode("check_in_id"), diner: try row.decode("diner_id"),
      day: try row.decode("service_date"), period: try row.decode("period"),
      servedAt: try row.decode("served_at"), postedOn: try row.decode("posted_on"),
      canteen: try row.decode("canteen_code"), mode: try row.decode("mode"),
      means: try row.decode("means_of_payment"), auth: try row.decode("auth_method"),
      terminal: try row.decode("terminal"), list: try row.decode("list_fen"),
      dinerPays: try row.decode("diner_fen"), category: try row.decode("category"),
      entry: try row.decode("entry"), guest: try row.decode("guest_kind"),
      proxy: try row.decode("proxy_no"))
  }

  /// The check-ins of a canteen between two days, with whether they still stand, by service time.
  static func list(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [ListedCheckIn] {
    try transaction.query(
      """
      select \(fragment: listedColumns), d.name, r.check_in_id is null as stands
      from check_ins as c
      left join current_diner_records as d on d.diner_id = c.diner_id
      left join check_in_reversals as r
          on r.diner_id = c.diner_id
          and r.service_date = c.service_date
          and r.check_in_id = c.check_in_id
      where c.canteen_code = \(canteen)
          and c.service_date between \(from)::date and \(to)::date
      order by c.served_at, c.check_in_id
      """
    ).map(listed)
  }

  static func listed(_ row: Row) throws -> ListedCheckIn {
    let checkIn = try checkIn(row)
    return ListedCheckIn(
      checkIn: checkIn,
      name: try row.decode("name", as: String?.self) ?? checkIn.guest?.name.zh ?? "",
      tierTitle: try row.decode("tier_title"), stands: try row.decode("stands"))
  }

  /// The check-ins of some records that stand, each with what it was priced from.
  static func priced(
    of diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [(checkIn: CheckIn, past: PastMeal)] {
    try transaction.query(
      """
      select \(fragment: columns), c.recorded_at
      from check_ins as c
      where c.diner_id = any(\(diners)::bigint[])
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      """
    ).map { row in
      let checkIn = try checkIn(row)
      let stored = try StoredPricing(json: row.decode("pricing"))
      return (
        checkIn,
        PastMeal(
          priced: PricedMeal(dinerID: checkIn.diner, meal: stored.inputs.meal, line: stored.line),
          postedOn: checkIn.postedOn, recordedAt: try row.decode("recorded_at"))
      )
    }
  }

  /// Whose a key is; nil if nobody used it.
  static func key(
    _ id: CheckIn.ID, _ transaction: borrowing Transaction
  ) throws -> StoredKey? {
    try transaction.query(
      """
      select diner_id, service_date, body_sha256
      from check_in_keys
      where check_in_id = \(id)
      """
    ).first.map {
      StoredKey(
        diner: try $0.decode("diner_id"), day: try $0.decode("service_date"),
        body: try $0.decode("body_sha256"))
    }
  }

  /// - Returns: false if it was reversed before.
  static func insertReversal(
    of checkIn: CheckIn, postedOn: Day, reason: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into check_in_reversals (
          diner_id, service_date, check_in_id, posted_on, reversed_at, reversed_by, reason
      ) values (
          \(checkIn.diner), \(checkIn.day)::date, \(checkIn.id), \(postedOn)::date, \(by.at),
          \(by.by), \(reason)
      )
      on conflict (diner_id, service_date, check_in_id) do nothing
      """) == 1
  }
}

/// A check-in in a list, with the person's name.
public struct ListedCheckIn: Sendable, Hashable {
  public var checkIn: CheckIn
  public var name: String
  /// What the policy called the group under which it was priced; nil at full price.
  public var tierTitle: String?
  /// False once it was reversed.
  public var stands: Bool
}
