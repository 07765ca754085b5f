import CanteenDomain
import Postgres

/// 日报: what a canteen's manager looks at before closing a day, and an auditor afterwards.
public struct DayReport: Sendable, Hashable {
  /// A check-in that was voided, or came late.
  public struct Entry: Sendable, Hashable {
    public var checkIn: CheckIn.ID
    /// When the meal was served.
    public var day: Day
    public var servedAt: Instant
    /// Masked.
    public var name: String
    public var list: Fen
    public var dinerPays: Fen
    /// Who voided or entered it, and when.
    public var by: Attribution
    /// Why it was voided; of a late entry how it came.
    public var reason: String
  }

  public var canteen: Canteen.Code
  public var day: Day
  public var totals: DayTotals
  /// What the policies called the groups under whose codes the totals count meals.
  public var tierTitles: [String: String]
  /// Hex of the seal; nil while the day is open.
  public var seal: String?
  public var till: [TillLine]
  public var voids: [Entry]
  public var late: [Entry]
}

extension DayCloseService {
  /// The report of one day, closed or open.
  /// - Throws: `CanteenRefusal.unknown`.
  public func report(_ canteen: Canteen.Code, _ day: Day) async throws -> DayReport {
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      let books = try DayCloseStore.Books(canteen, day, transaction)
      return DayReport(
        canteen: canteen, day: day, totals: try DayCloseStore.totals(books, transaction),
        tierTitles: try DayReportStore.tierTitles(books, transaction),
        seal: try DayCloseStore.closed(canteen, from: day, to: day, transaction).first?.seal.hex,
        till: try DayReportStore.till(books, transaction),
        voids: try DayReportStore.voids(books, transaction),
        late: try DayReportStore.late(books, transaction))
    }
  }
}
