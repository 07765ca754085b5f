import CanteenDomain
import CanteenVault
import Postgres

/// 离线名册: what a terminal keeps for the time without network. It holds no number of anybody, only
/// hashes by which a key is known again, and prices that were computed here.
public struct CounterSnapshot: Sendable {
  /// Keys of one person, hashed with the snapshot's salt.
  public struct Keys: Sendable {
    public var cards: [String]
    public var initials: String
    /// Of the last four of the ID number and of the phone.
    public var tails: [String]
  }

  /// One meal of one person.
  public struct Meal: Sendable {
    public var day: Day
    public var period: MealPeriod
    /// By mode; at the whole price where something speaks against it. Empty without a list price.
    public var prices: [ServiceMode: PricedLine]
    public var clashes: [DietClash]
    /// Why it is not subsidised again; nil if nothing speaks against it.
    public var refusal: CheckInRefusal?

    /// Whether the person had taken it when the snapshot was made.
    public var isServed: Bool {
      if case .alreadyCheckedIn = refusal { true } else { false }
    }
  }

  public struct Person: Sendable {
    public var id: Diner.ID
    public var name: String
    public var group: String
    public var keys: Keys
    /// Of the days, those that have a price or of which anything else is known.
    public var meals: [Meal]
    public var diets: [String]
    /// Why the person is no longer of the scheme, if so.
    public var departed: Diner.Status?

    public func meal(_ day: Day, _ period: MealPeriod) -> Meal? {
      meals.first { $0.day == day && $0.period == period }
    }
  }

  public var canteen: Canteen
  public var salt: String
  public var madeAt: Instant
  public var expiresAt: Instant
  public var days: [Day]
  /// Of the canteen's clock: with the canteen's windows it says which meal a moment belongs to.
  public var utcOffsetSeconds: Int
  public var menus: [Menu]
  public var roster: [Person]

  /// What a key of a kind is kept as: 128 bits of a SHA-256 over salt, kind and key.
  public static func hash(_ key: String, kind: String, salt: String) -> String {
    String(Seal.of("\(salt)|\(kind)|\(key)".utf8).hex.prefix(32))
  }
}

extension CounterService {
  /// How long a terminal may work from one.
  static let snapshotSeconds: Int64 = 36 * 3600

  /// The roster of a canteen's street with the prices of today and tomorrow.
  public func snapshot(_ code: Canteen.Code, now: Instant) async throws -> CounterSnapshot {
    let service = try await service(at: code, now: now)
    return try await checkIns.references.withCurrent {
      try await snapshot(of: service, $0, now: now)
    }
  }

  private func snapshot(
    of service: Service, _ reference: Reference, now: Instant
  ) async throws -> CounterSnapshot {
    let (calendar, vault) = (calendar, vault)
    let days = [service.day, service.day + 1]
    let salt = Secret.token()
    try await checkIns.budgets.ensure(BudgetStore.keys(reference.policies, days), at: now)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      let builder = SnapshotBuilder(
        service: service, reference: reference, calendar: calendar, vault: vault, days: days,
        salt: salt, now: now)
      return try builder.build($0)
    }
  }
}

/// Puts a snapshot together.
private struct SnapshotBuilder {
  let service: CounterService.Service
  let reference: Reference
  let calendar: CanteenCalendar
  let vault: Vault
  let days: [Day]
  let salt: String
  let now: Instant

  func build(_ transaction: borrowing Transaction) throws -> CounterSnapshot {
    let canteen = service.canteen
    let ids = Array(
      Set(
        try CounterStore.residents(of: reference.neighbourhood(of: canteen), transaction)
          .map { reference.aliases.person(of: $0) })
    ).sorted()
    let menus = try MenuStore.published(
      canteen.code, from: days[0], to: days[days.count - 1], transaction)
    let records = try DinerStore.latestRecords(ids, transaction)
    let cards = try cards(of: ids, transaction)
    let statuses = try DinerStore.statuses(
      reference.aliases.records(of: ids), reference.aliases, transaction)
    let context = try CounterPricing.context(
      of: ids, days: days[0]...days[days.count - 1], reference: reference, calendar: calendar,
      // The meals lie ahead; each is asked for as if its time had come.
      now: calendar.instant(days[days.count - 1] + 1, .midnight), transaction)
    let roster = try ids.compactMap { id -> CounterSnapshot.Person? in
      guard let record = records[id]?.record, context.diners[id]?.isDead(on: days[0]) != true
      else { return nil }
      var person = try person(id, record, cards[id] ?? [])
      person.departed =
        statuses[id]?.last {
          $0.span.contains(service.day) && [.moved, .withdrawn].contains($0.status)
        }?.status
      person.meals = meals(of: id, record.diets, menus, context)
      return person
    }
    return CounterSnapshot(
      canteen: canteen, salt: salt, madeAt: now,
      expiresAt: now.adding(seconds: CounterService.snapshotSeconds), days: days,
      utcOffsetSeconds: calendar.offsetSeconds, menus: menus, roster: roster)
  }

  private func cards(
    of ids: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [String]] {
    var cards: [Diner.ID: [String]] = [:]
    for card in try CounterStore.cards(of: reference.aliases.records(of: ids), transaction) {
      let number = try card.sealed.map { try vault.open($0, as: .credential) } ?? card.number
      cards[reference.aliases.person(of: card.diner), default: []].append(hash(number, "card"))
    }
    return cards
  }

  private func hash(_ key: String, _ kind: String) -> String {
    CounterSnapshot.hash(key, kind: kind, salt: salt)
  }

  private func person(
    _ id: Diner.ID, _ record: DinerStore.Record, _ cards: [String]
  ) throws -> CounterSnapshot.Person {
    let number = try record.idSealed.map { try vault.open($0, as: .idNumber) }
    let phone = try record.phoneSealed.map { try vault.open($0, as: .phone) }
    return CounterSnapshot.Person(
      id: id, name: record.name,
      group: reference.regions.names(to: record.residence).last ?? record.group,
      keys: CounterSnapshot.Keys(
        cards: cards, initials: record.initials,
        tails: [number, phone].compactMap { $0 }.map { hash(String($0.suffix(4)), "tail") }),
      meals: [], diets: record.diets)
  }

  /// Every meal that the canteen serves, each as of its own day.
  private func meals(
    of id: Diner.ID, _ diets: [String], _ menus: [Menu], _ context: CheckInContext
  ) -> [CounterSnapshot.Meal] {
    days.flatMap { day in
      service.canteen.windows.compactMap { window in
        let menu = menus.first { $0.day == day && $0.period == window.period }
        var meal = CounterSnapshot.Meal(
          day: day, period: window.period, prices: [:],
          clashes: DietClash.clashes(diets, menu?.dishes ?? []))
        // Whether a meal was taken does not depend on its price, so one without any is asked too.
        let modes = menu?.setPrice == nil ? [.dineIn] : ServiceMode.allCases
        for mode in modes {
          let quote = CounterPricing.quote(
            id, at: service.canteen.code, day, window.from, window.period, mode,
            menu?.setPrice ?? CheckInRequest.listMax, .manual, in: context)
          if menu?.setPrice != nil { meal.prices[mode] = quote.line }
          meal.refusal = quote.refusal
        }
        let isEmpty = meal.prices.isEmpty && meal.clashes.isEmpty && meal.refusal == nil
        return isEmpty ? nil : meal
      }
    }
  }
}
