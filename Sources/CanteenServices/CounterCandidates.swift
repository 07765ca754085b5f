import CanteenDomain
import CanteenVault
import Postgres

/// Whom a key may name, each with what the meal of the hour would cost.
extension CounterService {
  /// A person as the counter shows him.
  public struct Candidate: Sendable, Hashable {
    public var summary: DinerService.Summary
    public var photo: String
    public var diets: [String]
    /// How the key told who it is.
    public var auth: AuthMethod
    /// By mode; at the whole price where the meal was taken already. Empty without a list price.
    public var prices: [ServiceMode: PricedLine]
    /// Meals of today that stand.
    public var today: [EarlierToday]
    public var clashes: [DietClash]
    /// Why the meal of the hour is not subsidised again.
    public var refusal: CheckInRefusal?
  }

  /// Whom a key may name: at most `candidatesMax`, the canteen's own neighbourhood first.
  public struct Candidates: Sendable, Hashable {
    public var persons: [Candidate]
    /// Whether the key names more persons than these.
    public var isMore: Bool
  }

  /// A meal that was taken today.
  public struct EarlierToday: Sendable, Hashable {
    public var period: MealPeriod
    public var at: Instant
    public var window: String
    public var canteen: String
  }

  /// How many persons the counter offers for one key.
  static let candidatesMax = 8

  /// - Parameter list: the price of the meal; the menu's set if nil.
  public func candidates(
    _ key: String, at code: Canteen.Code, list: Fen? = nil, now: Instant
  ) async throws -> Candidates {
    let service = try await service(at: code, now: now)
    let reference = try await checkIns.references.fresh()
    let (found, isMore) = try await DinerService(database, vault: vault).find(
      key, near: service.canteen, reference, on: service.day, limit: Self.candidatesMax)
    guard !found.isEmpty else { return Candidates(persons: [], isMore: false) }
    let (auth, bad) = try await credential(key, at: now)
    let menus = try await database.transaction(readOnly: true) {
      try MenuStore.published(code, from: service.day, to: service.day, $0)
    }
    let menu = menus.first { $0.period == service.period }
    let price = list ?? menu?.setPrice
    let asked = try await quotes(found.map(\.id), service, price, auth, now)
    let persons = found.map { summary in
      let record = asked.records[summary.id]
      // A card that is no longer good tells who it was made for, not who holds it.
      guard bad == nil else {
        return Candidate(
          summary: summary, photo: record?.photo ?? "", diets: [], auth: auth, prices: [:],
          today: [], clashes: [], refusal: bad.map(CheckInRefusal.cardNotGood))
      }
      return Candidate(
        summary: summary, photo: record?.photo ?? "", diets: record?.diets ?? [], auth: auth,
        prices: asked.prices[summary.id] ?? [:], today: asked.today[summary.id] ?? [],
        clashes: DietClash.clashes(record?.diets ?? [], menu?.dishes ?? []),
        refusal: asked.refusals[summary.id])
    }
    return Candidates(persons: persons, isMore: isMore)
  }

  /// How the counter knew, by what was read; and what made the card useless, if it is one.
  private func credential(
    _ key: String, at now: Instant
  ) async throws -> (auth: AuthMethod, bad: Credential.Event?) {
    let text = key.normalisedWidth().trimmedSpaces()
    let keys = CredentialStore.Keys([text], vault: vault)
    let stored = try CredentialStore.holders(
      await database.query(CredentialStore.holders(of: keys.all)))
    if let (card, holder) = stored.first {
      let bad = holder.badEvent(at: now)
      if card.hasPrefix("qr:") { return (.qr, bad) }
      if card.hasPrefix("social_security_card:") { return (.socialSecurityCard, bad) }
      if card.hasPrefix("senior_card:") { return (.seniorCard, bad) }
      return (.card, bad)
    }
    let isNumber = text.utf8.count == 18 && DinerSearch.isNumberOfPerson(text)
    return (isNumber ? .idCard : .manual, nil)
  }

  private struct Asked: Sendable {
    var prices: [Diner.ID: [ServiceMode: PricedLine]] = [:]
    var refusals: [Diner.ID: CheckInRefusal] = [:]
    var today: [Diner.ID: [EarlierToday]] = [:]
    var records: [Diner.ID: DinerStore.Record] = [:]
  }

  private func quotes(
    _ persons: [Diner.ID], _ service: Service, _ price: Fen?, _ auth: AuthMethod, _ now: Instant
  ) async throws -> Asked {
    try await checkIns.references.withCurrent {
      try await quotes(persons, service, price, auth, now, $0)
    }
  }

  private func quotes(
    _ persons: [Diner.ID], _ service: Service, _ price: Fen?, _ auth: AuthMethod, _ now: Instant,
    _ reference: Reference
  ) async throws -> Asked {
    try await checkIns.budgets.ensure(
      BudgetStore.keys(reference.policies, [service.day]), at: now)
    let calendar = calendar
    let code = service.canteen.code
    let memory = checkIns.memory
    return try await database.transaction(readOnly: true) { transaction in
      let context = try CounterPricing.context(
        of: persons, days: service.day...service.day, reference: reference, calendar: calendar,
        now: now, for: (memory, code), transaction)
      var asked = Asked()
      asked.records = try DinerStore.latestRecords(persons, transaction).mapValues(\.record)
      for person in persons {
        asked.today[person] = (context.earlier[person] ?? [])
          .filter { $0.stands && $0.day == service.day }
          .sorted { $0.servedAt < $1.servedAt }
          .map {
            EarlierToday(
              period: $0.period, at: $0.servedAt, window: $0.terminal,
              canteen: reference.canteens[$0.accepted.canteen]?.name ?? $0.accepted.canteen)
          }
        guard let price, let period = service.period else { continue }
        for mode in ServiceMode.allCases {
          let quote = CounterPricing.quote(
            person, at: code, service.day, service.time, period, mode, price, auth, in: context)
          asked.prices[person, default: [:]][mode] = quote.line
          asked.refusals[person] = quote.refusal
        }
      }
      return asked
    }
  }
}

/// Prices before anybody decides: for the counter, and ahead for the time without network.
enum CounterPricing {
  /// What some persons' meals are priced from, without locking anybody.
  /// - Parameter tap: where the meal may be checked in next, and who then knows the person already.
  /// - Throws: `ReferenceOutdated` where somebody would be priced by a policy of yesterday.
  static func context(
    of persons: [Diner.ID], days: ClosedRange<Day>, reference: Reference,
    calendar: CanteenCalendar, now: Instant,
    for tap: (memory: CheckInMemory, at: Canteen.Code)? = nil,
    _ transaction: borrowing Transaction
  ) throws -> CheckInContext {
    let policies = reference.policies
    let budgets = BudgetStore.keys(policies, [days.lowerBound, days.upperBound])
    let reading = CheckInStore.Reading(
      diners: reference.aliases.records(of: persons), canteens: tap.map { [$0.at] } ?? [], keys: [],
      window: policies.capsWindow(for: days), budgets: budgets, needsProxies: false,
      isMemorable: tap != nil && budgets.isEmpty, isLocking: false)
    let facts = try CheckInStore.read(
      reading, regions: reference.regions, aliases: reference.aliases, transaction)
    guard facts.revision == reference.revision else { throw ReferenceOutdated() }
    if reading.isMemorable {
      tap?.memory.remember(facts, of: reading, in: reference)
    }
    return CheckInContext(
      places: reference.places(closedThrough: [:]), diners: facts.diners,
      earlier: facts.earlier(in: reading.window), policies: policies, budget: facts.budget.use,
      calendar: calendar, now: now)
  }

  /// The price, or why it is the whole price. What the request cannot even be priced by gives neither.
  static func quote(
    _ person: Diner.ID, at canteen: Canteen.Code, _ day: Day, _ time: TimeOfDay,
    _ period: MealPeriod, _ mode: ServiceMode, _ list: Fen, _ auth: AuthMethod,
    in context: CheckInContext
  ) -> (line: PricedLine?, refusal: CheckInRefusal?) {
    var request = CheckInRequest(
      id: CheckIn.ID(bytes: repeatElement(0, count: 16)), party: .diner(person),
      canteen: canteen, day: day, time: time, period: period, mode: mode, list: list,
      means: .cash, auth: auth, terminal: "")
    do throws(CheckInRefusal) {
      return (try context.price(request, for: person).line, nil)
    } catch {
      request.wantsFullPrice = true
      return (try? context.price(request, for: person).line, error)
    }
  }
}
