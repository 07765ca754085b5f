import CanteenDomain
import Postgres

/// 总账: the trial balance, one account's statement, and what each source owes each canteen since when.
public struct LedgerService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// 试算平衡表: every account with its balance at the end of a day. The balances of a canteen add up
  /// to nothing, because each transfer has both sides. Closed days are read from their closes, so that
  /// the cost grows with open days and not with history.
  /// - Parameters:
  ///   - canteen: nil for all.
  ///   - day: nil for all that is posted; once today is closed, that is what stands in the next day's
  ///     books too.
  /// - Throws: `CanteenRefusal.unknown`.
  public func balance(
    _ canteen: Canteen.Code?, through day: Day? = nil
  ) async throws -> [LedgerBalance] {
    let canteens = try await canteens(canteen)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      try canteens.flatMap {
        try LedgerStore.balances($0, through: day ?? LedgerStore.end, transaction)
      }
    }
  }

  /// The day in whose books stands what is entered now: today, or the next day once today is closed.
  public func openDay(of canteen: Canteen.Code, today: Day) async throws -> Day {
    try await database.transaction(readOnly: true) {
      try DayCloseStore.postingDay(canteen, today: today, $0)
    }
  }

  private func canteens(_ code: Canteen.Code?) async throws -> [Canteen.Code] {
    let places = CanteenService(database)
    guard let code else { return try await places.all().map(\.code) }
    return [try await places.canteen(code).code]
  }

  /// 明细账: what an account had before `from`, and what moved it up to `to`.
  /// - Parameters:
  ///   - account: its code, or its Chinese name.
  ///   - to: nil for all that is posted.
  /// - Throws: `LedgerRefusal`, `CanteenRefusal.unknown`.
  public func account(
    _ account: String, _ canteen: Canteen.Code, from: Day, to: Day? = nil
  ) async throws -> LedgerAccount {
    let to = to ?? LedgerStore.end
    guard from <= to else { throw LedgerRefusal.endsBeforeItStarts(from: from, to: to) }
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      let known = try LedgerStore.balances(canteen, through: to, all: true, transaction)
        .map(\.account)
      guard let found = known.first(where: { $0.code == account || $0.name.zh == account }) else {
        throw LedgerRefusal.unknownAccount(account, known: known.map(\.code))
      }
      let opening = try LedgerStore.balances(canteen, through: from - 1, transaction)
        .first { $0.account == found }?.fen
      return LedgerAccount(
        canteen: canteen, account: found, opening: opening ?? 0,
        entries: try LedgerStore.entries(found, canteen, from: from, to: to, transaction))
    }
  }

  /// 账龄: by canteen and source, for what is owed, was paid too much or was paid ahead. The total of
  /// a row is what the books say that the source owes.
  /// - Throws: `CanteenRefusal.unknown`.
  public func ageing(_ canteen: Canteen.Code?, today: Day) async throws -> [LedgerAgeing] {
    let canteens = try await canteens(canteen)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      var rows: [[LedgerAgeing]] = []
      for code in canteens {
        var bySource: [FundingSource: LedgerAgeing] = [:]
        for balance in try LedgerStore.balances(code, through: LedgerStore.end, transaction) {
          let account = balance.account
          guard let source = account.debtor ?? account.advancer else { continue }
          var row = bySource[source] ?? LedgerAgeing(canteen: code, source: source)
          if account.isReceivable { row.unstated = balance.fen } else { row.advance = -balance.fen }
          bySource[source] = row
        }
        for debt in try LedgerStore.outstanding(code, transaction) {
          var row = bySource[debt.source] ?? LedgerAgeing(canteen: code, source: debt.source)
          row.unstated -= debt.fen
          row.add(debt.fen, daysOld: today - debt.periodEnd)
          bySource[debt.source] = row
        }
        rows.append(
          bySource.values.filter { !$0.isEmpty }.sorted { $0.source < $1.source })
      }
      return rows.flatMap(\.self)
    }
  }
}
