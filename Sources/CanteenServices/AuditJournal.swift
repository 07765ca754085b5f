import CanteenDomain
import Postgres

/// The transfers of meals in one day's books, against what the day's meals, adjustments and reversals
/// give: neither more nor less on any account.
struct AuditJournal {
  /// A check-in with a transfer that moves nothing or goes nowhere; nil if there is none.
  private(set) var invalid: CheckIn.ID?
  private var transfers: [CheckIn.ID: [Transfer]] = [:]
  /// What stands in the books less what was explained so far, by account.
  private var rest: [CheckIn.ID: [Account: Fen]] = [:]

  init(_ canteen: Canteen.Code, _ day: Day, _ transaction: borrowing Transaction) throws {
    for row in try transaction.query(
      """
      select check_in_id, debit_account, credit_account, fen
      from transfers
      where canteen_code = \(canteen) and posted_on = \(day)::date
      order by check_in_id, transfer_no
      """)
    {
      let (fen, debit, credit): (Fen, Account, Account) = (
        try row.decode("fen"), try row.decode("debit_account"), try row.decode("credit_account")
      )
      let id: CheckIn.ID = try row.decode("check_in_id")
      guard fen > 0, debit != credit else {
        invalid = id
        return
      }
      let transfer = Transfer(debit: debit, credit: credit, fen: fen)
      transfers[id, default: []].append(transfer)
      add([transfer], of: id, sign: 1)
    }
  }

  private mutating func add(_ transfers: [Transfer], of id: CheckIn.ID, sign: Int) {
    for transfer in transfers {
      rest[id, default: [:]][transfer.debit, default: 0] += transfer.fen * sign
      rest[id, default: [:]][transfer.credit, default: 0] -= transfer.fen * sign
    }
  }

  /// Explains some transfers of a check-in.
  mutating func expect(_ due: [Transfer], of id: CheckIn.ID) { add(due, of: id, sign: -1) }

  /// Explains a meal's own transfers, which come first.
  /// - Returns: whether they are there.
  mutating func takes(_ due: [Transfer], of id: CheckIn.ID) -> Bool {
    guard Array((transfers[id] ?? []).prefix(due.count)) == due else { return false }
    expect(due, of: id)
    return true
  }

  /// The first check-in whose transfers are not explained by what was expected. Who was reversed on the
  /// day has nothing left in the books, over all days.
  func unexplained(
    _ canteen: Canteen.Code, _ day: Day, _ transaction: borrowing Transaction
  ) throws -> CheckIn.ID? {
    var reversed: [CheckIn.ID: Bool] = [:]
    for row in try transaction.query(
      """
      select
          r.check_in_id,
          not exists (
              select
              from (
                  select t.debit_account as account, t.fen
                  from transfers as t
                  where t.diner_id = r.diner_id
                      and t.service_date = r.service_date
                      and t.check_in_id = r.check_in_id
                  union all
                  select t.credit_account, -t.fen
                  from transfers as t
                  where t.diner_id = r.diner_id
                      and t.service_date = r.service_date
                      and t.check_in_id = r.check_in_id
              ) as sides
              group by account
              having sum(fen) <> 0
          ) as is_undone
      from check_in_reversals as r
      join check_ins as c
          on c.diner_id = r.diner_id
          and c.service_date = r.service_date
          and c.check_in_id = r.check_in_id
      where c.canteen_code = \(canteen) and r.posted_on = \(day)::date
      """)
    {
      reversed[try row.decode("check_in_id")] = try row.decode("is_undone")
    }
    let wrong = rest.filter { id, sums in
      reversed[id] == nil && sums.values.contains { $0 != 0 }
    }
    return (Array(wrong.keys) + reversed.filter { !$0.value }.map(\.key)).min()
  }
}
