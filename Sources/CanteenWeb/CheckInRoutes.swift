import CanteenDomain
import CanteenServices
import Hummingbird

/// The tap itself, and taking it back.
struct CheckInRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.post("/api/v1/check-ins") { request, _ in try await checkIn(request) }
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

  private struct Kept: Encodable {
    struct Exception: Encodable {
      var id: String
      var sentence: String
    }

    var exception: Exception
  }

  private func checkIn(_ request: Request) async throws -> Response {
    let visitor = try await context.gate.visitor(request)
    guard visitor.staff.role.mayCheckIn else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    let asked = try await self.request(try await request.body(as: Asked.self), by: visitor)
    switch try await context.engine.checkIn(asked, by: visitor.attribution) {
    case .success(let receipt):
      var body = CheckInBody(
        receipt.checkIn, name: receipt.name, by: receipt.recordedBy, reversed: false,
        context.calendar)
      body.subsidies = ShareBody.of(receipt.line)
      return try json(CheckInAnswer(checkIn: body), receipt.isRepeated ? .ok : .created)
    case .failure(let refused):
      if case .kept(let id, _, let sentence) = refused.refusal {
        return try json(
          Kept(exception: Kept.Exception(id: id.text, sentence: sentence.zh)), .accepted)
      }
      throw problem(refused.refusal, asked)
    }
  }

  private func problem(_ refusal: CheckInRefusal, _ asked: CheckInRequest) -> Problem {
    var problem = Problem(refusal)
    if case .alreadyCheckedIn(let period, let day, _, let time, let canteen, let window) = refusal {
      problem.served = EarlierMealBody(
        period: period.rawValue,
        at: context.calendar.text(of: context.calendar.instant(day, time)), window: window,
        canteen: canteen)
    }
    return problem
  }

  /// How old a meal may be that comes as one of now; older ones count as sent later.
  private static let presentSeconds: Int64 = 15 * 60
  /// How old one may be that was kept without network, and how far ahead a clock may be.
  private static let oldestSeconds: Int64 = 62 * 86_400
  private static let aheadSeconds: Int64 = 86_400

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
    guard let servedAt = CanteenCalendar.instant(rfc3339: asked.servedAt) else {
      throw wrong("servedAt", "2026-11-02T12:04:31+08:00")
    }
    let age = visitor.at.seconds(since: servedAt)
    guard (-Self.aheadSeconds...Self.oldestSeconds).contains(age) else {
      throw RequestRefusal.wrong(
        "servedAt",
        Sentence(zh: "太早或太晚，请核对设备时间", en: "is too long ago or ahead; look at the clock"))
    }
    let isLate = asked.offline == true || age > Self.presentSeconds
    let service = try await context.counter.service(at: visitor.terminal.canteen, now: servedAt)
    guard let period = service.period else {
      throw CanteenRefusal.noMealPeriod(service.canteen.code)
    }
    let list = try await list(asked, service.canteen.code, service.day, period)
    return CheckInRequest(
      id: id, party: try party(asked), canteen: service.canteen.code, day: service.day,
      time: service.time, period: period, mode: mode, list: list, means: means, auth: auth,
      wantsFullPrice: asked.fullPrice ?? false, terminal: visitor.terminal.name,
      entry: isLate ? .offline : .counter,
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

  private struct ReversalAsked: Decodable { var reason: String? }
  private struct ReversalAnswer: Encodable { var checkIn: CheckInBody }

  private func reverse(_ key: String, _ request: Request) async throws -> Response {
    let visitor = try await context.gate.visitor(request)
    guard visitor.staff.role.mayCheckIn else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    guard let id = CheckIn.ID(key) else { throw wrong("key", "UUID") }
    let asked = try await request.body(as: ReversalAsked.self)
    let checkIn = try await context.checkIns.undo(
      id, reason: try asked.reason?.checked("reason"), staff: visitor.staff,
      at: visitor.terminal, now: visitor.at)
    context.feed.checkedIn()
    let shown = try await context.counter.checkIn(checkIn)
    return try json(
      ReversalAnswer(
        checkIn: CheckInBody(
          checkIn, name: shown.listed.name, by: shown.recordedBy, reversed: true,
          context.calendar)))
  }
}
