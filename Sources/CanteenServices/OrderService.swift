import CanteenDomain
import CanteenVault
import Postgres

/// 订餐: single orders, their cancellation, and the list of a day.
public struct OrderService: Sendable {
  let database: Database
  let calendar: CanteenCalendar

  public init(_ database: Database, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.calendar = calendar
  }

  /// One line of an order: who, when, what.
  public struct Request: Sendable, Hashable {
    public var diner: Diner.ID
    public var day: Day
    public var wish: Order.Wish

    public init(diner: Diner.ID, day: Day, wish: Order.Wish) {
      self.diner = diner
      self.day = day
      self.wish = wish
    }
  }

  /// What became of a list of orders.
  public struct Outcome: Sendable, Hashable {
    /// New, or back after it was cancelled.
    public var added = 0
    /// Ordered before, and otherwise now.
    public var changed = 0
    public var unchanged = 0
  }

  /// Takes orders all together or none of them.
  /// - Parameter afterCutoff: 加单: the manager takes them although it is late.
  /// - Throws: `OrderRefusal`, `CanteenRefusal.unknown`.
  public func place(
    _ requests: [Request], afterCutoff: Bool = false, by: Attribution
  ) async throws -> Outcome {
    let canteens = try await CanteenService(database).all()
    let calendar = calendar
    return try await database.transaction { transaction in
      var outcome = Outcome()
      let aliases = try DinerAliases.read(transaction)
      for code in Set(requests.map(\.wish.canteen)).sorted() {
        guard let canteen = canteens.first(where: { $0.code == code }) else {
          throw CanteenRefusal.unknown(code)
        }
        let ofCanteen = requests.filter { $0.wish.canteen == code }.map { request in
          var request = request
          request.diner = aliases.person(of: request.diner)
          return request
        }
        try OrderStore.lock(code, transaction)
        var book = try OrderBook(canteen, ofCanteen, calendar, aliases, transaction)
        for request in ofCanteen {
          try book.take(request, afterCutoff: afterCutoff, at: by.at)
        }
        try OrderStore.insert(book.fresh, by: by, transaction)
        outcome.added += book.outcome.added
        outcome.changed += book.outcome.changed
        outcome.unchanged += book.outcome.unchanged
      }
      return outcome
    }
  }

  /// 取消, also of a meal that a standing order would ask for later: it is never generated again. After
  /// the cut-off it is marked as late, because the kitchen has bought for it.
  /// - Returns: the order as it stands now.
  /// - Throws: `OrderRefusal.unknown`, `.served`, `.past`.
  public func cancel(
    _ diner: Diner.ID, on day: Day, _ period: MealPeriod, by: Attribution
  ) async throws -> Order {
    let calendar = calendar
    guard day >= calendar.day(of: by.at) else { throw OrderRefusal.past(day) }
    return try await database.transaction { transaction in
      let aliases = try DinerAliases.read(transaction)
      let person = aliases.person(of: diner)
      try transaction.execute(CheckInStore.lockDiners([person]))
      let known = try OrderStore.current(
        of: aliases.records(of: [person]), from: day, to: day, transaction
      ).first { $0.wish.period == period }
      let due = try StandingOrderStore.all(of: person, transaction)
        .first { $0.wish.period == period && $0.isDue(on: day) }
      let skipped = due.map {
        Order(diner: person, day: day, wish: $0.wish, standing: $0.number)
      }
      guard var order = known ?? skipped else { throw OrderRefusal.unknown(day, period) }
      guard known?.isWanted != false else { return order }
      let listed = try OrderStore.listed(order.wish.canteen, from: day, to: day, transaction)
      if listed.contains(where: {
        aliases.person(of: $0.order.diner) == person && $0.order.wish.period == period
          && $0.servedAt != nil
      }) {
        throw OrderRefusal.served(day, period)
      }
      let rules = try OrderStore.rules(order.wish.canteen, transaction)[period] ?? OrderRules()
      order.isWanted = false
      order.isLate = by.at > rules.cutoff(for: day, calendar)
      try OrderStore.insert([order], by: by, transaction)
      return order
    }
  }

  /// The orders of a canteen's days, cancelled ones too.
  public func list(_ canteen: Canteen.Code, from: Day, to: Day) async throws -> [ListedOrder] {
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(readOnly: true) {
      try OrderStore.listed(canteen, from: from, to: to, $0)
    }
  }

  public func rules(_ canteen: Canteen.Code) async throws -> [MealPeriod: OrderRules] {
    let windows = try await CanteenService(database).canteen(canteen).windows
    let known = try await database.transaction(readOnly: true) {
      try OrderStore.rules(canteen, $0)
    }
    return Dictionary(
      windows.map { ($0.period, known[$0.period] ?? OrderRules()) },
      uniquingKeysWith: { first, _ in first })
  }

  public func set(
    _ rules: OrderRules, _ canteen: Canteen.Code, _ period: MealPeriod, by: Attribution
  ) async throws {
    _ = try await CanteenService(database).canteen(canteen)
    try await database.transaction {
      try OrderStore.insert(rules, canteen, period, by: by, $0)
    }
  }

  /// The check-in that serves an order: its key comes from the order, so that a second tap gives the
  /// same answer and the meal is counted once.
  /// - Throws: `OrderRefusal.unknown` without an order; `CheckInRefusal.noPrice`.
  public func checkIn(
    _ diner: Diner.ID, on day: Day, _ period: MealPeriod, at time: TimeOfDay,
    means: MeansOfPayment = .cash, auth: AuthMethod = .manual, terminal: String
  ) async throws -> CheckInRequest {
    let (order, list) = try await database.transaction(readOnly: true) { transaction in
      let aliases = try DinerAliases.read(transaction)
      let records = aliases.records(of: [aliases.person(of: diner)])
      guard
        let order = try OrderStore.current(of: records, from: day, to: day, transaction)
          .first(where: { $0.wish.period == period && $0.isWanted })
      else { throw OrderRefusal.unknown(day, period) }
      return (order, try Self.list(of: order, transaction))
    }
    let key = Seal.of("order|\(order.diner)|\(day)|\(period.rawValue)".utf8)
    return CheckInRequest(
      id: CheckIn.ID(bytes: key.bytes), party: .diner(order.diner), canteen: order.wish.canteen,
      day: day, time: time, period: period, mode: order.wish.mode, list: list, means: means,
      auth: auth, terminal: terminal, sourceNo: "订餐")
  }

  /// What an order costs at list price: the set of the day, or the dishes that were chosen.
  static func list(of order: Order, _ transaction: borrowing Transaction) throws -> Fen {
    let period = order.wish.period
    let menu = try MenuStore.published(
      order.wish.canteen, from: order.day, to: order.day, transaction
    ).first { $0.period == period }
    guard !order.wish.dishes.isEmpty else {
      guard let price = menu?.setPrice else { throw CheckInRefusal.noPrice(order.day, period) }
      return price
    }
    let rules = try OrderStore.rules(order.wish.canteen, transaction)[period] ?? OrderRules()
    let items = try order.wish.dishes.map { name in
      guard let dish = menu?.dishes.first(where: { $0.name == name }) else {
        throw OrderRefusal.notOnTheMenu(name, order.day, period)
      }
      return MealBasket.Item(dish)
    }
    let list = MealBasket(items, sidesPerMain: rules.sidesPerMain).list
    guard list > 0 else { throw CheckInRefusal.noPrice(order.day, period) }
    return list
  }
}
