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

    /// A meal that was decided just now, for those after it.
    public init(_ decided: DecidedCheckIn) {
      let checkIn = decided.checkIn
      self.init(
        day: checkIn.day, period: checkIn.period, servedAt: checkIn.servedAt,
        terminal: checkIn.terminal, stands: true,
        accepted: AcceptedMeal(decided.inputs.meal, decided.line))
    }
  }

  public var places: [Canteen.Code: Place]
  public var diners: [Diner.ID: DinerFacts]
  public var earlier: [Diner.ID: [EarlierMeal]]
  /// When each proxy of a person may fetch, by their numbers.
  public var proxies: [Diner.ID: [Int: DaySpan]]
  public var policies: PolicySet
  /// What sources have spent of their yearly budgets; grows with each decision.
  public var budget: BudgetUse
  /// What volunteers' points may pay; shrinks with each decision.
  public var purses: [Volunteer.ID: PointPurse]
  public var calendar: CanteenCalendar
  public var now: Instant

  public init(
    places: [Canteen.Code: Place], diners: [Diner.ID: DinerFacts],
    earlier: [Diner.ID: [EarlierMeal]], proxies: [Diner.ID: [Int: DaySpan]] = [:],
    policies: PolicySet, budget: BudgetUse = BudgetUse(),
    purses: [Volunteer.ID: PointPurse] = [:], calendar: CanteenCalendar, now: Instant
  ) {
    self.places = places
    self.diners = diners
    self.earlier = earlier
    self.proxies = proxies
    self.policies = policies
    self.budget = budget
    self.purses = purses
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
  /// How many points it takes from whom; nil for none.
  public var points: (of: Volunteer.ID, count: Int)? {
    pointsOf.map { (of: $0, count: pointCount) }
  }
  var pointsOf: Volunteer.ID?
  var pointCount = 0

  init(
    _ request: CheckInRequest, of diner: Diner.ID, at place: CheckInContext.Place,
    servedAt: Instant, mealNo: Int, line: PricedLine, inputs: PricingInputs
  ) {
    var guest: GuestKind?
    if case .guest(let kind) = request.party { guest = kind }
    checkIn = CheckIn(
      id: request.id, diner: diner, day: request.day, period: request.period, servedAt: servedAt,
      postedOn: place.closedThrough.map { max(request.day, $0 + 1) } ?? request.day,
      canteen: request.canteen, mode: request.mode, means: request.means, auth: request.auth,
      terminal: request.terminal, list: request.list, dinerPays: line.dinerFen,
      category: line.tier, entry: request.entry, guest: guest, proxy: request.proxy)
    self.mealNo = mealNo
    sourceNo = request.sourceNo
    body = request.canonicalBody
    self.line = line
    self.inputs = inputs
    transfers = Transfer.transfers(
      for: line, paidBy: request.means, isGuest: guest != nil)
  }

  /// The same of the number that a guest got.
  public func numbered(_ diner: Diner.ID) -> DecidedCheckIn {
    var numbered = self
    numbered.checkIn.diner = diner
    numbered.inputs.diner.dinerID = diner
    return numbered
  }
}

/// What a price was made from, kept beside it so that an auditor can make it again.
public struct PricingInputs: Sendable, Hashable, Codable {
  public var meal: Meal
  public var diner: DinerFacts
  /// Meals that were accepted before it, in the windows of the caps.
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

  /// A request that was looked at and priced, and nothing more.
  public struct Priced: Sendable, Hashable {
    public var place: Place
    public var servedAt: Instant
    /// How many meals of this period the person took before, reversed ones too.
    public var mealsBefore: Int
    public var line: PricedLine
    public var inputs: PricingInputs
  }

  /// Decides one request of a known person and takes it into account for the next ones.
  /// - Throws: `CheckInRefusal`.
  public mutating func decide(
    _ request: CheckInRequest, for diner: Diner.ID
  ) throws(CheckInRefusal) -> DecidedCheckIn {
    let priced = try price(request, for: diner)
    if let paid = request.quoted, paid != priced.line.dinerFen {
      throw .paidAnotherPrice(paid: paid, right: priced.line.dinerFen)
    }
    if !policies.budgets(in: request.day.year).isEmpty {
      budget.add(priced.line, on: request.day)
    }
    let points = takePoints(request, priced.line)
    var decided = DecidedCheckIn(
      request, of: diner, at: priced.place, servedAt: priced.servedAt,
      mealNo: priced.mealsBefore + 1, line: priced.line, inputs: priced.inputs)
    decided.pointsOf = points == nil ? nil : request.pointsOf
    decided.pointCount = points ?? 0
    earlier[diner, default: []].append(EarlierMeal(decided))
    return decided
  }

  /// Takes the points of a meal that they pay something of.
  private mutating func takePoints(_ request: CheckInRequest, _ line: PricedLine) -> Int? {
    guard let volunteer = request.pointsOf, line.pointsFen > 0,
      let rule = purses[volunteer]?.rules.spending[request.period]
    else { return nil }
    purses[volunteer]?.balance -= rule.points
    return rule.points
  }

  /// What points are worth that are put toward a meal.
  private func pointsFen(_ request: CheckInRequest) throws(CheckInRefusal) -> Fen? {
    guard let volunteer = request.pointsOf else { return nil }
    guard let purse = purses[volunteer] else { throw .points(.unknownVolunteer(volunteer)) }
    do throws(PointRefusal) {
      return try purse.spending(for: request.period).fen
    } catch {
      throw .points(error)
    }
  }

  /// What a request of a known person would cost: the counter asks before anybody decides.
  /// - Throws: `CheckInRefusal`.
  public func price(
    _ request: CheckInRequest, for diner: Diner.ID
  ) throws(CheckInRefusal) -> Priced {
    guard let place = places[request.canteen] else { throw .unknownCanteen(request.canteen) }
    guard let facts = diners[diner] else { throw .unknownDiner(diner) }
    let servedAt = calendar.instant(request.day, request.time)
    try checkSense(of: request, servedAt: servedAt, at: place.canteen)
    if let proxy = request.proxy {
      guard proxies[diner]?[proxy]?.contains(request.day) == true else {
        throw .unknownProxy(proxy)
      }
    }
    let meals = earlier[diner] ?? []
    let ofThisMeal = meals.filter { $0.day == request.day && $0.period == request.period }
    if !request.wantsFullPrice, let first = ofThisMeal.filter(\.stands).min(by: Self.isEarlier) {
      throw refusal(of: request, because: first)
    }
    let meal = Meal(
      id: request.id.text, day: request.day, time: request.time, period: request.period,
      mode: request.mode,
      canteen: place.facts, listFen: request.list, wantsFullPrice: request.wantsFullPrice,
      auth: request.auth, evidence: request.proxy == nil ? [] : [.proxy],
      pointsFen: try pointsFen(request))
    let accepted = meals.filter(\.stands).map(\.accepted)
    return Priced(
      place: place, servedAt: servedAt, mealsBefore: ofThisMeal.count,
      line: policies.price(meal, for: facts, accepted: accepted, budget: budget),
      inputs: PricingInputs(
        meal: meal, diner: facts.asOf(meal.day), accepted: accepted))
  }

  /// Decides the meal of somebody who is not in the register: at full price, as often as wanted. Whose
  /// number it gets is decided when it is written.
  /// - Throws: `CheckInRefusal`.
  public func decideGuest(_ request: CheckInRequest) throws(CheckInRefusal) -> DecidedCheckIn {
    guard request.pointsOf == nil else { throw .points(.guestsPayOtherwise) }
    guard let place = places[request.canteen] else { throw .unknownCanteen(request.canteen) }
    let servedAt = calendar.instant(request.day, request.time)
    try checkSense(of: request, servedAt: servedAt, at: place.canteen)
    let meal = Meal(
      id: request.id.text, day: request.day, time: request.time, period: request.period,
      mode: request.mode, canteen: place.facts, listFen: request.list, wantsFullPrice: true,
      auth: request.auth)
    let facts = DinerFacts(dinerID: 0)
    return DecidedCheckIn(
      request, of: 0, at: place, servedAt: servedAt, mealNo: 1,
      line: policies.price(meal, for: facts),
      inputs: PricingInputs(meal: meal, diner: facts, accepted: []))
  }

  private func checkSense(
    of request: CheckInRequest, servedAt: Instant, at canteen: Canteen
  ) throws(CheckInRefusal) {
    // Eaten before anybody said what it costs.
    guard request.list != 0 || request.entry != .offline else {
      throw .noPrice(request.day, request.period)
    }
    guard request.list > 0 else { throw .priceNotPositive(request.list) }
    guard request.list <= CheckInRequest.listMax else { throw .priceTooHigh(request.list) }
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
