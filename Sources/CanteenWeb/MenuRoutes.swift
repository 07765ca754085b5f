import CanteenDomain
import CanteenServices
import Hummingbird

/// The published menu, as a page for the door and as JSON.
struct MenuRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/") { _, _ in try await index() }
    router.get("/menus/{canteen}") { request, parameters in
      try await page(parameters.parameters.require("canteen"), request)
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

      enum CodingKeys: String, CodingKey {
        case name, category
        case priceFen = "price_fen"
        case allergens
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
          allergens: $0.allergens)
      }
    }
  }

  private func menus(
    _ code: String, _ request: Request
  ) async throws -> (canteen: Canteen, menus: [Menu]) {
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
    return (
      canteen,
      try await context.menus.published(code, from: first, to: first + (days ?? 7) - 1)
    )
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
    let (canteen, menus) = try await menus(code, request)
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
      body: menus.isEmpty ? "<p>这几天的食谱尚未发布。</p>" : sections.joined())
  }

  private func weekday(_ day: Day) -> String {
    "周" + ["一", "二", "三", "四", "五", "六", "日"][day.weekday - 1]
  }
}

/// What a menu's address asks for wrongly.
enum MenuQueryRefusal: Refusal {
  case notADay
  case notACount

  var kind: RefusalKind { .invalid }
  var sentence: Sentence {
    switch self {
    case .notADay: Sentence(zh: "from 应写成 2026-11-02", en: "from is written 2026-11-02")
    case .notACount: Sentence(zh: "days 应为 1 到 31", en: "days is 1 to 31")
    }
  }
}
