import CanteenDomain
import CanteenServices
import Hummingbird

/// What came late and waits for a person's decision.
struct ExceptionRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/exceptions") { request, _ in try await list(request) }
    router.post("/api/v1/exceptions/{id}/decision") { request, parameters in
      try await decide(parameters.parameters.require("id"), request)
    }
  }

  private func list(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let exceptions = try await context.checkIns.exceptions(visitor.terminal.canteen)
    return try json(exceptions.map { ExceptionBody($0, context.calendar) })
  }

  private struct DecisionAsked: Decodable {
    var decision: String
    var reason: String
  }

  private func decide(_ id: String, _ request: Request) async throws -> Response {
    let visitor = try await context.gate.visitor(request)
    guard visitor.staff.role.mayJudge else { throw StaffRefusal.managerNeeded }
    let asked = try await request.body(as: DecisionAsked.self)
    guard let key = CheckIn.ID(id) else {
      throw RequestRefusal.wrong("id", Sentence(zh: "应为 UUID", en: "is a UUID"))
    }
    guard let decision = CheckInException.Decision(rawValue: asked.decision) else {
      let forms = CheckInException.Decision.allCases.map(\.rawValue).joined(separator: " | ")
      throw RequestRefusal.wrong("decision", Sentence(zh: "应为 \(forms)", en: "is \(forms)"))
    }
    do {
      let receipt = try await context.checkIns.decide(
        key, decision, reason: try asked.reason.checked("reason"), in: visitor.terminal.canteen,
        by: visitor.attribution)
      context.feed.checkedIn()
      return try json(
        DecisionAnswer(
          id: id, decision: decision.rawValue,
          checkIn: receipt.map {
            CheckInBody(
              $0.checkIn, name: $0.name, by: $0.recordedBy, reversed: false, context.calendar)
          }))
    } catch let refused as RefusedCheckIn {
      throw Problem(refused.refusal)
    }
  }

  /// An exception as a person judges it.
  private struct ExceptionBody: Encodable {
    var id: String
    var name: String?
    var code: String
    var sentence: String
    var serviceDay: String
    var period: String
    var servedAt: String
    var mode: String
    var window: String
    var listFen: Int
    var quotedFen: Int?
    var receivedAt: String
    var recordedBy: String

    init(_ exception: CheckInException, _ calendar: CanteenCalendar) {
      let request = exception.request
      id = exception.id.text
      if case .guest(let kind) = request.party {
        name = kind.name.zh
      } else {
        name = exception.name
      }
      code = exception.code
      sentence = exception.sentence.zh
      serviceDay = request.day.description
      period = request.period.rawValue
      servedAt = calendar.text(of: calendar.instant(request.day, request.time))
      mode = request.mode.api
      window = request.terminal
      listFen = request.list.count
      quotedFen = request.quoted?.count
      receivedAt = calendar.text(of: exception.received.at)
      recordedBy = exception.received.by
    }
  }
}

/// What became of an exception.
struct DecisionAnswer: Encodable {
  var id: String
  var decision: String
  /// The meal that was accepted.
  var checkIn: CheckInBody?
}
