import CanteenDomain
import Postgres

/// The orders of one canteen while some more are taken: what is known was read under its lock, what is
/// decided is written afterwards.
struct OrderBook {
  private let canteen: Canteen
  private let calendar: CanteenCalendar
  private let rules: [MealPeriod: OrderRules]
  private let closed: [Day: String]
  private let facts: [Diner.ID: [DinerStore.Standing]]
  private let menus: [Menu]
  /// How orders stand, by meal and person.
  private var known: [Key: Order] = [:]
  /// How many portions of a meal are ordered.
  private var taken: [Meal: Int] = [:]
  private(set) var fresh: [Order] = []
  private(set) var outcome = OrderService.Outcome()

  private struct Key: Hashable {
    var diner: Diner.ID
    var day: Day
    var period: MealPeriod
  }

  private struct Meal: Hashable {
    var day: Day
    var period: MealPeriod
  }

  init(
    _ canteen: Canteen, _ requests: [OrderService.Request], _ calendar: CanteenCalendar,
    _ aliases: DinerAliases, _ transaction: borrowing Transaction
  ) throws {
    let days = requests.map(\.day)
    let (first, last) = (days.min() ?? Day(number: 0), days.max() ?? Day(number: 0))
    let persons = Set(requests.map(\.diner)).sorted()
    self.canteen = canteen
    self.calendar = calendar
    rules = try OrderStore.rules(canteen.code, transaction)
    closed = try MenuPlanStore.closed(canteen.code, from: first, to: last, transaction)
    facts = try DinerStore.statuses(aliases.records(of: persons), aliases, transaction)
    menus = try MenuStore.published(canteen.code, from: first, to: last, transaction)
    let records = aliases.records(of: persons)
    for order in try OrderStore.current(of: records, from: first, to: last, transaction) {
      let person = aliases.person(of: order.diner)
      known[Key(diner: person, day: order.day, period: order.wish.period)] = order
    }
    for order in try OrderStore.wanted(canteen.code, from: first, to: last, transaction) {
      taken[Meal(day: order.day, period: order.wish.period), default: 0] += 1
    }
  }

  /// - Throws: `OrderRefusal.orderedElsewhere` for a meal that another canteen is to cook.
  func checkOrder(
    of request: OrderService.Request, isNotElsewhereThan own: Canteen.Code,
    _ canteens: [Canteen]
  ) throws(OrderRefusal) {
    let key = Key(diner: request.diner, day: request.day, period: request.wish.period)
    guard let old = known[key], old.isWanted, old.wish.canteen != own else { return }
    throw .orderedElsewhere(
      request.day, request.wish.period,
      canteen: canteens.first { $0.code == old.wish.canteen }?.name ?? old.wish.canteen)
  }

  /// Takes one order.
  /// - Throws: `OrderRefusal`.
  mutating func take(
    _ request: OrderService.Request, afterCutoff: Bool, at now: Instant
  ) throws(OrderRefusal) {
    let (day, wish) = (request.day, request.wish)
    let rules = rules[wish.period] ?? OrderRules()
    try check(request, rules, afterCutoff: afterCutoff, at: now)
    let key = Key(diner: request.diner, day: day, period: wish.period)
    let old = known[key]
    let meal = Meal(day: day, period: wish.period)
    let isHere = old?.isWanted == true && old?.wish.canteen == canteen.code
    if isHere, old?.wish == wish {
      outcome.unchanged += 1
      return
    }
    if !isHere, let capacity = rules.capacity, taken[meal, default: 0] >= capacity {
      throw .full(day, wish.period, capacity: capacity)
    }
    // An order that was placed under a record that was merged goes on there.
    let order = Order(
      diner: old?.diner ?? request.diner, day: day, wish: wish,
      isLate: now > rules.cutoff(for: day, calendar))
    fresh.removeAll {
      $0.diner == order.diner && $0.day == day && $0.wish.period == wish.period
    }
    fresh.append(order)
    known[key] = order
    if !isHere { taken[meal, default: 0] += 1 }
    if old?.isWanted == true { outcome.changed += 1 } else { outcome.added += 1 }
  }

  private func check(
    _ request: OrderService.Request, _ rules: OrderRules, afterCutoff: Bool, at now: Instant
  ) throws(OrderRefusal) {
    let (day, wish) = (request.day, request.wish)
    let today = calendar.day(of: now)
    guard day >= today else { throw .past(day) }
    guard day <= today + OrderRules.daysAhead else {
      throw .tooFar(day, last: today + OrderRules.daysAhead)
    }
    guard canteen.windows.contains(where: { $0.period == wish.period }) else {
      throw .notServed(wish.period, canteen: canteen.name)
    }
    if let name = closed[day] { throw .closed(day, name: name) }
    if let out = facts[request.diner]?.first(where: {
      $0.span.contains(day) && $0.status != .staff
    }) {
      throw .notInTheScheme(out.status, day)
    }
    let menu = menus.first { $0.day == day && $0.period == wish.period }
    for dish in wish.dishes where menu?.dishes.contains(where: { $0.name == dish }) != true {
      throw .notOnTheMenu(dish, day, wish.period)
    }
    let cutoff = rules.cutoff(for: day, calendar)
    guard now <= cutoff || afterCutoff else {
      throw .tooLate(
        day, wish.period, lastDay: calendar.day(of: cutoff), lastTime: calendar.time(of: cutoff))
    }
  }
}
