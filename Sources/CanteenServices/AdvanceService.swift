import CanteenDomain
import Postgres

/// 预拨: what sources pay a canteen ahead of its statements, entered as it came, and what is left of
/// it. Statements are paid out of it by `StatementLifeService.pay`.
public struct AdvanceService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// An advance as it was entered.
  public struct EnteredAdvance: Sendable, Hashable {
    /// From 1 for each canteen.
    public var number: Int
    public var advance: Advance
    /// The advance that it takes back; nil for one of its own.
    public var corrects: Int?
    public var entered: Attribution
  }

  /// Who pays canteens by some policy that was ever activated: of these an advance is taken.
  public func sources() async throws -> [FundingSource] {
    try await database.transaction(readOnly: true) { try Self.sources($0) }
  }

  /// Every advance in the order in which they were entered, corrections included.
  /// - Parameter canteen: nil for all.
  /// - Throws: `CanteenRefusal.unknown`.
  public func all(of canteen: Canteen.Code? = nil) async throws -> [EnteredAdvance] {
    if let canteen { _ = try await CanteenService(database).canteen(canteen) }
    return try await database.transaction(readOnly: true) {
      try AdvanceStore.all(of: canteen, $0)
    }
  }

  /// What canteens hold of whose money, by source.
  /// - Parameter canteen: nil for all.
  /// - Throws: `CanteenRefusal.unknown`.
  public func holdings(of canteen: Canteen.Code? = nil) async throws -> [AdvanceHolding] {
    if let canteen { _ = try await CanteenService(database).canteen(canteen) }
    return try await database.transaction(readOnly: true) {
      try AdvanceStore.holdings(of: canteen, $0)
    }
  }

  /// Enters money that came; below zero it is money that went back, which needs a reason and cannot
  /// be more than is left.
  /// - Returns: what the canteen holds then.
  /// - Throws: `CanteenRefusal.unknown`, `AdvanceRefusal`, `StatementLifeRefusal`.
  public func enter(_ advance: Advance, by: Attribution) async throws -> [AdvanceHolding] {
    guard advance.fen != 0 else { throw StatementLifeRefusal.notPositive(advance.fen) }
    guard !advance.voucher.isEmpty else { throw StatementLifeRefusal.voucherMissing }
    guard advance.fen > 0 || !advance.reason.isEmpty else {
      throw StatementLifeRefusal.reasonMissing
    }
    let today = calendar.day(of: by.at)
    guard advance.day <= today else {
      throw AdvanceRefusal.inFuture(advance.day, today: today)
    }
    _ = try await CanteenService(database).canteen(advance.canteen)
    return try await database.transaction { transaction in
      try DayCloseStore.hold(advance.canteen, transaction)
      try RightStore.check(toTake: .paid, by, transaction)
      guard try !AdvanceStore.isKnown(advance, transaction) else {
        throw StatementLifeRefusal.voucherKnown(advance.voucher)
      }
      if advance.fen > 0 {
        // Else a slip of the pen opens an account that no statement ever draws on. A diner has none
        // at all: that would be a stored-value card.
        let known = try Self.sources(transaction)
        guard known.contains(advance.source) else {
          throw AdvanceRefusal.unknownSource(advance.source, known: known)
        }
      }
      return try Self.write(advance, corrects: nil, today: today, by: by, transaction)
    }
  }

  /// Takes an advance back that was entered wrongly: a counter-entry stands beside it, and the
  /// right one can be entered. What statements used of it is corrected before.
  /// - Parameter place: its number.
  /// - Returns: what the canteen holds then.
  /// - Throws: `CanteenRefusal.unknown`, `AdvanceRefusal`, `StatementLifeRefusal`.
  public func correct(
    _ place: Int, of canteen: Canteen.Code, reason: String, by: Attribution
  ) async throws -> [AdvanceHolding] {
    guard !reason.isEmpty else { throw StatementLifeRefusal.reasonMissing }
    let today = calendar.day(of: by.at)
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction { transaction in
      try DayCloseStore.hold(canteen, transaction)
      try RightStore.check(toTake: .paid, by, transaction)
      let all = try AdvanceStore.all(of: canteen, transaction)
      guard let wrong = all.first(where: { $0.number == place && $0.corrects == nil }) else {
        throw AdvanceRefusal.unknown(place)
      }
      guard !all.contains(where: { $0.corrects == place }) else {
        throw AdvanceRefusal.alreadyCorrected(place)
      }
      var counter = wrong.advance
      (counter.fen, counter.reason) = (-counter.fen, reason)
      return try Self.write(counter, corrects: place, today: today, by: by, transaction)
    }
  }

  /// Appends to a canteen's advances; the canteen is locked.
  private static func write(
    _ advance: Advance, corrects: Int?, today: Day, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> [AdvanceHolding] {
    if advance.fen < 0 {
      try AdvanceStore.check(-advance.fen, of: advance.source, at: advance.canteen, transaction)
    }
    try AdvanceStore.insert(
      advance, corrects: corrects,
      postedOn: try DayCloseStore.postingDay(advance.canteen, today: today, transaction), by: by,
      transaction)
    return try AdvanceStore.holdings(of: advance.canteen, transaction)
  }

  private static func sources(_ transaction: borrowing Transaction) throws -> [FundingSource] {
    let policies = try PolicyStore.all(transaction).map { try $0.policy() }
    return Set(policies.flatMap(\.payers)).sorted()
  }
}
