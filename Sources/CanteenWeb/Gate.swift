import CanteenDomain
import CanteenServices
import CanteenVault
import HTTPTypes
import Hummingbird

/// Who asks: the device by its cookie, the person by another, and that the page itself asked and no
/// other site.
struct Gate: Sendable {
  let sessions: SessionService
  let cookies: CookieMemory
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
    try await terminal(holding: cookies.brought(by: request).terminal)
  }

  private func terminal(holding token: SessionService.Token?) async throws -> Terminal {
    guard let terminal = try await sessions.terminal(token: token, now: now()) else {
      throw StaffRefusal.terminalUnknown
    }
    return terminal
  }

  /// Who is signed in; nil if nobody is.
  func visitor(_ request: Request, at terminal: Terminal) async throws -> Visitor? {
    try await visitor(request, holding: cookies.brought(by: request).session, at: terminal)
  }

  /// Says of a request that the page asks by itself, so that it keeps no session awake.
  private static let backgroundHeader = HTTPField.Name("X-Background")

  private func visitor(
    _ request: Request, holding token: SessionService.Token?, at terminal: Terminal,
    isBackground: Bool = false
  ) async throws -> Visitor? {
    let now = now()
    let saysSo = Self.backgroundHeader.map { request.headers.contains($0) } ?? false
    guard
      let session = try await sessions.session(
        token: token, at: terminal, isBackground: isBackground || saysSo, now: now)
    else { return nil }
    return Visitor(staff: session.staff, terminal: terminal, at: now)
  }

  /// - Parameter isBackground: what the page asks by itself though no header can say so.
  /// - Throws: `StaffRefusal.terminalUnknown`, `.signedOut`, and `.csrfMissing` for what changes
  ///   something and does not come from our own page.
  func visitor(_ request: Request, isBackground: Bool = false) async throws -> Visitor {
    let brought = cookies.brought(by: request)
    let terminal = try await terminal(holding: brought.terminal)
    guard
      let visitor = try await visitor(
        request, holding: brought.session, at: terminal, isBackground: isBackground)
    else { throw StaffRefusal.signedOut }
    if request.method != .get { try check(request, brought) }
    return visitor
  }

  /// Somebody of the street office, who sees every canteen.
  /// - Throws: as `visitor`; `StaffRefusal.notAllowed` for others.
  func officer(_ request: Request, isBackground: Bool = false) async throws -> Visitor {
    let visitor = try await visitor(request, isBackground: isBackground)
    guard visitor.staff.role.maySeeAllCanteens else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    return visitor
  }

  /// Ends whose session the request brings, if it brings one.
  func signOut(_ request: Request) async throws {
    guard let token = cookies.brought(by: request).session else { return }
    try await sessions.signOut(token: token, now: now())
  }

  /// What the page brings back with whatever changes something. Other sites can make a browser send
  /// its cookies, but not read this.
  func csrf(_ request: Request) -> String { cookies.brought(by: request).csrf }

  func check(_ request: Request) throws { try check(request, cookies.brought(by: request)) }

  private static let csrfHeader = HTTPField.Name("X-CSRF-Token")

  private func check(_ request: Request, _ brought: CookieMemory.Brought) throws {
    guard let name = Self.csrfHeader, let given = request.headers[name],
      Secret.areEqual(Array(given.utf8), Array(brought.csrf.utf8))
    else { throw StaffRefusal.csrfMissing }
  }

  /// Two years: a device stays until it is taken back.
  func terminalCookie(_ token: String) -> Cookie {
    cookie(CookieMemory.terminalCookie, token, maxAge: 2 * 365 * 86_400)
  }

  func sessionCookie(_ token: String) -> Cookie {
    cookie(CookieMemory.sessionCookie, token, maxAge: 86_400)
  }

  var noSession: Cookie { cookie(CookieMemory.sessionCookie, "", maxAge: 0) }

  private func cookie(_ name: String, _ value: String, maxAge: Int) -> Cookie {
    Cookie(
      name: name, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true,
      sameSite: .strict)
  }
}
