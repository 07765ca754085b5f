import CanteenDomain
import Postgres

/// 排餐: plans a week, copies one, checks it and publishes it.
public struct MenuPlanService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Keeps plans all together or none of them; a plan for a meal takes the place of the one before.
  /// - Throws: `MenuRefusal.unknownDish`, `CanteenRefusal.unknown`.
  public func plan(_ plans: [MenuPlan], by: Attribution) async throws {
    for code in Set(plans.map(\.canteen)).sorted() {
      _ = try await CanteenService(database).canteen(code)
    }
    try await database.transaction { transaction in
      let dishes = try DishStore.all(Set(plans.map(\.canteen)).sorted(), transaction)
      for plan in plans {
        for entry in plan.entries where !dishes.contains(plan.canteen, entry.dish) {
          throw MenuRefusal.unknownDish(entry.dish, plan.day, plan.period)
        }
        try MenuPlanStore.insert(plan, by: by, transaction)
      }
    }
  }

  /// What is planned for the natural week of a day.
  public func week(_ canteen: Canteen.Code, of day: Day) async throws -> [MenuPlan] {
    _ = try await CanteenService(database).canteen(canteen)
    return try await database.transaction(readOnly: true) {
      try MenuPlanStore.plans(canteen, from: day.monday, to: day.monday + 6, $0)
    }
  }

  /// Copies one natural week's plan onto another, closing days left out.
  /// - Returns: how many meals were copied.
  /// - Throws: `MenuRefusal.notPlanned`.
  public func copy(
    _ canteen: Canteen.Code, from: Day, to: Day, by: Attribution
  ) async throws -> Int {
    let shift = to.monday - from.monday
    return try await database.transaction { transaction in
      let plans = try MenuPlanStore.plans(
        canteen, from: from.monday, to: from.monday + 6, transaction)
      guard !plans.isEmpty else { throw MenuRefusal.notPlanned(from.monday, from.monday + 6) }
      let closed = try MenuPlanStore.closed(
        canteen, from: to.monday, to: to.monday + 6, transaction)
      var copied = 0
      for var plan in plans where closed[plan.day + shift] == nil {
        plan.day = plan.day + shift
        try MenuPlanStore.insert(plan, by: by, transaction)
        copied += 1
      }
      return copied
    }
  }

  /// What the check of a planned week says.
  /// - Throws: `MenuRefusal.notPlanned`, `.unknownDish`.
  public func check(_ canteen: Canteen.Code, of day: Day) async throws -> [MenuFinding] {
    let reference = try await ReferenceCache(database).reload()
    return try await database.transaction(readOnly: true) { transaction in
      let menus = try Self.menus(canteen, of: day, transaction)
      return try Self.check(canteen, of: day, reference, transaction).findings(menus)
    }
  }

  /// Publishes a planned week; a meal that is published already, word for word, is left as it is.
  /// - Returns: how many meals were new or changed, and what a cook should look at.
  /// - Throws: `MenuRefusal.mend` with everything that has to be mended, and nothing is stored.
  public func publish(
    _ canteen: Canteen.Code, of day: Day, by: Attribution
  ) async throws -> (published: Int, look: [MenuFinding]) {
    let reference = try await ReferenceCache(database).reload()
    return try await database.transaction { transaction in
      let menus = try Self.menus(canteen, of: day, transaction)
      let findings = try Self.check(canteen, of: day, reference, transaction).findings(menus)
      let mend = findings.filter { $0.weight == .mend }
      guard mend.isEmpty else { throw MenuRefusal.mend(mend.map(\.sentence)) }
      var published = 0
      for menu in menus where try MenuService.publish(menu, by: by, transaction) {
        published += 1
      }
      return (published, findings)
    }
  }

  /// Enters a closing or special day.
  /// - Throws: `CanteenRefusal.unknown`.
  public func set(_ day: CanteenDay, by: Attribution) async throws {
    _ = try await CanteenService(database).canteen(day.canteen)
    try await database.transaction { try MenuPlanStore.insert(day, by: by, $0) }
  }

  /// Days of a canteen that differ from others.
  public func days(_ canteen: Canteen.Code, from: Day, to: Day) async throws -> [CanteenDay] {
    try await database.transaction(readOnly: true) {
      try MenuPlanStore.days(canteen, from: from, to: to, $0)
    }
  }

  /// A planned week as menus: each dish as it is known, at its price of the day.
  private static func menus(
    _ canteen: Canteen.Code, of day: Day, _ transaction: borrowing Transaction
  ) throws -> [Menu] {
    let (first, last) = (day.monday, day.monday + 6)
    let plans = try MenuPlanStore.plans(canteen, from: first, to: last, transaction)
    guard !plans.isEmpty else { throw MenuRefusal.notPlanned(first, last) }
    let dishes = try DishStore.all([canteen], transaction)
    let prices = try DishStore.prices([canteen], transaction)
    return try plans.map { plan in
      Menu(
        canteen: canteen, day: plan.day, period: plan.period,
        dishes: try plan.entries.map { entry in
          guard let record = dishes.first(where: { $0.name == entry.dish && $0.isServed }) else {
            throw MenuRefusal.unknownDish(entry.dish, plan.day, plan.period)
          }
          let hasPrice = record.category == .set || entry.isSingle
          let price =
            entry.price
            ?? (hasPrice ? prices.price(of: entry.dish, at: canteen, on: plan.day) : nil)
          return record.dish(
            price: price, isSingle: record.category != .set && (entry.isSingle || price != nil))
        })
    }
  }

  private static func check(
    _ canteen: Canteen.Code, of day: Day, _ reference: Reference,
    _ transaction: borrowing Transaction
  ) throws -> MenuCheck {
    let days = (0..<7).map { day.monday + $0 }
    let place = reference.places(closedThrough: [:])[canteen]
    let guides = days.map { day in
      (
        day,
        place.map { place in
          reference.policies.policies(on: day).compactMap { $0.guidePrice(for: place.facts) }
        } ?? []
      )
    }
    return MenuCheck(
      guides: Dictionary(uniqueKeysWithValues: guides),
      closed: try MenuPlanStore.closed(canteen, from: days[0], to: days[6], transaction))
  }
}

extension MenuPlanStore {
  /// Closing days with their reasons.
  static func closed(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Day: String] {
    Dictionary(
      try days(canteen, from: from, to: to, transaction).filter { $0.kind == .closed }
        .map { ($0.day, $0.name) }, uniquingKeysWith: { first, _ in first })
  }
}

extension [DishRecord] {
  /// Whether a canteen can cook a dish of this name.
  func contains(_ canteen: Canteen.Code, _ name: String) -> Bool {
    contains { $0.canteen == canteen && $0.name == name && $0.isServed }
  }
}
