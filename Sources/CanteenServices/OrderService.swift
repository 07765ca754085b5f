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
  /// - Parameters:
  ///   - afterCutoff: 加单: the manager takes them although it is late.
  ///   - own: the canteen that asks, if it is one: an order of another canteen is not taken from it.
  /// - Throws: `OrderRefusal`, `CanteenRefusal.unknown`.
  public func place(
    _ requests: [Request], afterCutoff: Bool = false, at own: Canteen.Code? = nil,
    by: Attribution
  ) async throws -> Outcome {
    let canteens = try await CanteenService(database).all()
    let calendar = calendar
    return try await database.transaction { transaction in
      var outcome = Outcome()
      let aliases = try DinerAliases.read(transaction)
      // As who cancels: of a change and a cancelling one comes first.
      let persons = Set(requests.map { aliases.person(of: $0.diner) }).sorted()
      try transaction.execute(CheckInStore.lockDiners(persons))
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
          if let own { try book.checkOrder(of: request, isNotElsewhereThan: own, canteens) }
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
  /// - Parameter own: the canteen that asks, if it is one: others' orders are unknown to it.
  /// - Returns: the order as it stands now.
  /// - Throws: `OrderRefusal.unknown`, `.served`, `.past`.
  public func cancel(
    _ diner: Diner.ID, on day: Day, _ period: MealPeriod, at own: Canteen.Code? = nil,
    by: Attribution
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
      guard var order = known ?? skipped, own == nil || order.wish.canteen == own else {
        throw OrderRefusal.unknown(day, period)
      }
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
  /// same answer and the meal is counted once. After it was taken back the order can be served again.
  /// - Parameters:
  ///   - entry: a meal that was eaten before it came here may have no price yet; a person then decides.
  ///   - receivedAt: when its receipt was recorded, if it was delivered: a receipt that comes again means
  ///     the meal of then, whatever was taken back since.
  /// - Throws: `OrderRefusal.unknown` without an order; `CheckInRefusal.noPrice` at the counter.
  public func checkIn(
    _ diner: Diner.ID, on day: Day, _ period: MealPeriod, at time: TimeOfDay,
    means: MeansOfPayment = .cash, auth: AuthMethod = .manual, terminal: String,
    entry: CheckInEntry = .counter, receivedAt: Instant? = nil
  ) async throws -> CheckInRequest {
    let calendar = calendar
    return try await database.transaction(readOnly: true) { transaction in
      let (order, records) = try Self.order(of: diner, on: day, period, transaction)
      let reversals = try OrderStore.reversals(
        of: records, on: day, period, before: receivedAt, transaction)
      let times = reversals == 0 ? "" : "|\(reversals)"
      let key = Seal.of("order|\(order.diner)|\(day)|\(period.rawValue)\(times)".utf8)
      var request = CheckInRequest(
        id: CheckIn.ID(bytes: key.bytes), party: .diner(order.diner),
        canteen: order.wish.canteen, day: day, time: time, period: period,
        mode: order.wish.mode, list: 0, means: means, auth: auth, terminal: terminal,
        sourceNo: "订餐", entry: entry)
      if let kept = try CheckInExceptionStore.find(request.id, vault: nil, transaction) {
        return kept.request
      }
      if let served = try Self.served(request.id, transaction) {
        // The same meal: as it was served, not as the second tap has it.
        request.repeats(served, calendar)
        return request
      }
      do { request.list = try Self.list(of: order, transaction) } catch
        where error is any Refusal && entry != .counter
      {
        // It was eaten: kept without a price until somebody publishes one.
      }
      return request
    }
  }

  private static func served(
    _ id: CheckIn.ID, _ transaction: borrowing Transaction
  ) throws -> CheckIn? {
    guard let key = try CheckInStore.key(id, transaction) else { return nil }
    return try CheckInStore.stored([id: key], transaction)[id]?.checkIn
  }

  /// What an order costs at list price.
  /// - Throws: `OrderRefusal.unknown`; `CheckInRefusal.noPrice`.
  func price(of diner: Diner.ID, on day: Day, _ period: MealPeriod) async throws -> Fen {
    try await database.transaction(readOnly: true) { transaction in
      try Self.list(of: Self.order(of: diner, on: day, period, transaction).order, transaction)
    }
  }

  /// The order of a meal that is wanted, with every record of the person.
  private static func order(
    of diner: Diner.ID, on day: Day, _ period: MealPeriod, _ transaction: borrowing Transaction
  ) throws -> (order: Order, records: [Diner.ID]) {
    let aliases = try DinerAliases.read(transaction)
    let records = aliases.records(of: [aliases.person(of: diner)])
    guard
      let order = try OrderStore.current(of: records, from: day, to: day, transaction)
        .first(where: { $0.wish.period == period && $0.isWanted })
    else { throw OrderRefusal.unknown(day, period) }
    return (order, records)
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

extension CheckInRequest {
  /// Becomes the request that a check-in answered.
  fileprivate mutating func repeats(_ checkIn: CheckIn, _ calendar: CanteenCalendar) {
    party = .diner(checkIn.diner)
    canteen = checkIn.canteen
    time = calendar.time(of: checkIn.servedAt)
    mode = checkIn.mode
    list = checkIn.list
    means = checkIn.means
    auth = checkIn.auth
    terminal = checkIn.terminal
  }
}
