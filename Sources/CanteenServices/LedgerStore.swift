import CanteenDomain
import Postgres

/// Sums over `day_closes`, `account_days`, `statement_transfers` and `advance_transfers`.
enum LedgerStore {
  /// After every day in whose books anything stands.
  static let end = Day(number: 1_000_000)

  /// What stands in each account of a canteen at the end of a day.
  /// - Parameter all: also accounts in which nothing is left.
  static func balances(
    _ canteen: Canteen.Code, through day: Day, all: Bool = false,
    _ transaction: borrowing Transaction
  ) throws -> [LedgerBalance] {
    let head = try DayCloseStore.head(canteen, transaction)?.day
    // Constants, so that only the index entries of open days are read.
    let open = head.map { min($0, day) + 1 } ?? Day(number: -1_000_000)
    return try transaction.query(
      """
      select account, sum(fen)::bigint as fen
      from (
          select a ->> 'account' as account, (a ->> 'fen')::bigint as fen
          from day_closes as d
          cross join lateral jsonb_array_elements(d.totals -> 'accounts') as a
          where d.canteen_code = \(canteen) and d.closed_day <= \(day)::date
          union all
          select account, debit_fen - credit_fen
          from account_days
          where canteen_code = \(canteen) and posted_on between \(open)::date and \(day)::date
          union all
          select s.account, s.fen
          from statement_transfers as t
          cross join lateral (
              values (t.debit_account, t.fen), (t.credit_account, -t.fen)
          ) as s (account, fen)
          where t.canteen_code = \(canteen) and t.posted_on <= \(day)::date
          union all
          select s.account, s.fen
          from advance_transfers as t
          cross join lateral (
              values (t.debit_account, t.fen), (t.credit_account, -t.fen)
          ) as s (account, fen)
          where t.canteen_code = \(canteen) and t.posted_on <= \(day)::date
      ) as parts
      group by account
      having sum(fen) <> 0 or \(all)::boolean
      order by account
      """
    ).map {
      LedgerBalance(
        canteen: canteen, account: try $0.decode("account"), fen: try $0.decode("fen"))
    }
  }

  /// A day's meals in one row, each thing that a statement moved and each advance in its own.
  static func entries(
    _ account: Account, _ canteen: Canteen.Code, from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> [LedgerAccount.Entry] {
    try transaction.query(
      """
      select
          posted_on, 'meals' as cause, null as statement_no, null as reference, debit_fen,
          credit_fen, 0 as transfer_no
      from account_days
      where canteen_code = \(canteen)
          and account = \(account)
          and posted_on between \(from)::date and \(to)::date
      union all
      select
          posted_on, kind, statement_no, reference,
          case when debit_account = \(account) then fen else 0 end,
          case when credit_account = \(account) then fen else 0 end,
          transfer_no
      from statement_transfers
      where canteen_code = \(canteen)
          and \(account) in (debit_account, credit_account)
          and posted_on between \(from)::date and \(to)::date
      union all
      select
          posted_on, 'advance', null, voucher,
          case when debit_account = \(account) then fen else 0 end,
          case when credit_account = \(account) then fen else 0 end,
          advance_no
      from advance_transfers
      where canteen_code = \(canteen)
          and \(account) in (debit_account, credit_account)
          and posted_on between \(from)::date and \(to)::date
      order by posted_on, statement_no nulls first, transfer_no
      """
    ).map { row in
      LedgerAccount.Entry(
        day: try row.decode("posted_on"),
        cause: try row.decode("cause"), reference: try row.decode("reference"),
        statement: try row.decode("statement_no"), debit: try row.decode("debit_fen"),
        credit: try row.decode("credit_fen"))
    }
  }

  /// What is still to come for each statement and source.
  struct Outstanding {
    var source: FundingSource
    var periodEnd: Day
    var fen: Fen
  }

  static func outstanding(
    _ canteen: Canteen.Code, _ transaction: borrowing Transaction
  ) throws -> [Outstanding] {
    try StatementStore.all(of: canteen, transaction).flatMap { statement in
      let disallowed = try StatementLifeStore.disallowed(statement.number, transaction)
      let paid = try StatementPaymentStore.paid(statement.number, transaction)
      return statement.owed.map {
        Outstanding(
          source: $0.source, periodEnd: statement.to,
          fen: $0.fen - disallowed[$0.source, default: 0] - paid[$0.source, default: 0])
      }.filter { $0.fen != 0 }
    }
  }
}
