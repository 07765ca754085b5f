import CanteenDomain
import CanteenServices
import CanteenVault
import HTTPTypes
import Hummingbird

/// Who asks: the device by its cookie, the person by another, and that the page itself asked and no
/// other site.
struct Gate: Sendable {
  /// The cookies' names.
  static let terminalCookie = "canteen_terminal"
  static let sessionCookie = "canteen_session"

  let sessions: SessionService
  let tagger: Vault.Tagger
  let now: @Sendable () -> Instant
  /// Whether the line is TLS, here or at a proxy before us: cookies are then kept to such lines.
  let isSecure: Bool

  /// A signed-in person at a terminal.
  struct Visitor: Sendable {
    var staff: Staff
    var terminal: Terminal
    var at: Instant

    var attribution: Attribution { Attribution(by: staff.name, at: at) }
  }

  func terminal(_ request: Request) async throws -> Terminal {
    try await terminal(holding: request.cookies[Self.terminalCookie]?.value)
  }

  private func terminal(holding token: String?) async throws -> Terminal {
    guard let terminal = try await sessions.terminal(token: token, now: now()) else {
      throw StaffRefusal.terminalUnknown
    }
    return terminal
  }

  /// Who is signed in; nil if nobody is.
  func visitor(_ request: Request, at terminal: Terminal) async throws -> Visitor? {
    try await visitor(holding: request.cookies[Self.sessionCookie]?.value, at: terminal)
  }

  private func visitor(holding token: String?, at terminal: Terminal) async throws -> Visitor? {
    let now = now()
    guard let session = try await sessions.session(token: token, at: terminal, now: now) else {
      return nil
    }
    return Visitor(staff: session.staff, terminal: terminal, at: now)
  }

  /// - Throws: `StaffRefusal.terminalUnknown`, `.signedOut`, and `.csrfMissing` for what changes
  ///   something and does not come from our own page.
  func visitor(_ request: Request) async throws -> Visitor {
    let cookies = request.cookies
    let device = cookies[Self.terminalCookie]?.value
    let terminal = try await terminal(holding: device)
    guard
      let visitor = try await visitor(
        holding: cookies[Self.sessionCookie]?.value, at: terminal)
    else { throw StaffRefusal.signedOut }
    if request.method != .get { try check(request, from: device) }
    return visitor
  }

  /// Somebody of the street office, who sees every canteen.
  /// - Throws: as `visitor`; `StaffRefusal.notAllowed` for others.
  func officer(_ request: Request) async throws -> Visitor {
    let visitor = try await visitor(request)
    guard visitor.staff.role.maySeeAllCanteens else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    return visitor
  }

  /// What the page brings back with whatever changes something. Other sites can make a browser send
  /// its cookies, but not read this.
  func csrf(_ request: Request) -> String { csrf(of: request.cookies[Self.terminalCookie]?.value) }

  private func csrf(of device: String?) -> String { tagger.tag(device ?? "") }

  func check(_ request: Request) throws {
    try check(request, from: request.cookies[Self.terminalCookie]?.value)
  }

  private func check(_ request: Request, from device: String?) throws {
    guard let name = HTTPField.Name("X-CSRF-Token"), let given = request.headers[name],
      Secret.areEqual(Array(given.utf8), Array(csrf(of: device).utf8))
    else { throw StaffRefusal.csrfMissing }
  }

  /// Two years: a device stays until it is taken back.
  func terminalCookie(_ token: String) -> Cookie {
    cookie(Self.terminalCookie, token, maxAge: 2 * 365 * 86_400)
  }

  func sessionCookie(_ token: String) -> Cookie {
    cookie(Self.sessionCookie, token, maxAge: 86_400)
  }

  var noSession: Cookie { cookie(Self.sessionCookie, "", maxAge: 0) }

  private func cookie(_ name: String, _ value: String, maxAge: Int) -> Cookie {
    Cookie(
      name: name, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true,
      sameSite: .strict)
  }
}
