import CanteenDomain
import CanteenServices
import Hummingbird

/// The tap itself, and taking it back.
struct CheckInRoutes {
  /// The request that the line waits for.
  static let tap = "/api/v1/check-ins"

  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.post("\(Self.tap)") { request, _ in try await checkIn(request) }
    router.post("/api/v1/check-ins/{key}/reversal") { request, parameters in
      try await reverse(parameters.parameters.require("key"), request)
    }
  }

  /// A request as it comes from a page, at once or out of its queue.
  private struct Asked: Decodable {
    struct Guest: Decodable { var kind: String }

    var key: String
    var dinerId: Int64?
    var guest: Guest?
    var mode: String
    var means: String
    var auth: String?
    var fullPrice: Bool?
    var proxyId: Int?
    var servedAt: String
    var listFen: Int?
    var quotedFen: Int?
    var offline: Bool?
    var snapshotId: String?
    var pointsOf: Int64?
  }

  private func checkIn(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let asked = try await self.request(try await request.body(as: Asked.self), by: visitor)
    return try context.answer(
      await context.engine.checkIn(asked, by: visitor.attribution, on: ConnectionThread.current))
  }

  private func request(_ asked: Asked, by visitor: Gate.Visitor) async throws -> CheckInRequest {
    guard let id = CheckIn.ID(asked.key) else { throw wrong("key", "UUID") }
    guard let mode = ServiceMode(api: asked.mode) else {
      throw wrong("mode", "dine_in | takeaway | delivery")
    }
    guard let means = MeansOfPayment(rawValue: asked.means) else {
      throw wrong("means", MeansOfPayment.allCases.map(\.rawValue).joined(separator: " | "))
    }
    guard let auth = AuthMethod(rawValue: asked.auth ?? "manual") else {
      throw wrong("auth", AuthMethod.allCases.map(\.rawValue).joined(separator: " | "))
    }
    let served = try ServedAt(
      asked.servedAt, field: "servedAt", wasKept: asked.offline == true, now: visitor.at)
    let service = try await context.counter.service(
      at: visitor.terminal.canteen, now: served.instant)
    guard let period = service.period else {
      throw CanteenRefusal.noMealPeriod(service.canteen.code)
    }
    let list = try await list(asked, service.canteen.code, service.day, period)
    return CheckInRequest(
      id: id, party: try party(asked), canteen: service.canteen.code, day: service.day,
      time: service.time, period: period, mode: mode, list: list, means: means, auth: auth,
      wantsFullPrice: asked.fullPrice ?? false, terminal: visitor.terminal.name,
      entry: served.entry,
      proxy: try asked.proxyId?.checked("proxyId", 1...9_999),
      quoted: try asked.quotedFen.map { Fen(try $0.checked("quotedFen", 0...mealFenMax)) },
      pointsOf: asked.pointsOf)
  }

  private func list(
    _ asked: Asked, _ canteen: Canteen.Code, _ day: Day, _ period: MealPeriod
  ) async throws -> Fen {
    if let fen = asked.listFen { return Fen(try fen.checked("listFen", 1...mealFenMax)) }
    return try await context.counter.listPrice(canteen, on: day, period)
  }

  private func party(_ asked: Asked) throws -> CheckInRequest.Party {
    switch (asked.dinerId, asked.guest) {
    case (let id?, nil): return .diner(id)
    case (nil, let guest?):
      guard let kind = GuestKind(rawValue: guest.kind) else {
        throw wrong("guest.kind", GuestKind.allCases.map(\.rawValue).joined(separator: " | "))
      }
      return .guest(kind)
    default:
      throw RequestRefusal.wrong(
        "dinerId", Sentence(zh: "与 guest 二者取一", en: "or guest, one of both"))
    }
  }

  private func wrong(_ field: String, _ form: String) -> RequestRefusal {
    .wrong(field, Sentence(zh: "应为 \(form)", en: "is \(form)"))
  }

  private struct ReversalAsked: Decodable {
    var reason: String?
    /// When the clerk asked for it, where the terminal kept it.
    var requestedAt: String?
  }

  private struct ReversalAnswer: Encodable { var checkIn: CheckInBody }

  private func reverse(_ key: String, _ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    guard let id = CheckIn.ID(key) else { throw wrong("key", "UUID") }
    let asked = try await request.body(as: ReversalAsked.self)
    let undone = try await context.checkIns.undo(
      id, reason: try asked.reason?.checked("reason"), staff: visitor.staff,
      at: visitor.terminal,
      requestedAt: try asked.requestedAt.map {
        try named("requestedAt", $0, CanteenCalendar.instant(rfc3339:))
      }, now: visitor.at)
    context.feed.checkedIn()
    switch undone {
    case .checkIn(let checkIn):
      let shown = try await context.counter.checkIn(checkIn)
      return try json(
        ReversalAnswer(
          checkIn: CheckInBody(
            checkIn, name: shown.listed.name, by: shown.recordedBy, reversed: true,
            context.calendar)))
    case .exception(let id):
      return try json(
        DecisionAnswer(id: id.text, decision: CheckInException.Decision.reject.rawValue))
    }
  }
}
