import CanteenCards
import CanteenDomain
import CanteenServices
import CanteenVault
import Hummingbird

/// The published menu, as a page for the door and as JSON.
struct MenuRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/") { _, _ in try await index() }
    router.get("/menus/{canteen}") { request, parameters in
      try await page(parameters.parameters.require("canteen"), request)
    }
    router.get("/menus/{canteen}/poster") { request, parameters in
      try await poster(parameters.parameters.require("canteen"), request)
    }
    router.get("/menus/{canteen}/openmensa.xml") { request, parameters in
      try await feed(parameters.parameters.require("canteen"), request)
    }
    router.get("/api/v1/canteens") { _, _ in
      try await context.canteens.all().map(CanteenBody.init)
    }
    router.get("/api/v1/canteens/{canteen}/menus") { request, parameters in
      try await menus(parameters.parameters.require("canteen"), request).menus.map(MenuBody.init)
    }
  }

  /// A canteen of the API.
  struct CanteenBody: ResponseEncodable {
    var code: String
    var name: String

    init(_ canteen: Canteen) {
      code = canteen.code
      name = canteen.name
    }
  }

  /// A menu of the API; prices in fen.
  struct MenuBody: ResponseEncodable {
    struct DishBody: Encodable {
      var name: String
      var category: String
      var priceFen: Int?
      var allergens: [String]
      var ingredients: [String]
      var textures: [String]
      var energyKcal: Int?
      var single: Bool

      enum CodingKeys: String, CodingKey {
        case name, category
        case priceFen = "price_fen"
        case allergens, ingredients, textures
        case energyKcal = "energy_kcal"
        case single
      }
    }

    var day: String
    var period: String
    var dishes: [DishBody]

    init(_ menu: Menu) {
      day = menu.day.description
      period = menu.period.rawValue
      dishes = menu.dishes.map {
        DishBody(
          name: $0.name, category: $0.category.rawValue, priceFen: $0.price?.count,
          allergens: $0.allergens, ingredients: $0.ingredients,
          textures: $0.textures.map(\.rawValue), energyKcal: $0.energyKcal, single: $0.isSingle)
      }
    }
  }

  private func menus(
    _ code: String, _ request: Request
  ) async throws -> (canteen: Canteen, menus: [Menu], days: [CanteenDay]) {
    let canteen = try await context.canteens.canteen(code)
    let query = request.uri.queryParameters
    let from = try query["from"].map { text in
      guard let day = Day(iso: text) else { throw MenuQueryRefusal.notADay }
      return day
    }
    let days = try query["days"].map { text in
      guard let days = Int(text), (1...31).contains(days) else {
        throw MenuQueryRefusal.notACount
      }
      return days
    }
    let first = from ?? context.today
    let week = try await context.menus.week(code, from: first, to: first + (days ?? 7) - 1)
    return (canteen, week.menus, week.days)
  }

  private func index() async throws -> HTMLPage {
    let canteens = try await context.canteens.all()
    let links = canteens.map {
      "<li><a href=\"/menus/\(escape($0.code))\">\(escape($0.name))</a></li>"
    }
    return HTMLPage(
      title: "食谱",
      body: canteens.isEmpty
        ? "<p>还没有登记助餐点。</p>" : "<ul class=\"places\">\(links.joined())</ul>")
  }

  private func page(_ code: String, _ request: Request) async throws -> HTMLPage {
    let (canteen, menus, days) = try await menus(code, request)
    let notes = days.map { day in
      "<p>\(weekday(day.day)) \(day.day) \(day.kind.name.zh) \(escape(day.name))</p>"
    }
    let sections = menus.map { menu in
      let dishes = menu.dishes.map { dish in
        let price = dish.price.map { "<span class=\"price\">\($0.yuan) 元</span>" } ?? ""
        let warning =
          dish.allergens.isEmpty
          ? "" : "<small>含 \(escape(dish.allergens.joined(separator: "、")))</small>"
        return "<li>\(escape(dish.name))\(warning)\(price)</li>"
      }
      return "<section><h2>\(weekday(menu.day)) \(menu.day) · \(menu.period.name.zh)</h2>"
        + "<ul>\(dishes.joined())</ul></section>"
    }
    return HTMLPage(
      title: "\(canteen.name) · 食谱",
      body: notes.joined()
        + (menus.isEmpty ? "<p>这几天的食谱尚未发布。</p>" : sections.joined()))
  }

  /// The menu to print and hang at the door (`?size=a3`).
  private func poster(_ code: String, _ request: Request) async throws -> Response {
    let text = request.uri.queryParameters["size"].map(String.init) ?? "a4"
    guard let size = MenuPoster.Size(rawValue: text) else { throw MenuQueryRefusal.notASize }
    let (canteen, menus, days) = try await menus(code, request)
    let poster = MenuPoster(menus, days: days, canteen: canteen, size: size)
    let hash = Secret.base64(Seal.of(poster.style.utf8).bytes)
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8",
        .contentSecurityPolicy: "default-src 'none'; style-src 'sha256-\(hash)'; "
          + "frame-ancestors 'none'; base-uri 'none'",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: poster.html)))
  }

  /// The menu for readers of OpenMensa feeds.
  private func feed(_ code: String, _ request: Request) async throws -> Response {
    let (canteen, menus, days) = try await menus(code, request)
    return Response(
      status: .ok, headers: [.contentType: "application/xml; charset=utf-8"],
      body: ResponseBody(
        byteBuffer: ByteBuffer(
          string: OpenMensaFeed(menus, days: days, canteen: canteen).xml)))
  }

  private func weekday(_ day: Day) -> String {
    "周" + ["一", "二", "三", "四", "五", "六", "日"][day.weekday - 1]
  }
}

/// What a menu's address asks for wrongly.
enum MenuQueryRefusal: Refusal {
  case notADay
  case notACount
  case notASize

  var kind: RefusalKind { .invalid }
  var sentence: Sentence {
    switch self {
    case .notADay: Sentence(zh: "from 应写成 2026-11-02", en: "from is written 2026-11-02")
    case .notACount: Sentence(zh: "days 应为 1 到 31", en: "days is 1 to 31")
    case .notASize: Sentence(zh: "size 应为 a4 或 a3", en: "size is a4 or a3")
    }
  }
}
