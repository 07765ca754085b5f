import CanteenDomain
import Postgres

/// Rows of `advances`, and what is left of them.
enum AdvanceStore {
  /// - Parameter canteen: nil for all.
  static func all(
    of canteen: Canteen.Code?, _ transaction: borrowing Transaction
  ) throws -> [AdvanceService.EnteredAdvance] {
    try transaction.query(
      """
      select
          advance_no::bigint as advance_no, canteen_code, source, fen, paid_on, voucher, reason,
          nullif(corrects_no, 0)::bigint as corrects_no, recorded_at, recorded_by
      from advances
      where \(canteen)::text is null or canteen_code = \(canteen)::text
      order by canteen_code, advance_no
      """
    ).map { row in
      AdvanceService.EnteredAdvance(
        number: try row.decode("advance_no"),
        advance: Advance(
          canteen: try row.decode("canteen_code"),
          source: FundingSource(try row.decode("source", as: String.self)),
          fen: try row.decode("fen"), day: try row.decode("paid_on"),
          voucher: try row.decode("voucher"), reason: try row.decode("reason")),
        corrects: try row.decode("corrects_no"),
        entered: Attribution(
          by: try row.decode("recorded_by"), at: try row.decode("recorded_at")))
    }
  }

  /// What canteens were paid ahead and what became of it, by source. A correction counts with what
  /// it takes back.
  /// - Parameter canteen: nil for all.
  static func holdings(
    of canteen: Canteen.Code?, _ transaction: borrowing Transaction
  ) throws -> [AdvanceHolding] {
    try transaction.query(
      """
      select
          canteen_code, source, sum(received)::bigint as received,
          sum(returned)::bigint as returned, sum(used)::bigint as used
      from (
          select
              canteen_code, source,
              case when (fen > 0) = (corrects_no = 0) then fen else 0 end as received,
              case when (fen > 0) = (corrects_no = 0) then 0 else -fen end as returned,
              0 as used
          from advances
          union all
          select s.canteen_code, p.source, 0, 0, p.fen
          from statement_payments as p
          join statements as s on s.statement_no = p.statement_no
          where p.paid_from = 'advance'
      ) as parts
      where \(canteen)::text is null or canteen_code = \(canteen)::text
      group by canteen_code, source
      order by canteen_code, source
      """
    ).map { row in
      AdvanceHolding(
        canteen: try row.decode("canteen_code"),
        source: FundingSource(try row.decode("source", as: String.self)),
        received: try row.decode("received"), returned: try row.decode("returned"),
        used: try row.decode("used"))
    }
  }

  /// Sees to it that so much is left of what a source paid ahead. The canteen is locked, so that
  /// nobody uses it meanwhile.
  /// - Throws: `AdvanceRefusal.moreThanHeld`.
  static func check(
    _ fen: Fen, of source: FundingSource, at canteen: Canteen.Code,
    _ transaction: borrowing Transaction
  ) throws {
    let held = try holdings(of: canteen, transaction).first { $0.source == source }?.held ?? 0
    guard fen <= held else { throw AdvanceRefusal.moreThanHeld(source, held: held) }
  }

  /// Whether an advance's voucher is entered already, and was not taken back since.
  static func isKnown(
    _ advance: Advance, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try !transaction.query(
      """
      select 1 as present
      from advances as a
      where a.canteen_code = \(advance.canteen)
          and a.source = \(advance.source.rawValue)
          and a.voucher = \(advance.voucher)
          and a.corrects_no = 0
          and not exists (
              select
              from advances as c
              where c.canteen_code = a.canteen_code and c.corrects_no = a.advance_no
          )
      """
    ).isEmpty
  }

  /// - Parameters:
  ///   - corrects: the number of the advance that it takes back.
  ///   - postedOn: the day in whose books it is.
  static func insert(
    _ advance: Advance, corrects: Int?, postedOn: Day, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into advances (
          canteen_code, advance_no, source, fen, paid_on, posted_on, voucher, reason, corrects_no,
          round_no, recorded_at, recorded_by
      )
      select
          \(advance.canteen), count(*)::integer + 1, \(advance.source.rawValue), \(advance.fen),
          \(advance.day)::date, \(postedOn)::date, \(advance.voucher), \(advance.reason),
          \(corrects ?? 0)::integer,
          count(*) filter (
              where corrects_no > 0
                  and source = \(advance.source.rawValue)
                  and voucher = \(advance.voucher)
          )::integer,
          \(by.at), \(by.by)
      from advances
      where canteen_code = \(advance.canteen)
      """)
  }
}
