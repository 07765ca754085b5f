import CanteenServices
import CanteenVault
import HTTPTypes
import Hummingbird
import Synchronization

/// What browsers bring in their cookies, worked out once: the same text comes with every tap of a shift,
/// and parsing it and its three hashes cost more than a meal's price.
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

  /// Browsers that are remembered, and the bytes that ours bring at most: invented cookies must not fill
  /// the memory.
  private static let (browsersMax, bytesMax) = (1_000, 1_024)

  private let tagger: Vault.Tagger
  private let known = Mutex<[[String]: Brought]>([:])

  init(_ tagger: Vault.Tagger) { self.tagger = tagger }

  func brought(by request: Request) -> Brought {
    let texts = request.headers[values: .cookie]
    if let brought = known.withLock({ $0[texts] }) { return brought }
    let cookies = request.cookies
    let device = cookies[Self.terminalCookie]?.value
    let brought = Brought(
      terminal: SessionService.Token(device),
      session: SessionService.Token(cookies[Self.sessionCookie]?.value),
      csrf: tagger.tag(device ?? ""))
    guard texts.reduce(0, { $0 + $1.utf8.count }) <= Self.bytesMax else { return brought }
    known.withLock { known in
      if known.count >= Self.browsersMax { known.removeAll(keepingCapacity: true) }
      known[texts] = brought
    }
    return brought
  }
}
