import CanteenDomain
import Postgres

/// 长期订餐: who eats on which weekdays, and the nightly generation of orders from it.
public struct StandingOrderService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// Adds a standing order.
  /// - Returns: its number among the person's.
  /// - Throws: `OrderRefusal.noWeekdays`, `.notServed`, `CanteenRefusal.unknown`.
  public func add(
    _ diner: Diner.ID, _ wish: Order.Wish, on weekdays: [Int], from: Day, to: Day? = nil,
    by: Attribution
  ) async throws -> Int {
    let canteen = try await CanteenService(database).canteen(wish.canteen)
    let days = Set(weekdays).sorted()
    guard !days.isEmpty, days.allSatisfy((1...7).contains) else { throw OrderRefusal.noWeekdays }
    guard canteen.windows.contains(where: { $0.period == wish.period }) else {
      throw OrderRefusal.notServed(wish.period, canteen: canteen.name)
    }
    return try await database.transaction { transaction in
      let person = try DinerAliases.read(transaction).person(of: diner)
      try transaction.execute(CheckInStore.lockDiners([person]))
      let number =
        (try StandingOrderStore.all(of: person, transaction).map(\.number).max() ?? 0) + 1
      try StandingOrderStore.insert(
        StandingOrder(
          diner: person, number: number, wish: wish, weekdays: days, from: from, to: to),
        by: by, transaction)
      return number
    }
  }

  /// Changes weekdays or the last day; orders that were generated before stay as they are.
  /// - Throws: `OrderRefusal.unknownStanding`.
  public func change(
    _ number: Int, of diner: Diner.ID, weekdays: [Int]? = nil, to: Day? = nil, by: Attribution
  ) async throws {
    if let weekdays, !weekdays.allSatisfy((1...7).contains) { throw OrderRefusal.noWeekdays }
    try await database.transaction { transaction in
      let person = try DinerAliases.read(transaction).person(of: diner)
      try transaction.execute(CheckInStore.lockDiners([person]))
      guard
        var order = try StandingOrderStore.all(of: person, transaction)
          .first(where: { $0.number == number })
      else { throw OrderRefusal.unknownStanding(number) }
      if let weekdays { order.weekdays = Set(weekdays).sorted() }
      if let to { order.to = to }
      try StandingOrderStore.insert(order, by: by, transaction)
    }
  }

  /// The standing orders of a person, ended ones too.
  public func list(of diner: Diner.ID) async throws -> [StandingOrder] {
    try await database.transaction(readOnly: true) { transaction in
      try StandingOrderStore.all(
        of: DinerAliases.read(transaction).person(of: diner), transaction)
    }
  }

  /// What a generation did.
  public struct Generated: Sendable, Hashable {
    /// Orders that were not there.
    public var added = 0
    /// Meals about which something was said before: ordered, changed or cancelled.
    public var known = 0
    /// Meals beyond what the kitchen can cook.
    public var beyondCapacity: [Order] = []
    /// Meals of persons who did not fetch too many.
    public var onHold: [Order] = []
    /// Meals of persons who are not in the scheme on the day.
    public var notInTheScheme = 0
  }

  /// Makes orders for some days from standing orders. It never brings back what was cancelled and never
  /// doubles: a meal about which anything was said is left alone, here and under two runs at once.
  public func generate(
    _ code: Canteen.Code, from: Day, days: Int, by: Attribution
  ) async throws -> Generated {
    let canteen = try await CanteenService(database).canteen(code)
    let today = calendar.day(of: by.at)
    return try await database.transaction { transaction in
      var run = try Run(canteen, from: from, to: from + (days - 1), today: today, transaction)
      for offset in 0..<days { run.decide(from + offset) }
      run.result.added = try OrderStore.generate(run.fresh, by: by, transaction)
      run.result.known += run.fresh.count - run.result.added
      return run.result
    }
  }

  /// One generation: read under the canteen's lock, decided here, written in one statement.
  private struct Run {
    private let standing: [StandingOrder]
    private let aliases: DinerAliases
    private let rules: [MealPeriod: OrderRules]
    private let closed: [Day: String]
    private let statuses: [Diner.ID: [DinerStore.Standing]]
    private var noShows: [MealPeriod: [Diner.ID: Int]] = [:]
    private var spoken: Set<String> = []
    private var taken: [String: Int] = [:]
    var fresh: [Order] = []
    var result = Generated()

    init(
      _ canteen: Canteen, from: Day, to: Day, today: Day, _ transaction: borrowing Transaction
    ) throws {
      try OrderStore.lock(canteen.code, transaction)
      aliases = try DinerAliases.read(transaction)
      standing = try StandingOrderStore.all(canteen.code, from: from, to: to, transaction)
      rules = try OrderStore.rules(canteen.code, transaction)
      closed = try MenuPlanStore.closed(canteen.code, from: from, to: to, transaction)
      let records = aliases.records(ofAnyOf: standing.map(\.diner))
      statuses = try DinerStore.statuses(records, aliases, transaction)
      for (period, rules) in rules where rules.noShowLimit != nil {
        noShows[period] = try OrderStore.noShows(
          canteen.code, period, from: today - OrderRules.noShowDays, to: today - 1, transaction)
      }
      for order in try OrderStore.current(of: records, from: from, to: to, transaction) {
        spoken.insert(Self.key(aliases.person(of: order.diner), order.day, order.wish.period))
      }
      for order in try OrderStore.wanted(canteen.code, from: from, to: to, transaction) {
        taken[Self.key(0, order.day, order.wish.period), default: 0] += 1
      }
    }

    private static func key(_ diner: Diner.ID, _ day: Day, _ period: MealPeriod) -> String {
      "\(diner)|\(day.number)|\(period.rawValue)"
    }

    mutating func decide(_ day: Day) {
      guard closed[day] == nil else { return }
      for one in standing where one.isDue(on: day) {
        let person = aliases.person(of: one.diner)
        let period = one.wish.period
        let order = Order(diner: person, day: day, wish: one.wish, standing: one.number)
        guard spoken.insert(Self.key(person, day, period)).inserted else {
          result.known += 1
          continue
        }
        let out = statuses[person]?.contains {
          $0.span.contains(day) && $0.status != .staff
        }
        guard out != true else {
          result.notInTheScheme += 1
          continue
        }
        if let limit = rules[period]?.noShowLimit, noShows[period]?[person] ?? 0 >= limit {
          result.onHold.append(order)
          continue
        }
        let meal = Self.key(0, day, period)
        if let capacity = rules[period]?.capacity, taken[meal, default: 0] >= capacity {
          result.beyondCapacity.append(order)
          continue
        }
        taken[meal, default: 0] += 1
        fresh.append(order)
      }
    }
  }
}
