import CanteenDomain
import CanteenServices
import CanteenVault
import Hummingbird

/// Enrolment of a device, and signing in at it.
struct SessionRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.post("/api/v1/terminals/enrol") { request, _ in try await enrol(request) }
    router.get("/api/v1/session") { request, _ in try await show(request) }
    router.post("/api/v1/session") { request, _ in try await signIn(request) }
    router.delete("/api/v1/session") { request, _ in try await signOut(request) }
  }

  private struct EnrolBody: Decodable { var code: String }

  /// The code is the right to do it, so nothing else is asked for.
  private func enrol(_ request: Request) async throws -> Response {
    let body = try await request.body(as: EnrolBody.self)
    let (terminal, token) = try await context.terminals.enrol(
      code: try body.code.checked("code", most: 40), now: context.now())
    var response = try json(EnrolledBody(terminal: try await self.body(terminal)))
    response.setCookie(context.gate.terminalCookie(token))
    return response
  }

  private struct EnrolledBody: Encodable { var terminal: TerminalBody }

  private func show(_ request: Request) async throws -> Response {
    let terminal = try await context.gate.terminal(request)
    let visitor = try await context.gate.visitor(request, at: terminal)
    return try json(try await session(visitor?.staff, terminal, request))
  }

  private struct SignInBody: Decodable {
    var name: String
    var pin: String
  }

  private func signIn(_ request: Request) async throws -> Response {
    let terminal = try await context.gate.terminal(request)
    try context.gate.check(request)
    let body = try await request.body(as: SignInBody.self)
    let (session, token) = try await context.sessions.signIn(
      name: try body.name.checked("name", most: 60), pin: try body.pin.checked("pin", most: 60),
      at: terminal, now: context.now())
    var response = try json(try await self.session(session.staff, terminal, request))
    response.setCookie(context.gate.sessionCookie(token))
    return response
  }

  private func signOut(_ request: Request) async throws -> Response {
    let terminal = try await context.gate.terminal(request)
    try context.gate.check(request)
    try await context.gate.signOut(request)
    var response = try json(try await session(nil, terminal, request))
    response.setCookie(context.gate.noSession)
    return response
  }

  private func session(
    _ staff: Staff?, _ terminal: Terminal, _ request: Request
  ) async throws -> SessionBody {
    let service = try await context.counter.service(at: terminal.canteen, now: context.now())
    return SessionBody(
      terminal: try await body(terminal), staff: staff.map(StaffBody.init),
      names: try await context.sessions.names(at: terminal), csrf: context.gate.csrf(request),
      now: context.calendar.text(of: context.now()), serviceDay: service.day.description,
      period: service.period?.rawValue, lockAfterSeconds: SessionService.idleSeconds)
  }

  private func body(_ terminal: Terminal) async throws -> TerminalBody {
    let service = try await context.counter.service(at: terminal.canteen, now: context.now())
    return TerminalBody(
      id: terminal.id, name: terminal.name,
      canteen: CanteenNameBody(code: service.canteen.code, name: service.canteen.name),
      snapshotKey: context.signer.publicKey)
  }
}

/// A canteen by code and name.
struct CanteenNameBody: Encodable {
  var code: String
  var name: String
}

/// A terminal, with the key that verifies the off-line roster.
struct TerminalBody: Encodable {
  var id: String
  var name: String
  var canteen: CanteenNameBody
  var snapshotKey: String
}

/// Who is signed in and what he may do.
struct StaffBody: Encodable {
  var name: String
  var role: String
  var mayJudge: Bool
  var maySeeAllCanteens: Bool

  init(_ staff: Staff) {
    name = staff.name
    role = staff.role.rawValue
    mayJudge = staff.role.mayJudge
    maySeeAllCanteens = staff.role.maySeeAllCanteens
  }
}

/// What the page knows of itself.
private struct SessionBody: Encodable {
  var terminal: TerminalBody
  var staff: StaffBody?
  /// Who may sign in here.
  var names: [String]
  var csrf: String
  var now: String
  var serviceDay: String
  var period: String?
  var lockAfterSeconds: Int64

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(terminal, forKey: .terminal)
    try values.encode(staff, forKey: .staff)
    try values.encode(names, forKey: .names)
    try values.encode(csrf, forKey: .csrf)
    try values.encode(now, forKey: .now)
    try values.encode(serviceDay, forKey: .serviceDay)
    try values.encode(period, forKey: .period)
    try values.encode(lockAfterSeconds, forKey: .lockAfterSeconds)
  }

  enum CodingKeys: String, CodingKey {
    case terminal, staff, names, csrf, now, serviceDay, period, lockAfterSeconds
  }
}
