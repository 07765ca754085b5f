import CanteenDomain
import Postgres

/// Rows of `transfers`, the journal.
enum TransferStore {
  /// One transfer of one check-in.
  struct Row {
    var diner: Diner.ID
    var day: Day
    var checkIn: CheckIn.ID
    var number: Int
    var postedOn: Day
    var canteen: Canteen.Code
    var transfer: Transfer
  }

  static func insert(_ rows: [Row]) -> SQL {
    """
    insert into transfers (
        diner_id, service_date, check_in_id, transfer_no, posted_on, canteen_code, debit_account,
        credit_account, fen
    )
    \(rows:
      .init("bigint", rows.map(\.diner)), .init("date", rows.map(\.day)),
      .init("uuid", rows.map(\.checkIn)), .init("smallint", rows.map(\.number)),
      .init("date", rows.map(\.postedOn)), .init("text", rows.map(\.canteen)),
      .init("text", rows.map(\.transfer.debit)), .init("text", rows.map(\.transfer.credit)),
      .init("bigint", rows.map(\.transfer.fen)))
    """
  }

  /// The transfers of one check-in, in order.
  static func ofCheckIn(
    _ id: CheckIn.ID, diner: Diner.ID, day: Day, _ transaction: borrowing Transaction
  ) throws -> [Transfer] {
    try transaction.query(
      """
      select debit_account, credit_account, fen
      from transfers
      where diner_id = \(diner) and service_date = \(day)::date and check_in_id = \(id)::uuid
      order by transfer_no
      """
    ).map {
      Transfer(
        debit: try $0.decode("debit_account"), credit: try $0.decode("credit_account"),
        fen: try $0.decode("fen"))
    }
  }
}

extension TransferStore.Row {
  /// - Parameter postedOn: another day than the check-in's own.
  init(_ checkIn: CheckIn, number: Int, postedOn: Day? = nil, _ transfer: Transfer) {
    self.init(
      diner: checkIn.diner, day: checkIn.day, checkIn: checkIn.id, number: number,
      postedOn: postedOn ?? checkIn.postedOn, canteen: checkIn.canteen, transfer: transfer)
  }
}
