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

  /// What one meal costs one person.
  public struct Price: Sendable {
    public var day: Day
    public var period: MealPeriod
    public var mode: ServiceMode
    public var list: Fen
    public var line: PricedLine
  }

  public struct Person: Sendable {
    public var id: Diner.ID
    public var name: String
    public var group: String
    public var keys: Keys
    public var prices: [Price]
    public var diets: [String]
    public var clashes: [DietClash]
    /// Of the first of the periods; nil if nothing speaks against it.
    public var refusal: CheckInRefusal?
  }

  public var canteen: Canteen
  public var salt: String
  public var madeAt: Instant
  public var expiresAt: Instant
  public var days: [Day]
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
    let reference = try await checkIns.references.reference()
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
    let context = try CounterPricing.context(
      of: ids, days: days[0]...days[days.count - 1], reference: reference, calendar: calendar,
      // The meals lie ahead; each is asked for as if its time had come.
      now: calendar.instant(days[days.count - 1] + 1, .midnight), transaction)
    let roster = try ids.compactMap { id -> CounterSnapshot.Person? in
      guard let record = records[id]?.record, context.diners[id]?.isDead(on: days[0]) != true
      else { return nil }
      return try person(id, record, cards[id] ?? [], menus, context)
    }
    return CounterSnapshot(
      canteen: canteen, salt: salt, madeAt: now,
      expiresAt: now.adding(seconds: CounterService.snapshotSeconds), days: days, menus: menus,
      roster: roster)
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
    _ id: Diner.ID, _ record: DinerStore.Record, _ cards: [String], _ menus: [Menu],
    _ context: CheckInContext
  ) throws -> CounterSnapshot.Person {
    let number = try record.idSealed.map { try vault.open($0, as: .idNumber) }
    let phone = try record.phoneSealed.map { try vault.open($0, as: .phone) }
    var prices: [CounterSnapshot.Price] = []
    var refusal: CheckInRefusal?
    for menu in menus {
      guard let list = menu.setPrice,
        let time = service.canteen.windows.first(where: { $0.period == menu.period })?.from
      else { continue }
      for mode in ServiceMode.allCases {
        let quote = CounterPricing.quote(
          id, at: service.canteen.code, menu.day, time, menu.period, mode, list, .manual,
          in: context)
        if menu.day == service.day, menu.period == service.period { refusal = quote.refusal }
        guard let line = quote.line else { continue }
        prices.append(
          CounterSnapshot.Price(
            day: menu.day, period: menu.period, mode: mode, list: list, line: line))
      }
    }
    let dishes = menus.first { $0.day == service.day && $0.period == service.period }?.dishes
    return CounterSnapshot.Person(
      id: id, name: record.name,
      group: reference.regions.names(to: record.residence).last ?? record.group,
      keys: CounterSnapshot.Keys(
        cards: cards, initials: record.initials,
        tails: [number, phone].compactMap { $0 }.map { hash(String($0.suffix(4)), "tail") }),
      prices: prices, diets: record.diets,
      clashes: DietClash.clashes(record.diets, dishes ?? []), refusal: refusal)
  }
}
