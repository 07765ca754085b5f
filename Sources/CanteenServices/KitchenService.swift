import CanteenDomain
import Postgres

/// 厨房: what to cook, how many come without an order, and what was made, kept and thrown away.
public struct KitchenService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A meal as the kitchen prepares it.
  public struct Sheet: Sendable, Hashable {
    public var count: KitchenCount
    public var forecast: KitchenForecast
    /// What was published; nil if nothing was.
    public var menu: Menu?
    /// What each person gets in the end, in the order of `count.guests`.
    public var plates: [[String]]
    /// 已取消: orders taken back after the cut-off, for which something may have been bought.
    public var cancelledLate: Int

    /// Portions in all: ordered, and expected beside.
    public var expected: Int { count.guests.count + forecast.walkIns }
  }

  /// - Throws: `CanteenRefusal.unknown`.
  public func sheet(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod
  ) async throws -> Sheet {
    _ = try await CanteenService(database).canteen(canteen)
    let regions = try await RegionService(database).tree()
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      let listed = try OrderStore.listed(canteen, from: day, to: day, transaction)
        .filter { $0.order.wish.period == period }
      let menu = try MenuStore.published(canteen, from: day, to: day, transaction)
        .first { $0.period == period }
      let known = try DishStore.all([canteen], transaction)
      let guests = try KitchenStore.guests(
        listed.map(\.order).filter(\.isWanted), regions: regions, transaction)
      let past = try KitchenStore.served(
        canteen, period, from: day - KitchenForecast.weeks * 7, to: day - 1, transaction)
      return Sheet(
        count: KitchenCount(
          canteen: canteen, day: day, period: period, menu: menu, guests: guests, known: known),
        forecast: KitchenForecast(
          for: day, from: past.map { .init(day: $0.day, walkIns: $0.walkIns) }),
        menu: menu,
        plates: guests.map { KitchenCount.plate(of: $0, menu: menu, known: known).dishes },
        cancelledLate: listed.count { !$0.order.isWanted && $0.order.isLate })
    }
  }

  /// A forecast with what came of it.
  public struct Judged: Sendable, Hashable {
    public var forecast: KitchenForecast
    public var walkIns: Int
    public var meals: Int

    /// Above zero if more came than were expected.
    public var error: Int { walkIns - forecast.walkIns }
  }

  /// What would have been forecast for each day on which the canteen served, and how far off it was.
  public func judged(
    _ canteen: Canteen.Code, _ period: MealPeriod, from: Day, to: Day
  ) async throws -> [Judged] {
    _ = try await CanteenService(database).canteen(canteen)
    let served = try await database.transaction(readOnly: true) {
      try KitchenStore.served(
        canteen, period, from: from - KitchenForecast.weeks * 7, to: to, $0)
    }
    let past = served.map { KitchenForecast.Past(day: $0.day, walkIns: $0.walkIns) }
    return served.filter { $0.day >= from }.map { day in
      Judged(
        forecast: KitchenForecast(for: day.day, from: past), walkIns: day.walkIns,
        meals: day.meals)
    }
  }

  /// What the kitchen counted after the meal.
  public struct Production: Sendable, Hashable {
    public var produced: Int?
    public var carriedIn: Int?
    public var carriedOver: Int?
    public var wasted: Int?

    public init(
      produced: Int? = nil, carriedIn: Int? = nil, carriedOver: Int? = nil, wasted: Int? = nil
    ) {
      self.produced = produced
      self.carriedIn = carriedIn
      self.carriedOver = carriedOver
      self.wasted = wasted
    }
  }

  /// Keeps the kitchen's own counts where reconciliation looks for them. Portions that are carried over
  /// come into the next meal of the same canteen.
  /// - Returns: how many counts were new or corrected.
  public func record(
    _ production: Production, _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod,
    by: Attribution
  ) async throws -> Int {
    let place = try await CanteenService(database).canteen(canteen)
    var counts: [IndependentCount] = []
    func count(_ source: IndependentCount.Source, _ amount: Int?, _ day: Day, _ key: MealPeriod) {
      guard let amount else { return }
      counts.append(
        IndependentCount(
          canteen: canteen, day: day, source: source, key: key.rawValue, amount: amount))
    }
    count(.produced, production.produced, day, period)
    count(.carriedIn, production.carriedIn, day, period)
    count(.carriedOver, production.carriedOver, day, period)
    count(.wasted, production.wasted, day, period)
    if let next = place.windows.map(\.period).sorted().first(where: { $0 > period }) {
      count(.carriedIn, production.carriedOver, day, next)
    }
    return try await IndependentCountService(database).add(counts, by: by)
  }
}
