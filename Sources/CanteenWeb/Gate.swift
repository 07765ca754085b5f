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
  let csrf: Vault.Tagger
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
    let token = request.cookies[Self.terminalCookie]?.value
    guard let terminal = try await sessions.terminal(token: token, now: now()) else {
      throw StaffRefusal.terminalUnknown
    }
    return terminal
  }

  /// Who is signed in; nil if nobody is.
  func visitor(_ request: Request, at terminal: Terminal) async throws -> Visitor? {
    let now = now()
    let token = request.cookies[Self.sessionCookie]?.value
    guard let session = try await sessions.session(token: token, at: terminal, now: now) else {
      return nil
    }
    return Visitor(staff: session.staff, terminal: terminal, at: now)
  }

  /// - Throws: `StaffRefusal.terminalUnknown`, `.signedOut`, and `.csrfMissing` for what changes
  ///   something and does not come from our own page.
  func visitor(_ request: Request) async throws -> Visitor {
    let terminal = try await terminal(request)
    guard let visitor = try await visitor(request, at: terminal) else {
      throw StaffRefusal.signedOut
    }
    if request.method != .get { try check(request) }
    return visitor
  }

  /// What the page brings back with whatever changes something. Other sites can make a browser send
  /// its cookies, but not read this.
  func csrf(_ request: Request) -> String {
    csrf.tag(request.cookies[Self.terminalCookie]?.value ?? "")
  }

  func check(_ request: Request) throws {
    guard let name = HTTPField.Name("X-CSRF-Token"), let given = request.headers[name],
      Secret.areEqual(Array(given.utf8), Array(csrf(request).utf8))
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
