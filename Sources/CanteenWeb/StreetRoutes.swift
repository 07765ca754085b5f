import CanteenDomain
import CanteenServices
import Foundation
import Hummingbird
import ServiceLifecycle

/// The street office's numbers of today: once, or as they change.
struct StreetRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/street/today") { request, _ in
      _ = try await context.gate.officer(request)
      return try json(try await body())
    }
    router.get("/api/v1/street/events") { request, _ in
      _ = try await context.gate.officer(request, isBackground: true)
      return events(request)
    }
  }

  private func body() async throws -> StreetBody {
    let now = context.now()
    return StreetBody(
      now: context.calendar.text(of: now), serviceDay: context.calendar.day(of: now).description,
      canteens: try await context.feed.today(now: now).map(CanteenDayBody.init))
  }

  /// Server-sent events: `today` with the whole of it each time; browsers come back by themselves, and are
  /// told then why who was signed out sees no more. They cannot say that nobody asked, so it is known here.
  private func events(_ request: Request) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        // Ended by the server itself when it goes down: it waits for its answers, and this one has no end.
        for await _ in context.feed.changes().cancelOnGracefulShutdown() {
          guard (try? await context.gate.officer(request, isBackground: true)) != nil else { break }
          // Not on the thread of the connection, where taps may wait behind it.
          let text = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            String(decoding: try JSONEncoder().encode(try await body()), as: UTF8.self)
          }
          try await writer.write(ByteBuffer(string: "event: today\ndata: \(text)\n\n"))
        }
        try await writer.finish(nil)
      })
  }

  private struct StreetBody: Encodable {
    var now: String
    var serviceDay: String
    var canteens: [CanteenDayBody]
  }

  /// One canteen's numbers.
  private struct CanteenDayBody: Encodable {
    var canteen: CanteenNameBody
    var meals: Int
    var byPeriod: [String: Int]
    var byMode: [String: Int]
    var byHour: [Int]
    var listFen: Int
    var dinerFen: Int
    var subsidyFen: Int
    var openExceptions: Int

    init(_ day: StreetService.CanteenDay) {
      canteen = CanteenNameBody(code: day.canteen, name: day.name)
      meals = day.meals
      byPeriod = Dictionary(
        uniqueKeysWithValues: day.byPeriod.map { ($0.key.rawValue, $0.value) })
      byMode = Dictionary(uniqueKeysWithValues: day.byMode.map { ($0.key.api, $0.value) })
      byHour = day.byHour
      listFen = day.list.count
      dinerFen = day.dinersPay.count
      subsidyFen = day.subsidies.count
      openExceptions = day.openExceptions
    }
  }
}
