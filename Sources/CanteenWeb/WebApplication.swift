import CanteenDomain
import CanteenServices
import Hummingbird
import Logging

/// What the web room needs from outside.
public struct WebContext: Sendable {
  public var canteens: CanteenService
  public var menus: MenuService
  /// The time now; a parameter, so that tests hold the clock.
  public var now: @Sendable () -> Instant
  public var calendar: CanteenCalendar

  public init(
    canteens: CanteenService, menus: MenuService, now: @escaping @Sendable () -> Instant,
    calendar: CanteenCalendar = .shanghai
  ) {
    self.canteens = canteens
    self.menus = menus
    self.now = now
    self.calendar = calendar
  }

  var today: Day { calendar.day(of: now()) }
}

/// Builds the routes: health, the menu at the door, and a read-only API. Nothing here names a person, so
/// nobody has to sign in.
public func makeRouter(_ context: WebContext) -> Router<BasicRequestContext> {
  let router = Router()
  router.addMiddleware {
    SecurityHeaders()
    ProblemDocuments()
  }
  HealthRoutes(context: context).add(to: router)
  MenuRoutes(context: context).add(to: router)
  return router
}

/// The server over those routes; it ends on SIGTERM and SIGINT after it has answered what it accepted.
public func makeApplication(
  _ context: WebContext, host: String, port: Int, logger: Logger
) -> some ApplicationProtocol {
  Application(
    router: makeRouter(context),
    configuration: .init(address: .hostname(host, port: port), serverName: "canteen"),
    logger: logger)
}
