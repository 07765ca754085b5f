import CanteenDomain
import CanteenServices
import Hummingbird

/// The kitchen's numbers, and the meals that go out of the house.
struct KitchenRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/kitchen") { request, _ in try await sheet(request) }
    router.get("/api/v1/delivery") { request, _ in try await rounds(request) }
    router.post("/api/v1/delivery/receipts") { request, _ in try await receive(request) }
  }

  /// What is cooked for one meal.
  private struct SheetBody: Encodable {
    struct Portion: Encodable {
      var dish: String
      var category: String
      var size: String
      var mode: String
      var count: Int
    }

    struct Special: Encodable {
      var dinerId: Int64
      var name: String
      var group: String
      var mode: String
      var clashes: [ClashBody]
      var instead: [String]
      var preparations: [String]
    }

    struct Incomplete: Encodable {
      var dinerId: Int64
      var name: String
      var gaps: [String]
    }

    var day: String
    var period: String
    var ordered: Int
    var expectedBeside: Int
    var cancelledLate: Int
    var menuPublished: Bool
    var portions: [Portion]
    var specials: [Special]
    var incomplete: [Incomplete]

    init(_ sheet: KitchenService.Sheet) {
      let count = sheet.count
      day = count.day.description
      period = count.period.rawValue
      ordered = count.guests.count
      expectedBeside = sheet.forecast.walkIns
      cancelledLate = sheet.cancelledLate
      menuPublished = sheet.menu != nil
      portions = count.portions.map {
        Portion(
          dish: $0.dish, category: $0.category.rawValue, size: $0.size.rawValue,
          mode: $0.mode.api, count: $0.count)
      }
      specials = count.specials.map { special in
        Special(
          dinerId: special.guest.order.diner, name: special.guest.name,
          group: special.guest.group, mode: special.guest.order.wish.mode.api,
          clashes: special.swaps.map { ClashBody($0.clash) },
          instead: special.swaps.compactMap(\.instead), preparations: special.preparations)
      }
      incomplete = count.incomplete.map {
        Incomplete(
          dinerId: $0.order.diner, name: $0.name, gaps: $0.gaps.map(\.rawValue))
      }
    }
  }

  private func sheet(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let meal = try await context.meal(request, at: visitor)
    return try json(
      SheetBody(
        try await context.checkIns.kitchen
          .sheet(visitor.terminal.canteen, on: meal.day, meal.period)))
  }

  /// A courier's stops.
  private struct RoundBody: Encodable {
    struct Stop: Encodable {
      var dinerId: Int64
      var name: String
      var group: String
      var address: String
      var phone: String
      var dishes: [String]
      var warnings: [String]
      var note: String
      var wanted: Bool
      var receivedBy: String?
      var receivedAt: String?
      var proxy: Bool?
    }

    var round: Int
    var courier: String
    var stops: [Stop]
  }

  /// Addresses and phones in full: only for who serves at this canteen, over his own session.
  private func rounds(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let meal = try await context.meal(request, at: visitor)
    let rounds = try await context.delivery
      .rounds(visitor.terminal.canteen, on: meal.day, meal.period)
    return try json(
      rounds.map { round in
        RoundBody(
          round: round.number, courier: round.courier,
          stops: round.stops.map { stop in
            RoundBody.Stop(
              dinerId: stop.door.diner, name: stop.door.name, group: stop.door.group,
              address: stop.door.address, phone: stop.phone, dishes: stop.dishes,
              warnings: stop.warnings, note: stop.note, wanted: stop.isWanted,
              receivedBy: stop.receipt?.receivedBy,
              receivedAt: stop.receipt.map { context.calendar.text(of: $0.receivedAt) },
              proxy: stop.receipt?.isProxy)
          })
      })
  }

  private struct ReceiptAsked: Decodable {
    var dinerId: Int64
    var day: String
    var period: String
    var receivedBy: String
    var proxy: Bool?
    var receivedAt: String
    var courier: String?
    var means: String?
  }

  /// A receipt from the door: it is kept, and the meal is checked in by it; one that cannot be as it is
  /// waits for a person. Sent twice it changes nothing, so that a phone may keep it until there is a
  /// network.
  private func receive(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let asked = try await request.body(as: ReceiptAsked.self)
    // A meal at a door was eaten: it comes like one of a queue, even at once.
    let served = try ServedAt(
      asked.receivedAt, field: "receivedAt", wasKept: true, now: visitor.at)
    let day = try named("day", asked.day, Day.init(iso:))
    let period = try named("period", asked.period, MealPeriod.init(rawValue:))
    guard context.calendar.day(of: served.instant) == day else {
      throw RequestRefusal.wrong(
        "receivedAt", Sentence(zh: "不在用餐日期当天", en: "is not on the day of the meal"))
    }
    let means = try asked.means.map { try named("means", $0, MeansOfPayment.init(rawValue:)) }
    let kept = try await context.delivery.receive(
      DeliveryReceipt(
        diner: asked.dinerId, day: day, period: period, canteen: visitor.terminal.canteen,
        receivedAt: served.instant,
        receivedBy: try asked.receivedBy.checked("receivedBy", most: 60),
        isProxy: asked.proxy ?? false,
        courier: try (asked.courier ?? visitor.staff.name).checked("courier", most: 60)),
      by: visitor.attribution)
    return try await context.checkIn(
      asked.dinerId, day, period, served, field: "receivedAt", receivedAt: kept.recordedAt,
      means: means, auth: .manual, by: visitor)
  }
}
