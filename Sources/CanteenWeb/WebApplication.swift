import CanteenDomain
import CanteenServices
import CanteenVault
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// What the web room needs from outside.
public struct WebContext: Sendable {
  public var canteens: CanteenService
  public var menus: MenuService
  public var checkIns: CheckInService
  public var counter: CounterService
  public var engine: CheckInEngine
  public var terminals: TerminalService
  public var sessions: SessionService
  public var street: StreetService
  public var statements: StatementBookService
  let delivery: DeliveryService
  public var feed: StreetFeed
  /// The time now; a parameter, so that tests hold the clock.
  public var now: @Sendable () -> Instant
  public var calendar: CanteenCalendar
  /// What `/metrics` shows.
  public var metrics: @Sendable () async -> String
  let cookies: CookieMemory
  let signer: SnapshotSigner
  let shelf = SnapshotShelf()
  /// Whether browsers reach us over TLS, here or at a proxy.
  public var isSecure: Bool

  public init(
    _ checkIns: CheckInService, canteens: CanteenService, menus: MenuService, vault: Vault,
    terminals: TerminalService, sessions: SessionService, street: StreetService,
    statements: StatementBookService,
    isSecure: Bool = false, metrics: @escaping @Sendable () async -> String = { "" },
    now: @escaping @Sendable () -> Instant, calendar: CanteenCalendar = .shanghai
  ) {
    self.canteens = canteens
    self.menus = menus
    self.checkIns = checkIns
    counter = CounterService(checkIns, vault: vault)
    let feed = StreetFeed(street)
    engine = CheckInEngine(checkIns) { feed.checkedIn() }
    self.terminals = terminals
    self.sessions = sessions
    self.street = street
    self.statements = statements
    delivery = checkIns.delivery(vault)
    self.feed = feed
    cookies = CookieMemory(vault.tagger(for: "csrf"))
    signer = SnapshotSigner(vault)
    self.isSecure = isSecure
    self.metrics = metrics
    self.now = now
    self.calendar = calendar
  }

  var gate: Gate { Gate(sessions: sessions, cookies: cookies, now: now, isSecure: isSecure) }

  var today: Day { calendar.day(of: now()) }
}

/// Builds the routes: health, the menu at the door, the counter's API and the street office's. What
/// names a person asks who is signed in; the menu and the health checks ask nobody.
public func makeRouter(_ context: WebContext) -> Router<BasicRequestContext> {
  let router = Router(options: .autoGenerateHeadEndpoints)
  router.addMiddleware {
    WholeAnswers()
    LongRequests()
    MetricsMiddleware()
    SecurityHeaders(isSecure: context.isSecure)
    ProblemDocuments()
  }
  HealthRoutes(context: context).add(to: router)
  MenuRoutes(context: context).add(to: router)
  SessionRoutes(context: context).add(to: router)
  CounterRoutes(context: context).add(to: router)
  CheckInRoutes(context: context).add(to: router)
  OrderRoutes(context: context).add(to: router)
  KitchenRoutes(context: context).add(to: router)
  ExceptionRoutes(context: context).add(to: router)
  SnapshotRoutes(context: context).add(to: router)
  StreetRoutes(context: context).add(to: router)
  StatementRoutes(context: context).add(to: router)
  ServiceReportRoutes(context: context).add(to: router)
  PageRoutes(context: context).add(to: router)
  OpenAPIRoutes().add(to: router)
  return router
}

/// How browsers reach the server.
public enum WebLine: Sendable, Hashable {
  /// Plain HTTP: on this machine alone, or behind a proxy that speaks TLS.
  case plain
  /// TLS, by the files of a certificate (with those that certify it behind it) and its key.
  case tls(certificate: String, key: String)
}

/// The server over those routes; it ends on SIGTERM and SIGINT after it has answered what it accepted.
/// - Throws: what is wrong with the files of a certificate.
public func makeApplication(
  _ context: WebContext, host: String, port: Int, line: WebLine = .plain, logger: Logger,
  onListening: @escaping @Sendable (Int) -> Void = { _ in }
) throws -> some ApplicationProtocol {
  let http = HTTPServerBuilder { ThreadedChannel(base: HTTP1Channel(responder: $0)) }
  let server: HTTPServerBuilder =
    switch line {
    case .plain: http
    case .tls(let certificate, let key):
      try .tls(
        http,
        tlsConfiguration: .makeServerConfiguration(
          certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
          privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
    }
  var application = Application(
    router: makeRouter(context), server: server,
    configuration: .init(address: .hostname(host, port: port), serverName: "canteen"),
    onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
    logger: logger)
  application.addServices(FeedService(feed: context.feed))
  return application
}

/// Serves until it is told to end.
/// - Throws: `ListenRefusal` if the address cannot be listened at.
public func serve(_ application: some ApplicationProtocol, at address: String) async throws {
  do {
    try await application.runService()
  } catch let error as IOError where ListenRefusal.codes.contains(error.errnoCode) {
    throw ListenRefusal(address: address, code: error.errnoCode)
  }
}

/// Why nobody can be served at an address.
public struct ListenRefusal: Refusal, Hashable {
  public var address: String
  /// The system's number of the reason.
  public var code: CInt

  /// Those that only listening gives.
  static let codes: Set<CInt> = [EADDRINUSE, EACCES, EADDRNOTAVAIL]

  public var kind: RefusalKind { .conflict }

  public var sentence: Sentence {
    switch code {
    case EADDRINUSE:
      Sentence(
        zh: "\(address) 已被占用：可能已有一个服务在运行；请先停止它，或用 --port 换一个端口",
        en: "\(address) is taken, perhaps by a server that runs already: stop it, or use --port")
    case EACCES:
      Sentence(
        zh: "无权监听 \(address)：1024 以下的端口需要系统管理员权限，请用 --port 换一个端口",
        en: "no right to listen at \(address): ports below 1024 are the system's, use --port")
    default:
      Sentence(
        zh: "无法监听 \(address)：这不是本机的地址，请检查 --host",
        en: "cannot listen at \(address), which is no address of this machine: see --host")
    }
  }
}

/// Listens for changes while the server runs.
private struct FeedService: Service {
  let feed: StreetFeed

  func run() async throws {
    await cancelWhenGracefulShutdown { await feed.run() }
  }
}
