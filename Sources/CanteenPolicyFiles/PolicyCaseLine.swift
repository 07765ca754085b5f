import CanteenDomain
import Foundation

/// One line of the answer to a case: a priced meal, an operating subsidy or a delivery by the trip.
public struct PolicyCaseLine: Sendable, Hashable, Encodable {
  /// What one source pays; amounts are in fen.
  public struct Share: Sendable, Hashable, Encodable {
    public var source: String
    public var name: String
    public var fen: Fen
    public var policy: String
    public var version: String
    public var stage: String
    public var rule: String

    init(_ share: FundedShare) {
      source = share.source.rawValue
      name = share.source.name.zh
      fen = share.fen
      policy = share.policyID
      version = share.version
      stage = share.layer
      rule = share.rule
    }
  }

  /// `meal`, `operating`, `trip` or `total`.
  public var kind: String
  public var id: String?
  public var person: String?
  public var day: Day?
  public var period: MealPeriod?
  public var canteen: String?
  public var listFen: Fen?
  public var dinerFen: Fen?
  /// Sum by source, the easiest thing to compare with a published example.
  public var sources: [String: Fen]
  public var shares: [Share]
  public var tier: String?
  public var age: Int?
  public var deliveryFeeFen: Fen?
  public var deliveryDinerFen: Fen?
  public var deliveryShares: [Share]?
  public var fen: Fen?
  public var explanation: [String]

  enum CodingKeys: String, CodingKey {
    case kind, id, person, day, period, canteen
    case listFen = "list_fen"
    case dinerFen = "diner_fen"
    case sources, shares, tier, age
    case deliveryFeeFen = "delivery_fee_fen"
    case deliveryDinerFen = "delivery_diner_fen"
    case deliveryShares = "delivery_shares"
    case fen, explanation
  }

  private init(kind: String, shares: [FundedShare], explanation: [String]) {
    self.kind = kind
    self.shares = shares.map(Share.init)
    self.explanation = explanation
    sources = shares.reduce(into: [:]) { $0[$1.source.rawValue, default: 0] += $1.fen }
  }

  init(_ person: String, _ meal: Meal, _ line: PricedLine, _ language: Language) {
    self.init(
      kind: "meal", shares: line.shares,
      explanation: line.explanation().map { $0.text(in: language) })
    id = meal.id
    self.person = person
    day = meal.day
    period = meal.period
    canteen = meal.canteen.code
    listFen = line.listFen
    dinerFen = line.dinerFen
    tier = line.tier
    age = line.age
    guard let delivery = line.delivery else { return }
    deliveryFeeFen = delivery.feeFen
    deliveryDinerFen = delivery.dinerFen
    deliveryShares = (delivery.shares + delivery.courierShares).map(Share.init)
  }

  init(_ line: OperatingLine, _ canteen: String, _ language: Language) {
    self.init(
      kind: "operating", shares: line.shares, explanation: [line.sentence.text(in: language)])
    id = line.code
    self.canteen = canteen
    fen = line.fen
  }

  init(_ line: DeliveryTripLine) {
    self.init(kind: "trip", shares: line.shares, explanation: [])
    id = line.tripID
    day = line.day
    fen = line.fen
  }

  init(total lines: [PricedLine]) {
    self.init(kind: "total", shares: [], explanation: [])
    sources = lines.flatMap(\.shares).reduce(into: [:]) {
      $0[$1.source.rawValue, default: 0] += $1.fen
    }
    listFen = lines.map(\.listFen).sum()
    dinerFen = lines.map(\.dinerFen).sum()
  }

  /// The line as one line of JSON, keys in order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension PolicyCase {
  /// Prices the meals in order of service time, then trips and operating periods, then the sums of
  /// the meals.
  /// - Throws: `PolicySet.Fault` for policies that cannot be in force together.
  public func run(
    with policies: [Policy], language: Language = .zh
  ) throws(PolicySet.Fault) -> [PolicyCaseLine] {
    let set = try PolicySet(policies, calendar: calendar)
    let diners = Dictionary(persons.map { ($0.name, $0.facts) }, uniquingKeysWith: { $1 })
    var accepted: [String: [AcceptedMeal]] = [:]
    var spent = spent
    var meals: [PricedMeal] = []
    var lines: [PolicyCaseLine] = []
    // Meals of the same moment keep the order of the case: an id is a name here, and "10" is no
    // number.
    let ordered = orders.enumerated().sorted {
      ($0.element.meal.day, $0.element.meal.time, $0.offset)
        < ($1.element.meal.day, $1.element.meal.time, $1.offset)
    }
    for (_, order) in ordered {
      guard let diner = diners[order.person] else { continue }
      let line = set.price(
        order.meal, for: diner, accepted: accepted[order.person] ?? [], budget: spent)
      spent.add(line, on: order.meal.day)
      accepted[order.person, default: []].append(AcceptedMeal(order.meal, line))
      meals.append(PricedMeal(dinerID: diner.dinerID, meal: order.meal, line: line))
      lines.append(PolicyCaseLine(order.person, order.meal, line, language))
    }
    let facts = Dictionary(diners.values.map { ($0.dinerID, $0) }, uniquingKeysWith: { $1 })
    lines += set.trips(meals: meals, diners: facts, budget: spent).map { PolicyCaseLine($0) }
    for entry in operating {
      let due =
        entry.volume.map { set.operating(for: entry.period, volume: $0) }
        ?? set.operating(for: entry.period, meals: meals)
      lines += due.map { PolicyCaseLine($0, entry.period.canteen.code, language) }
    }
    lines.append(PolicyCaseLine(total: meals.map(\.line)))
    return lines
  }
}
