import CanteenDomain
import CanteenServices
import Hummingbird

/// What a clerk looks at: today, and whom a key names.
struct CounterRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/today") { request, _ in try await today(request) }
    router.get("/api/v1/diners") { request, _ in try await diners(request) }
  }

  private func today(_ request: Request) async throws -> Response {
    let visitor = try await context.gate.visitor(request)
    let today = try await context.counter.today(visitor.terminal.canteen, now: visitor.at)
    return try json(TodayBody(today, context.calendar))
  }

  /// What a canteen has served.
  private struct TodayBody: Encodable {
    struct Counts: Encodable {
      var dineIn: Int
      var takeaway: Int
      var delivery: Int
      var total: Int
    }

    var serviceDay: String
    var period: String?
    var menu: [TodayDishBody]
    /// What a meal costs where nobody says otherwise.
    var setPriceFen: Int?
    var counts: Counts
    var lastCheckIns: [CheckInBody]
    var openExceptions: Int

    init(_ today: CounterService.Today, _ calendar: CanteenCalendar) {
      serviceDay = today.service.day.description
      period = today.service.period?.rawValue
      menu = today.dishes.map(TodayDishBody.init)
      setPriceFen = today.dishes.first { $0.category == .set && $0.price != nil }?.price?.count
      counts = Counts(
        dineIn: today.counts[.dineIn] ?? 0, takeaway: today.counts[.pickup] ?? 0,
        delivery: today.counts[.homeDelivery] ?? 0, total: today.counts.values.reduce(0, +))
      openExceptions = today.openExceptions
      lastCheckIns = today.last.map {
        CheckInBody(
          $0.listed.checkIn, name: $0.listed.name, by: $0.recordedBy, reversed: !$0.listed.stands,
          calendar)
      }
    }
  }

  private func diners(_ request: Request) async throws -> Response {
    let visitor = try await context.gate.visitor(request)
    guard visitor.staff.role.mayCheckIn else {
      throw StaffRefusal.notAllowed(visitor.staff.role)
    }
    guard let key = request.uri.queryParameters["q"] else { throw RequestRefusal.missing("q") }
    let list = try request.uri.queryParameters["listFen"].map { text in
      guard let fen = Int(text) else {
        throw RequestRefusal.wrong("listFen", Sentence(zh: "应为分的整数", en: "is a number of fen"))
      }
      return Fen(try fen.checked("listFen", 1...mealFenMax))
    }
    let found = try await context.counter.candidates(
      try String(key).checked("q", most: 80), at: visitor.terminal.canteen, list: list,
      now: visitor.at)
    return try json(
      MatchesBody(
        matches: found.persons.map { CandidateBody($0, context.calendar) }, more: found.isMore))
  }

  private struct MatchesBody: Encodable {
    var matches: [CandidateBody]
    var more: Bool
  }

  /// A person whom a key may name.
  private struct CandidateBody: Encodable {
    struct Masked: Encodable {
      var idTail: String
      var phoneTail: String
    }

    struct Prices: Encodable {
      var dineIn: QuoteBody?
      var takeaway: QuoteBody?
      var delivery: QuoteBody?
    }

    var dinerId: Int64
    var name: String
    var masked: Masked
    var group: String
    var photo: String?
    var entitlementSummary: String
    var auth: String
    var prices: Prices
    var today: [EarlierMealBody]
    var diet: [String]
    var allergies: [String]
    var clashes: [ClashBody]
    var refusal: RefusalBody?

    init(_ candidate: CounterService.Candidate, _ calendar: CanteenCalendar) {
      let summary = candidate.summary
      dinerId = summary.id
      name = summary.name
      masked = Masked(
        idTail: String(summary.idNumber.suffix(2)), phoneTail: String(summary.phone.suffix(4)))
      group = summary.residence.joined()
      photo = candidate.photo.isEmpty ? nil : candidate.photo
      entitlementSummary =
        ([summary.age.map { "\($0) 周岁" }].compactMap { $0 } + summary.categories.map(\.name.zh)
        + [summary.status?.name.zh].compactMap { $0 }).joined(separator: " · ")
      auth = candidate.auth.rawValue
      prices = Prices(
        dineIn: candidate.prices[.dineIn].map(QuoteBody.init),
        takeaway: candidate.prices[.pickup].map(QuoteBody.init),
        delivery: candidate.prices[.homeDelivery].map(QuoteBody.init))
      today = candidate.today.map {
        EarlierMealBody(
          period: $0.period.rawValue, at: calendar.text(of: $0.at), window: $0.window,
          canteen: $0.canteen)
      }
      let diets = candidate.diets.map(DietClash.words)
      diet = diets.filter { !DietClash.isAllergy($0) }
      allergies = diets.filter(DietClash.isAllergy)
      clashes = candidate.clashes.map(ClashBody.init)
      refusal =
        candidate.refusal.map(RefusalBody.init)
        ?? summary.status.flatMap(RefusalBody.init(departed:))
    }
  }
}
