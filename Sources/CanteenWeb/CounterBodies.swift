import CanteenDomain
import CanteenServices

/// Modes as the API names them.
extension ServiceMode {
  init?(api: String) {
    switch api {
    case "dine_in": self = .dineIn
    case "takeaway": self = .pickup
    case "delivery": self = .homeDelivery
    default: return nil
    }
  }

  var api: String {
    switch self {
    case .dineIn: "dine_in"
    case .pickup: "takeaway"
    case .homeDelivery: "delivery"
    }
  }
}

/// A meal that was taken before.
struct EarlierMealBody: Encodable {
  var period: String
  var at: String
  var window: String
  var canteen: String
}

/// What one source pays.
struct ShareBody: Encodable {
  var source: String
  var name: String
  var fen: Int
}

/// A price with its parts.
struct QuoteBody: Encodable {
  var listFen: Int
  var dinerFen: Int
  var subsidies: [ShareBody]
  /// Why it is so much.
  var wording: String

  init(_ line: PricedLine) {
    listFen = line.listFen.count
    dinerFen = line.dinerFen.count
    subsidies = ShareBody.of(line)
    wording = line.wording().map(\.zh).joined(separator: "；")
  }
}

extension ShareBody {
  /// One for each source that pays anything.
  static func of(_ line: PricedLine) -> [ShareBody] {
    var bodies: [ShareBody] = []
    for share in line.shares where share.fen > 0 {
      if let index = bodies.firstIndex(where: { $0.source == share.source.rawValue }) {
        bodies[index].fen += share.fen.count
      } else {
        bodies.append(
          ShareBody(
            source: share.source.rawValue, name: share.source.name.zh, fen: share.fen.count))
      }
    }
    return bodies
  }
}

/// What a meal costs by each mode.
struct PricesBody: Encodable {
  var dineIn: QuoteBody?
  var takeaway: QuoteBody?
  var delivery: QuoteBody?

  init(_ prices: [ServiceMode: PricedLine]) {
    dineIn = prices[.dineIn].map(QuoteBody.init)
    takeaway = prices[.pickup].map(QuoteBody.init)
    delivery = prices[.homeDelivery].map(QuoteBody.init)
  }
}

/// A check-in as the counter shows it.
struct CheckInBody: Encodable {
  var key: String
  var dinerId: Int64?
  var guest: String?
  var name: String
  var serviceDay: String
  var period: String
  var servedAt: String
  var mode: String
  var means: String
  var auth: String
  var window: String
  var canteen: String
  var listFen: Int
  var dinerFen: Int
  var entry: String
  var recordedBy: String
  var reversed: Bool
  var subsidies: [ShareBody]?

  init(_ checkIn: CheckIn, name: String, by: String, reversed: Bool, _ calendar: CanteenCalendar) {
    key = checkIn.id.text
    dinerId = checkIn.guest == nil ? checkIn.diner : nil
    guest = checkIn.guest?.rawValue
    self.name = name
    serviceDay = checkIn.day.description
    period = checkIn.period.rawValue
    servedAt = calendar.text(of: checkIn.servedAt)
    mode = checkIn.mode.api
    means = checkIn.means.rawValue
    auth = checkIn.auth.rawValue
    window = checkIn.terminal
    canteen = checkIn.canteen
    listFen = checkIn.list.count
    dinerFen = checkIn.dinerPays.count
    entry = checkIn.entry.rawValue
    recordedBy = by
    self.reversed = reversed
  }
}

/// A dish that somebody should not eat.
struct ClashBody: Encodable {
  var dish: String
  var because: String

  init(_ clash: DietClash) {
    dish = clash.dish
    because = clash.because
  }
}

/// Why something is not as asked.
struct RefusalBody: Encodable {
  var code: String
  var sentence: String

  init(_ refusal: CheckInRefusal) {
    code = refusal.code
    sentence = refusal.sentence.zh
  }

  /// Who is no longer of the scheme eats at the full price, and the clerk is to see why.
  init?(departed status: Diner.Status) {
    switch status {
    case .deceased:
      code = "diner_deceased"
      sentence = "登记为已故，请核对是谁在用餐"
    case .moved, .withdrawn:
      code = "diner_departed"
      sentence = "登记为\(status.name.zh)，只能按原价"
    case .paused, .inInstitution, .staff: return nil
    }
  }
}

/// A dish of today.
struct TodayDishBody: Encodable {
  var dish: String
  var category: String
  var allergens: [String]
  var priceFen: Int?

  init(_ dish: Dish) {
    self.dish = dish.name
    category = dish.category.rawValue
    allergens = dish.allergens
    priceFen = dish.price?.count
  }
}
