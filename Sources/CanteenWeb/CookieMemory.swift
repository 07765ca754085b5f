import CanteenServices
import CanteenVault
import HTTPTypes
import Hummingbird
import Synchronization

/// What browsers bring in their cookies, worked out once: the same text comes with every tap of a shift.
/// Texts and tokens are kept as hashes alone.
final class CookieMemory: Sendable {
  /// The cookies' names.
  static let terminalCookie = "canteen_terminal"
  static let sessionCookie = "canteen_session"

  /// Who a browser says that it is; the gate asks whether that is so.
  struct Brought: Sendable {
    var terminal: SessionService.Token?
    var session: SessionService.Token?
    /// What it must bring back beside them.
    var csrf: String
  }

  /// Browsers that are remembered: invented cookies must not fill the memory.
  private static let browsersMax = 1_000

  private let tagger: Vault.Tagger
  private let known = Mutex<[[UInt8]: Brought]>([:])

  init(_ tagger: Vault.Tagger) { self.tagger = tagger }

  func brought(by request: Request) -> Brought {
    // Several fields are one list (RFC 9113, 8.2.3).
    let text = Secret.hash(request.headers[values: .cookie].joined(separator: "; "))
    if let brought = known.withLock({ $0[text] }) { return brought }
    let cookies = request.cookies
    let device = cookies[Self.terminalCookie]?.value
    let brought = Brought(
      terminal: SessionService.Token(device),
      session: SessionService.Token(cookies[Self.sessionCookie]?.value),
      csrf: tagger.tag(device ?? ""))
    known.withLock { known in
      if known.count >= Self.browsersMax { known.removeAll(keepingCapacity: true) }
      known[text] = brought
    }
    return brought
  }
}
