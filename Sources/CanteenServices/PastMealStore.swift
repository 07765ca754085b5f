import CanteenDomain
import Postgres

/// A meal that was priced before, with what an adjustment of it is posted by.
struct PastMeal: Sendable {
  var priced: PricedMeal
  var postedOn: Day
  var recordedAt: Instant

  /// The order in which meals were accepted, and caps counted them: as they were recorded, those of one
  /// batch by their service time.
  static func isBefore(_ left: PastMeal, _ right: PastMeal) -> Bool {
    guard left.recordedAt == right.recordedAt else { return left.recordedAt < right.recordedAt }
    return PricedMeal.isBefore(left.priced, right.priced)
  }
}

/// Reads accepted meals back in the form in which they are priced, many persons at a time: for the
/// simulation of a draft and for repricing.
enum PastMealStore {
  /// Consecutive persons of the register, by their numbers.
  struct Span: Sendable, Hashable {
    /// The number before the first person's.
    var after: Diner.ID
    /// The last person's number.
    var through: Diner.ID
    /// How many persons have one of these numbers.
    var count: Int
  }

  /// The persons with the next `limit` numbers; nil when there are no more.
  static func span(
    after: Diner.ID, limit: Int, _ transaction: borrowing Transaction
  ) throws -> Span? {
    let rows = try transaction.query(
      """
      select max(diner_id) as last, count(*)::bigint as persons
      from (
          select diner_id from diners where diner_id > \(after) order by diner_id limit \(limit)
      ) as next
      """)
    guard let row = rows.first, let last: Diner.ID = try row.decode("last") else { return nil }
    return Span(after: after, through: last, count: try row.decode("persons"))
  }

  static func persons(_ transaction: borrowing Transaction) throws -> Int {
    try transaction.query("select count(*)::bigint as persons from diners").first?
      .decode("persons") ?? 0
  }

  /// What is known of a span's persons, and their meals that stand.
  struct Contents: Sendable {
    var diners: [Diner.ID: DinerFacts]
    /// Each person's meals, in the order in which the statement gives them.
    var meals: [[PastMeal]]
  }

  /// Reads a span in one flight. A record that was merged comes with the person it stands for, and
  /// not in its own place.
  /// - Parameter days: the first and the last service day; meals for the caps' windows included.
  static func contents(
    of span: Span, days: ClosedRange<Day>, in reference: Reference, calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> Contents {
    let numbers = (span.after + 1)...span.through
    let aliases = reference.aliases
    let whose: SQL =
      if aliases.isEmpty {
        "diner_id between \(numbers.lowerBound) and \(numbers.upperBound)"
      } else {
        DinerStore.these(
          aliases.records(of: numbers.lazy.filter { aliases.person(of: $0) == $0 }))
      }
    return try contents(where: whose, days: days, in: reference, calendar: calendar, transaction)
  }

  /// The same for persons that the caller names, by any of their records.
  static func contents(
    of diners: [Diner.ID], days: ClosedRange<Day>, in reference: Reference,
    calendar: CanteenCalendar, _ transaction: borrowing Transaction
  ) throws -> Contents {
    try contents(
      where: DinerStore.these(reference.aliases.records(ofAnyOf: diners)), days: days,
      in: reference, calendar: calendar, transaction)
  }

  private static func contents(
    where whose: SQL, days: ClosedRange<Day>, in reference: Reference, calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> Contents {
    let answers = try transaction.pipeline([
      DinerStore.register(where: whose), meals(where: whose, days: days),
    ])
    var reader = PastMealReader(places: reference.places(closedThrough: [:]), calendar: calendar)
    let aliases = reference.aliases
    var meals: [Diner.ID: Int] = [:]
    var contents = Contents(
      diners: try DinerStore.facts(
        answers[0].rows, regions: reference.regions, aliases: aliases), meals: [])
    for row in answers[1].rows {
      let meal = try reader.meal(row)
      // Adjustments name the record that was checked in; its facts are the person's.
      let record = meal.priced.dinerID
      let person = aliases.person(of: record)
      if record != person { contents.diners[record] = contents.diners[person] }
      if let place = meals[person] {
        contents.meals[place].append(meal)
      } else {
        meals[person] = contents.meals.count
        contents.meals.append([meal])
      }
    }
    return contents
  }

  /// The rows that `PastMealReader` reads, in any order. What repeats from meal to meal comes as one
  /// text, so that it is parsed once.
  static func meals(where whose: SQL, days: ClosedRange<Day>) -> SQL {
    """
    select
        c.diner_id, c.service_date, c.served_at, c.period, c.mode, c.canteen_code, c.auth_method,
        c.list_fen, c.posted_on, c.recorded_at, c.check_in_id::text as check_in_id,
        jsonb_build_array(
            coalesce(a.pricing, c.pricing) #> '{line,shares}',
            coalesce(a.pricing, c.pricing) #> '{line,delivery}',
            (c.pricing #> '{inputs,meal}')
                - '{id,day,time,period,mode,canteen,listFen,auth}'::text[]
        )::text as parts
    from check_ins as c
    left join (\(fragment: AdjustmentStore.latest(where: whose))) as a
        on a.diner_id = c.diner_id
        and a.service_date = c.service_date
        and a.check_in_id = c.check_in_id
    where c.\(fragment: whose)
        and c.service_date between \(days.lowerBound)::date and \(days.upperBound)::date
        and not exists (
            select
            from check_in_reversals as r
            where r.diner_id = c.diner_id
                and r.service_date = c.service_date
                and r.check_in_id = c.check_in_id
        )
    """
  }
}

/// Turns rows into past meals; keeps what it has parsed, because most meals share it.
struct PastMealReader {
  /// What a row's `parts` say.
  private struct Parts: Decodable {
    var shares: [FundedShare]
    var delivery: PricedDelivery?
    var meal: MealParts

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      shares = try values.decodeIfPresent([FundedShare].self) ?? []
      delivery = try values.decodeIfPresent(PricedDelivery.self)
      meal = try values.decodeIfPresent(MealParts.self) ?? MealParts()
    }
  }

  /// What a meal has beside its own columns, under the keys of `Meal`.
  private struct MealParts: Decodable {
    var extrasFen: Fen?
    var isStandardSet: Bool?
    var deliveryFeeFen: Fen?
    var packagingFen: Fen?
    var pointsFen: Fen?
    var tripID: String?
    var wantsFullPrice: Bool?
    var evidence: [MealEvidence]?
  }

  private let places: [Canteen.Code: CheckInContext.Place]
  private let calendar: CanteenCalendar
  private var parsed: [String: Parts] = [:]

  init(places: [Canteen.Code: CheckInContext.Place], calendar: CanteenCalendar) {
    self.places = places
    self.calendar = calendar
  }

  mutating func meal(_ row: Row) throws -> PastMeal {
    let parts = try parts(row.decode(11))
    let code: Canteen.Code = try row.decode(5)
    let list: Fen = try row.decode(7)
    let canteen = places[code]?.facts ?? CanteenFacts(code: code, regions: RegionPath([]))
    var meal = Meal(
      id: try row.decode(10), day: try row.decode(1),
      time: calendar.time(of: try row.decode(2)), period: try row.decode(3),
      mode: try row.decode(4), canteen: canteen, listFen: list, auth: try row.decode(6))
    meal.extrasFen = parts.meal.extrasFen ?? 0
    meal.isStandardSet = parts.meal.isStandardSet ?? false
    meal.deliveryFeeFen = parts.meal.deliveryFeeFen ?? 0
    meal.packagingFen = parts.meal.packagingFen ?? 0
    meal.pointsFen = parts.meal.pointsFen
    meal.tripID = parts.meal.tripID
    meal.wantsFullPrice = parts.meal.wantsFullPrice ?? false
    meal.evidence = parts.meal.evidence ?? []
    let paid = parts.shares.reduce(Fen.zero) { $0 + $1.fen }
    let line = PricedLine(
      listFen: list, dinerFen: list - paid, shares: parts.shares, delivery: parts.delivery)
    return PastMeal(
      priced: PricedMeal(dinerID: try row.decode(0), meal: meal, line: line),
      postedOn: try row.decode(8), recordedAt: try row.decode(9))
  }

  private mutating func parts(_ text: String) throws -> Parts {
    if let known = parsed[text] { return known }
    let parts = try CanonicalJSON.value(Parts.self, from: text)
    // Percentages make as many texts as there are prices; what is kept stays small all the same.
    if parsed.count >= 10_000 { parsed.removeAll(keepingCapacity: true) }
    parsed[text] = parts
    return parts
  }
}
