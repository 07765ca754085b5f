import CanteenDomain
import CanteenServices
import Hummingbird

/// What people look at: the counter, the street office's day, and the sheet for a power cut.
struct PageRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    PageFiles.add(to: router)
    router.get("/street/fragment") { request, _ in try await street(request) }
    router.get("/counter/sheet") { request, _ in try await sheet(request) }
  }

  /// The part of the street office's page that changes.
  private func street(_ request: Request) async throws -> Response {
    let visitor = try await context.gate.officer(request)
    return html(StreetPage(days: try await context.feed.today(now: visitor.at)).fragment)
  }

  /// 备用签到表 of a meal of today or tomorrow (`?day=2026-11-24&period=lunch`), by default the meal of
  /// the hour.
  private func sheet(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let canteen = visitor.terminal.canteen
    let service = try await context.counter.service(at: canteen, now: visitor.at)
    let query = request.uri.queryParameters
    let day = try query["day"].map { text in
      guard let day = Day(iso: text) else { throw MenuQueryRefusal.notADay }
      return day
    }
    let period = try query["period"].map { text in
      guard let period = MealPeriod(rawValue: String(text)) else {
        throw RequestRefusal.wrong(
          "period", Sentence(zh: "应为 breakfast、lunch 或 dinner", en: "is breakfast, lunch or dinner")
        )
      }
      return period
    }
    let snapshot = try await context.counter.snapshot(canteen, now: visitor.at)
    let sheet = FallbackSheet(
      snapshot, day: day ?? service.day, period: period ?? service.period ?? .lunch)
    return html(sheet.html)
  }

  private func html(_ text: String) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
