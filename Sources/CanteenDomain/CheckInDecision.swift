/// What a batch of check-ins is decided from: everything that was read under the persons' locks.
public struct CheckInContext: Sendable {
  /// A canteen as a check-in sees it.
  public struct Place: Sendable, Hashable {
    public var canteen: Canteen
    public var regions: RegionPath
    /// The last day whose books are closed; nil if none is.
    public var closedThrough: Day?

    /// The canteen as policies ask about it.
    public var facts: CanteenFacts { CanteenFacts(code: canteen.code, regions: regions) }

    public init(canteen: Canteen, regions: RegionPath, closedThrough: Day?) {
      self.canteen = canteen
      self.regions = regions
      self.closedThrough = closedThrough
    }
  }

  /// A meal that the person took before.
  public struct EarlierMeal: Sendable, Hashable {
    public var day: Day
    public var period: MealPeriod
    public var servedAt: Instant
    public var terminal: String
    /// False once it was reversed: it then counts for nothing but the numbering of the day's meals.
    public var stands: Bool
    /// What caps need of it.
    public var accepted: AcceptedMeal

    public init(
      day: Day, period: MealPeriod, servedAt: Instant, terminal: String, stands: Bool,
      accepted: AcceptedMeal
    ) {
      self.day = day
      self.period = period
      self.servedAt = servedAt
      self.terminal = terminal
      self.stands = stands
      self.accepted = accepted
    }
  }

  public var places: [Canteen.Code: Place]
  public var diners: [Diner.ID: DinerFacts]
  public var earlier: [Diner.ID: [EarlierMeal]]
  public var policies: PolicySet
  public var calendar: CanteenCalendar
  public var now: Instant

  public init(
    places: [Canteen.Code: Place], diners: [Diner.ID: DinerFacts],
    earlier: [Diner.ID: [EarlierMeal]], policies: PolicySet, calendar: CanteenCalendar,
    now: Instant
  ) {
    self.places = places
    self.diners = diners
    self.earlier = earlier
    self.policies = policies
    self.calendar = calendar
    self.now = now
  }
}

/// A check-in that was decided and is still to be written.
public struct DecidedCheckIn: Sendable, Hashable {
  public var checkIn: CheckIn
  /// 1 for the person's first meal of the period.
  public var mealNo: Int
  public var sourceNo: String?
  public var body: String
  public var line: PricedLine
  public var inputs: PricingInputs
  public var transfers: [Transfer]
}

/// What a price was made from, kept beside it so that an auditor can make it again.
public struct PricingInputs: Sendable, Hashable, Codable {
  public var meal: Meal
  public var diner: DinerFacts
  /// Earlier meals in the windows of the caps.
  public var accepted: [AcceptedMeal]

  public init(meal: Meal, diner: DinerFacts, accepted: [AcceptedMeal]) {
    self.meal = meal
    self.diner = diner
    self.accepted = accepted
  }
}

extension CheckInContext {
  /// How far ahead of our clock a terminal's clock may run.
  static let clockToleranceSeconds: Int64 = 600

  /// Decides one request of a known person and takes it into account for the next ones.
  /// - Throws: `CheckInRefusal`.
  public mutating func decide(
    _ request: CheckInRequest, for diner: Diner.ID
  ) throws(CheckInRefusal) -> DecidedCheckIn {
    guard let place = places[request.canteen] else { throw .unknownCanteen(request.canteen) }
    guard let facts = diners[diner] else { throw .unknownCard(request.card) }
    let servedAt = calendar.instant(request.day, request.time)
    try checkSense(of: request, servedAt: servedAt, at: place.canteen)

    let meals = earlier[diner] ?? []
    let ofThisMeal = meals.filter { $0.day == request.day && $0.period == request.period }
    if !request.wantsFullPrice, let first = ofThisMeal.filter(\.stands).min(by: Self.isEarlier) {
      throw refusal(of: request, because: first)
    }
    let meal = Meal(
      id: request.id.text, day: request.day, time: request.time, period: request.period,
      mode: request.mode,
      canteen: place.facts, listFen: request.list, wantsFullPrice: request.wantsFullPrice,
      auth: request.auth)
    let accepted = meals.filter(\.stands).map(\.accepted)
    let line = policies.price(meal, for: facts, accepted: accepted)
    let checkIn = CheckIn(
      id: request.id, diner: diner, day: request.day, period: request.period, servedAt: servedAt,
      postedOn: place.closedThrough.map { max(request.day, $0 + 1) } ?? request.day,
      canteen: request.canteen, mode: request.mode, means: request.means, auth: request.auth,
      terminal: request.terminal, list: request.list, dinerPays: line.dinerFen,
      category: line.tier)
    earlier[diner, default: []].append(
      EarlierMeal(
        day: request.day, period: request.period, servedAt: servedAt, terminal: request.terminal,
        stands: true, accepted: AcceptedMeal(meal, line)))
    return DecidedCheckIn(
      checkIn: checkIn, mealNo: ofThisMeal.count + 1, sourceNo: request.sourceNo,
      body: request.canonicalBody, line: line,
      inputs: PricingInputs(meal: meal, diner: facts, accepted: accepted),
      transfers: Transfer.transfers(for: line, paidBy: request.means))
  }

  private func checkSense(
    of request: CheckInRequest, servedAt: Instant, at canteen: Canteen
  ) throws(CheckInRefusal) {
    guard request.list > 0 else { throw .priceNotPositive(request.list) }
    guard request.day >= canteen.openedOn else {
      throw .beforeCanteenOpened(request.day, canteen: canteen.name)
    }
    guard servedAt.seconds(since: now) <= Self.clockToleranceSeconds else {
      throw .inTheFuture(request.day, request.time)
    }
  }

  private static func isEarlier(_ left: EarlierMeal, _ right: EarlierMeal) -> Bool {
    left.servedAt < right.servedAt
  }

  private func refusal(
    of request: CheckInRequest, because first: EarlierMeal
  ) -> CheckInRefusal {
    .alreadyCheckedIn(
      period: request.period, day: request.day, today: request.day == calendar.day(of: now),
      at: calendar.time(of: first.servedAt),
      canteen: places[first.accepted.canteen]?.canteen.name ?? first.accepted.canteen,
      terminal: first.terminal)
  }
}
