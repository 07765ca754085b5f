import CanteenDomain
import Postgres

/// 街道: today across canteens, in numbers alone.
public struct StreetService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  /// What the counter tells whoever listens after it has checked somebody in: a hint to read again.
  public static let channel = "canteen_check_ins"

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// One canteen's day.
  public struct CanteenDay: Sendable, Hashable {
    public var canteen: Canteen.Code
    public var name: String
    public var meals: Int
    public var byPeriod: [MealPeriod: Int]
    public var byMode: [ServiceMode: Int]
    public var list: Fen
    public var dinersPay: Fen
    /// What funding sources and operators pay.
    public var subsidies: Fen
    public var openExceptions: Int
    /// Meals by the hour of the day, 0 to 23.
    public var byHour: [Int]
  }

  public func today(now: Instant) async throws -> [CanteenDay] {
    let day = calendar.day(of: now)
    let offset = calendar.offsetSeconds
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      try StreetStore.days(day, offsetSeconds: offset, $0)
    }
  }

  /// Notifications that say that something was checked in.
  func changes() -> Notifications { database.listen(to: [Self.channel]) }

  /// Tells whoever listens. A hint that is lost costs nothing: readers read again by themselves too.
  public func notify() async throws {
    try await database.execute("select pg_notify(\(Self.channel), '')")
  }
}
