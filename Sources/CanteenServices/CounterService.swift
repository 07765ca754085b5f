import CanteenDomain
import CanteenVault
import Postgres

/// 柜台: what a clerk sees before a check-in and after it. Prices come from the same function as the
/// check-in itself.
public struct CounterService: Sendable {
  let database: Database
  let vault: Vault
  let checkIns: CheckInService
  let calendar: CanteenCalendar

  public init(_ checkIns: CheckInService, vault: Vault) {
    database = checkIns.database
    self.vault = vault
    self.checkIns = checkIns
    calendar = checkIns.calendar
  }

  /// Which meal of which day a canteen serves at a moment.
  public struct Service: Sendable, Hashable {
    public var canteen: Canteen
    public var day: Day
    public var time: TimeOfDay
    /// Nil for a canteen that serves nothing.
    public var period: MealPeriod?
  }

  /// What a canteen has served of the meal of the hour.
  public struct Today: Sendable, Hashable {
    public var service: Service
    public var dishes: [Dish]
    /// Check-ins that stand, by mode.
    public var counts: [ServiceMode: Int]
    /// The last ten of the day, the latest first.
    public var last: [CounterCheckIn]
    /// How many late check-ins wait for a person's decision.
    public var openExceptions: Int
  }

  /// - Throws: `CanteenRefusal.unknown`.
  public func service(at code: Canteen.Code, now: Instant) async throws -> Service {
    guard let canteen = try await checkIns.references.canteen(code) else {
      throw CanteenRefusal.unknown(code)
    }
    let time = calendar.time(of: now)
    return Service(
      canteen: canteen, day: calendar.day(of: now), time: time, period: canteen.period(at: time))
  }

  public func today(_ code: Canteen.Code, now: Instant) async throws -> Today {
    let service = try await service(at: code, now: now)
    let calendar = calendar
    return try await database.transaction(readOnly: true) { transaction in
      let menus = try MenuStore.published(code, from: service.day, to: service.day, transaction)
      return Today(
        service: service, dishes: menus.first { $0.period == service.period }?.dishes ?? [],
        counts: try CounterStore.counts(
          code, on: service.day, service.period, calendar, transaction),
        last: try CounterStore.last(10, code, on: service.day, calendar, transaction),
        openExceptions: try CheckInExceptionStore.openCount(code, transaction))
    }
  }

  /// The price of a meal where nobody gives another: the first set of the day's menu.
  /// - Throws: `CheckInRefusal.noPrice`.
  public func listPrice(
    _ code: Canteen.Code, on day: Day, _ period: MealPeriod
  ) async throws -> Fen {
    let menus = try await database.transaction(readOnly: true) {
      try MenuStore.published(code, from: day, to: day, $0)
    }
    guard let price = menus.first(where: { $0.period == period })?.setPrice else {
      throw CheckInRefusal.noPrice(day, period)
    }
    return price
  }

  /// Whether a number is somebody's of the register.
  public func isKnown(_ diner: Diner.ID) async throws -> Bool {
    try await database.transaction(readOnly: true) {
      try DinerStore.latestRecords([diner], $0)[diner] != nil
    }
  }

  /// A check-in as its clerk sees it.
  public struct CounterCheckIn: Sendable, Hashable {
    public var listed: ListedCheckIn
    public var recordedBy: String
  }

  /// One check-in, for the answer to a tap.
  public func checkIn(_ checkIn: CheckIn) async throws -> CounterCheckIn {
    let found = try await database.transaction(readOnly: true) {
      try CounterStore.checkIn(checkIn, $0)
    }
    guard let found else { throw CheckInRefusal.unknownCheckIn(checkIn.id) }
    return found
  }
}
