import CanteenDomain
import CanteenServices
import CanteenVault
import Foundation
import HTTPTypes
import Hummingbird

/// The off-line roster: a text, and a signature over just that text.
struct SnapshotRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/snapshot") { request, _ in try await snapshot(request) }
  }

  private struct Signed: Encodable {
    /// The roster as JSON in a string: the signature covers its bytes.
    var payload: String
    var signature: String
  }

  private func snapshot(_ request: Request) async throws -> Response {
    let visitor = try await context.clerk(request)
    let canteen = visitor.terminal.canteen
    let revision = try await context.counter.snapshotRevision(canteen, now: visitor.at)
    let document = try await context.shelf.document(canteen, revision, now: visitor.at) {
      try await make(canteen, now: visitor.at)
    }
    var headers: HTTPFields = [.cacheControl: "no-store", .eTag: document.tag]
    let known = request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
    if known.contains(where: { $0.trimmingCharacters(in: .whitespaces) == document.tag }) {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentType] = "application/json; charset=utf-8"
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes)))
  }

  private func make(
    _ canteen: Canteen.Code, now: Instant
  ) async throws -> SnapshotShelf.Document {
    let body = SnapshotBody(
      try await context.counter.snapshot(canteen, now: now), context.calendar)
    let payload = try JSONEncoder().encode(body)
    let signed = Signed(
      payload: String(decoding: payload, as: UTF8.self),
      signature: try context.signer.signature(of: Array(payload)))
    return SnapshotShelf.Document(
      bytes: Array(try JSONEncoder().encode(signed)), tag: "\"\(body.id)\"")
  }
}

/// The off-line roster as JSON.
private struct SnapshotBody: Encodable {
  struct Keys: Encodable {
    var cards: [String]
    var initials: String
    var tails: [String]
  }

  struct Meal: Encodable {
    var serviceDay: String
    var period: String
    var prices: PricesBody
    var clashes: [ClashBody]
    var refusal: RefusalBody?

    init(_ meal: CounterSnapshot.Meal) {
      serviceDay = meal.day.description
      period = meal.period.rawValue
      prices = PricesBody(meal.prices)
      clashes = meal.clashes.map(ClashBody.init)
      refusal = meal.refusal.map(RefusalBody.init)
    }
  }

  struct Person: Encodable {
    var dinerId: Int64
    var name: String
    var group: String
    var keys: Keys
    var meals: [Meal]
    var diet: [String]
    var allergies: [String]
    /// Why the person is no longer of the scheme.
    var departed: RefusalBody?
  }

  /// When a meal is served, in seconds of the day.
  struct Window: Encodable {
    var period: String
    var fromSeconds: Int
    var toSeconds: Int
  }

  struct Menu: Encodable {
    var serviceDay: String
    var period: String
    var dishes: [TodayDishBody]
    var setPriceFen: Int?
  }

  var id: String
  var canteen: String
  var madeAt: String
  var expiresAt: String
  var serviceDays: [String]
  var utcOffsetSeconds: Int
  var windows: [Window]
  var salt: String
  var menu: [Menu]
  var roster: [Person]

  init(_ snapshot: CounterSnapshot, _ calendar: CanteenCalendar) {
    id = CounterSnapshot.hash(snapshot.salt, kind: "snapshot", salt: "")
    canteen = snapshot.canteen.code
    madeAt = calendar.text(of: snapshot.madeAt)
    expiresAt = calendar.text(of: snapshot.expiresAt)
    serviceDays = snapshot.days.map(\.description)
    utcOffsetSeconds = snapshot.utcOffsetSeconds
    windows = snapshot.canteen.windows.map {
      Window(
        period: $0.period.rawValue, fromSeconds: $0.from.seconds, toSeconds: $0.to.seconds)
    }
    salt = snapshot.salt
    menu = snapshot.menus.map {
      Menu(
        serviceDay: $0.day.description, period: $0.period.rawValue,
        dishes: $0.dishes.map(TodayDishBody.init), setPriceFen: $0.setPrice?.count)
    }
    roster = snapshot.roster.map { person in
      Person(
        dinerId: person.id, name: person.name, group: person.group,
        keys: Keys(
          cards: person.keys.cards, initials: person.keys.initials, tails: person.keys.tails),
        meals: person.meals.map(Meal.init),
        diet: person.diets.filter { !DietClash.isAllergy($0) }.map(DietClash.words),
        allergies: person.diets.filter(DietClash.isAllergy).map(DietClash.words),
        departed: person.departed.flatMap(RefusalBody.init(departed:)))
    }
  }
}
