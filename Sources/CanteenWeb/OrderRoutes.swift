import CanteenDomain
import CanteenServices
import Hummingbird

/// Orders at the counter: who ordered, the tap that serves an order, a call that brings one or takes
/// one back.
struct OrderRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/orders") { request, _ in try await list(request) }
    router.post("/api/v1/orders") { request, _ in try await place(request) }
    router.post("/api/v1/orders/cancellation") { request, _ in try await cancel(request) }
    router.post("/api/v1/orders/check-in") { request, _ in try await checkIn(request) }
  }

  /// An order with what became of it.
  private struct OrderBody: Encodable {
    var dinerId: Int64
    var name: String
    var day: String
    var period: String
    var state: String
    var mode: String
    var size: String
    var dishes: [String]
    var note: String
    var channel: String
    var orderedBy: String
    var standing: Bool
    var late: Bool

    init(_ listed: ListedOrder, on today: Day) {
      let order = listed.order
      dinerId = order.diner
      name = listed.name
      day = order.day.description
      period = order.wish.period.rawValue
      state = listed.state(on: today).rawValue
      mode = order.wish.mode.api
      size = order.wish.size.rawValue
      dishes = order.wish.dishes
      note = order.wish.note
      channel = order.wish.channel.rawValue
      orderedBy = order.wish.orderedBy
      standing = order.standing != nil
      late = order.isLate
    }
  }

  private func list(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let meal = try await context.meal(request, at: visitor)
    let orders = try await context.checkIns.orders
      .list(visitor.terminal.canteen, from: meal.day, to: meal.day)
      .filter { $0.order.wish.period == meal.period }
    return try json(
      orders.map { OrderBody($0, on: context.calendar.day(of: visitor.at)) })
  }

  /// No single meal has more.
  private static let dishesMax = 20

  private struct OrderAsked: Decodable {
    var dinerId: Int64
    var day: String
    var period: String
    var mode: String?
    var size: String?
    var dishes: [String]?
    var note: String?
    var channel: String?
    var orderedBy: String?
    var afterCutoff: Bool?
  }

  private struct Placed: Encodable {
    var added: Int
    var changed: Int
    var unchanged: Int
  }

  private func place(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let asked = try await request.body(as: OrderAsked.self)
    let isLate = asked.afterCutoff ?? false
    guard !isLate || visitor.staff.role.mayJudge else { throw StaffRefusal.managerNeeded }
    let mode = try asked.mode.map { try named("mode", $0, ServiceMode.init(api:)) }
    let size = try asked.size.map { try named("size", $0, Order.Size.init(rawValue:)) }
    let channel = try asked.channel.map { try named("channel", $0, Order.Channel.init(rawValue:)) }
    let dishes = asked.dishes ?? []
    guard dishes.count <= Self.dishesMax else {
      throw RequestRefusal.wrong(
        "dishes",
        Sentence(zh: "最多 \(Self.dishesMax) 道", en: "are \(Self.dishesMax) at most"))
    }
    let wish = Order.Wish(
      canteen: visitor.terminal.canteen,
      period: try named("period", asked.period, MealPeriod.init(rawValue:)),
      mode: mode ?? .dineIn, size: size ?? .regular,
      dishes: try dishes.map { try $0.checked("dishes", most: 60) },
      note: try (asked.note ?? "").checked("note"), channel: channel ?? .clerk,
      orderedBy: try (asked.orderedBy ?? "").checked("orderedBy", most: 60))
    try await context.checkKnown(asked.dinerId)
    let outcome = try await context.checkIns.orders.place(
      [
        .init(
          diner: asked.dinerId, day: try named("day", asked.day, Day.init(iso:)), wish: wish)
      ], afterCutoff: isLate, at: visitor.terminal.canteen, by: visitor.attribution)
    return try json(
      Placed(added: outcome.added, changed: outcome.changed, unchanged: outcome.unchanged),
      outcome.added > 0 ? .created : .ok)
  }

  private struct MealAsked: Decodable {
    var dinerId: Int64
    var day: String
    var period: String
    var means: String?
    var auth: String?
    var servedAt: String?
  }

  private struct Cancelled: Encodable { var late: Bool }

  private func cancel(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let asked = try await request.body(as: MealAsked.self)
    let order = try await context.checkIns.orders.cancel(
      asked.dinerId, on: try named("day", asked.day, Day.init(iso:)),
      try named("period", asked.period, MealPeriod.init(rawValue:)),
      at: visitor.terminal.canteen, by: visitor.attribution)
    return try json(Cancelled(late: order.isLate))
  }

  private func checkIn(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let asked = try await request.body(as: MealAsked.self)
    let day = try named("day", asked.day, Day.init(iso:))
    let period = try named("period", asked.period, MealPeriod.init(rawValue:))
    let served =
      try asked.servedAt.map {
        try ServedAt($0, field: "servedAt", wasKept: false, now: visitor.at)
      } ?? ServedAt(visitor.at, field: "servedAt", wasKept: false, now: visitor.at)
    return try await context.checkIn(
      asked.dinerId, day, period, served, field: "servedAt",
      means: try asked.means.map { try named("means", $0, MeansOfPayment.init(rawValue:)) },
      auth: try asked.auth.map { try named("auth", $0, AuthMethod.init(rawValue:)) },
      by: visitor)
  }
}

/// A value by its name in the API.
func named<Value>(
  _ field: String, _ text: String, _ read: (String) -> Value?
) throws -> Value {
  guard let value = read(text) else {
    throw RequestRefusal.wrong(field, Sentence(zh: "的写法不对", en: "is not written like that"))
  }
  return value
}

extension WebContext {
  /// Somebody who may check in.
  func clerk(_ request: Request) async throws -> Gate.Visitor {
    let visitor = try await gate.visitor(request)
    guard visitor.staff.role.mayCheckIn else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    return visitor
  }

  /// The meal that an address names (`?day=2026-12-01&period=lunch`), else that of the hour.
  func meal(
    _ request: Request, at visitor: Gate.Visitor
  ) async throws -> (day: Day, period: MealPeriod) {
    let service = try await counter.service(at: visitor.terminal.canteen, now: visitor.at)
    let query = request.uri.queryParameters
    let day = try query["day"].map { try named("day", String($0), Day.init(iso:)) }
    let period = try query["period"].map {
      try named("period", String($0), MealPeriod.init(rawValue:))
    }
    let wanted = day ?? service.day
    guard abs(wanted - service.day) <= OrderRules.daysAhead else {
      throw RequestRefusal.wrong(
        "day", Sentence(zh: "离今天超过一年", en: "is more than a year away"))
    }
    return (wanted, period ?? service.period ?? .lunch)
  }

  /// - Throws: `CheckInRefusal.unknownDiner` for a number that nobody in the register has.
  func checkKnown(_ diner: Diner.ID) async throws {
    guard try await counter.isKnown(diner) else { throw CheckInRefusal.unknownDiner(diner) }
  }

  /// Serves an order through the same engine as every other check-in.
  /// - Parameter receivedAt: when the receipt of it came, if it was delivered.
  func checkIn(
    _ diner: Diner.ID, _ day: Day, _ period: MealPeriod, _ served: ServedAt, field: String,
    receivedAt: Instant? = nil, means: MeansOfPayment?, auth: AuthMethod?, by visitor: Gate.Visitor
  ) async throws -> Response {
    guard calendar.day(of: served.instant) == day else {
      throw RequestRefusal.wrong(
        field, Sentence(zh: "不在用餐日期当天", en: "is not on the day of the meal"))
    }
    let asked = try await checkIns.orders.checkIn(
      diner, on: day, period, at: calendar.time(of: served.instant), means: means ?? .cash,
      auth: auth ?? .manual, terminal: visitor.terminal.name, entry: served.entry,
      receivedAt: receivedAt)
    guard asked.canteen == visitor.terminal.canteen else {
      throw OrderRefusal.unknown(day, period)
    }
    return try answer(await engine.checkIn(asked, by: visitor.attribution))
  }
}
