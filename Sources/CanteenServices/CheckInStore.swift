import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `check_ins`, `check_in_keys`, `check_in_reversals` and the transfers that belong to them.
///
/// A batch costs two flights: `read` locks the persons and fetches what a decision needs,
/// `writeAndCommit` stores what was decided. It costs the second alone where what is needed is remembered:
/// a `Claim` then goes ahead of what is written.
enum CheckInStore {
  /// What a decision needs, read or remembered.
  struct Facts {
    var keys: [CheckIn.ID: StoredKey] = [:]
    var closedThrough: [Canteen.Code: Day] = [:]
    var revision: Reference.Revision
    var diners: [Diner.ID: DinerFacts] = [:]
    /// By person; those that are outside the reading's window too, where it is open.
    var earlier: [Diner.ID: [StoredMeal]] = [:]
    /// By record; empty where nobody asked.
    var registerRows: [Diner.ID: Int] = [:]
    var exceptions: [CheckIn.ID: CheckInExceptionStore.Known] = [:]
    var proxies: [Diner.ID: [Int: DaySpan]] = [:]
    var names: [Diner.ID: String] = [:]
    var budget = BudgetStore.Standing()

    /// The meals that matter for decisions about some days.
    func earlier(in window: ClosedRange<Day>) -> [Diner.ID: [CheckInContext.EarlierMeal]] {
      earlier.mapValues { $0.map(\.meal).filter { window.contains($0.day) } }
    }
  }

  /// A meal that was taken before, and how many rows tell of it: its own, its reversal's, its adjustments'.
  struct StoredMeal {
    var meal: CheckInContext.EarlierMeal
    var rows: Int
  }

  /// Whose a key is, and what it stood for.
  struct StoredKey {
    var diner: Diner.ID
    var day: Day
    var body: Seal
  }

  /// What a batch needs to be decided.
  struct Reading {
    /// Every record of the persons, merged ones too; facts come back under the person.
    var diners: [Diner.ID]
    var canteens: [Canteen.Code]
    var keys: [CheckIn.ID]
    /// The first and the last day whose meals matter.
    var window: ClosedRange<Day>
    /// Of which budgets something may be spent.
    var budgets: [BudgetUse.Key]
    var needsProxies: Bool
    /// Whether later meals than the window's are read too and the register's rows counted: then all is
    /// known that `CheckInMemory` keeps.
    var isMemorable = false
    /// False for who only asks: then nobody is locked.
    var isLocking = true
  }

  /// Locks the persons in the order of their numbers and reads what is known of them.
  static func read(
    _ reading: Reading, regions: RegionTree, aliases: DinerAliases,
    _ transaction: borrowing Transaction
  ) throws -> Facts {
    let diners = reading.diners
    var queries = reading.isLocking ? [lock(for: reading)] : []
    let first = queries.count
    // Counted before they are read: what comes in between is then one row more than was remembered.
    if reading.isMemorable { queries.append(DinerStore.registerRowCounts(of: diners)) }
    queries += [
      known(reading.keys), closedDaysAndRevision(reading.canteens), DinerStore.register(of: diners),
      earlierMeals(reading),
    ]
    if reading.needsProxies { queries.append(ProxyStore.terms(of: diners)) }
    if !reading.budgets.isEmpty {
      if reading.isLocking { queries.append(BudgetStore.lock(reading.budgets)) }
      queries.append(BudgetStore.standing(reading.budgets))
    }
    var answers = try transaction.pipeline(queries)[first...].map(\.rows)
    let counts = reading.isMemorable ? answers.removeFirst() : []
    var facts = Facts(revision: try Reference.Revision(answers[1]))
    for row in counts {
      facts.registerRows[try row.decode("diner_id")] = try row.decode("row_count")
    }
    for row in answers[0] {
      guard let body: Seal = try row.decode("key_body") else { continue }
      facts.keys[try row.decode("check_in_id")] = StoredKey(
        diner: try row.decode("diner_id"), day: try row.decode("service_date"), body: body)
    }
    facts.exceptions = try CheckInExceptionStore.known(
      answers[0].filter { try $0.decode("code", as: String?.self) != nil })
    facts.closedThrough = try DayCloseStore.closedThrough(
      answers[1].filter { try $0.decode("canteen_code", as: String?.self) != nil })
    facts.diners = try DinerStore.facts(answers[2], regions: regions, aliases: aliases)
    facts.names = try DinerStore.names(answers[2])
    for row in answers[3] {
      let person = aliases.person(of: try row.decode("diner_id"))
      facts.earlier[person, default: []].append(try storedMeal(row))
    }
    for row in reading.needsProxies ? answers[4] : [] {
      let person = aliases.person(of: try row.decode("diner_id"))
      facts.proxies[person, default: [:]][try row.decode("proxy_no")] = DaySpan(
        from: try row.decode("valid_from"), to: try row.decode("valid_to"))
    }
    if !reading.budgets.isEmpty {
      facts.budget = try BudgetStore.standing(answers[answers.count - 1])
    }
    return facts
  }

  /// What a transaction that writes begins with: both locks of a batch, the persons' first, since everybody
  /// takes them in this order. The server appends the parts in the order in which they are written, and
  /// where rows are locked it has no workers that could begin with a later one.
  ///
  /// With it go plans for any parameters: the server would make most of those that follow anew for each
  /// batch, and the look-up behind a transfer's foreign key for each transfer.
  private static func lock(for reading: Reading) -> SQL {
    """
    select set_config('plan_cache_mode', 'force_generic_plan', true)
    union all
    select null from (\(fragment: lockDiners(reading.diners))) as d
    union all
    select null from (\(fragment: shareCanteens(reading.canteens))) as c
    """
  }

  /// What is known of keys: whose meal each is, or that a person judges it.
  private static func known(_ keys: [CheckIn.ID]) -> SQL {
    """
    select
        check_in_id, k.diner_id, k.service_date, k.body_sha256 as key_body, e.body_sha256, e.code,
        e.sentence_zh, e.sentence_en
    from (
        select check_in_id, diner_id, service_date, body_sha256
        from check_in_keys
        where check_in_id = any(\(keys)::uuid[])
    ) as k
    full join (\(fragment: CheckInExceptionStore.known(keys))) as e using (check_in_id)
    """
  }

  /// Up to which day canteens are closed, and how many changes of the reference tables can be seen.
  private static func closedDaysAndRevision(_ canteens: [Canteen.Code]) -> SQL {
    """
    select r.changes, h.canteen_code, h.closed_day
    from (\(fragment: Reference.Revision.query)) as r
    left join (\(fragment: DayCloseStore.heads(of: canteens))) as h on true
    """
  }

  static func lockDiners(_ diners: [Diner.ID]) -> SQL {
    """
    select diner_id from diners where diner_id = any(\(diners)::bigint[])
    order by diner_id for update
    """
  }

  /// A day close holds these rows for update, so that no line slips in behind its count.
  static func shareCanteens(_ canteens: [Canteen.Code]) -> SQL {
    """
    select code from canteens where code = any(\(canteens)::text[]) order by code for key share
    """
  }

  /// After every service day.
  private static let never = Day(number: 2_932_896)

  private static func earlierMeals(_ reading: Reading) -> SQL {
    """
    select
        c.diner_id, c.service_date, c.period, c.served_at, c.terminal, c.canteen_code, c.mode,
        c.list_fen, (coalesce(a.pricing, c.pricing) -> 'grants')::text as grants,
        r.check_in_id is null as stands, coalesce(a.adjustment_no, 0) as adjustments
    from check_ins as c
    left join (\(fragment: AdjustmentStore.latest(where: DinerStore.these(reading.diners)))) as a
        on a.diner_id = c.diner_id
        and a.service_date = c.service_date
        and a.check_in_id = c.check_in_id
    left join check_in_reversals as r
        on r.diner_id = c.diner_id
        and r.service_date = c.service_date
        and r.check_in_id = c.check_in_id
    where c.diner_id = any(\(reading.diners)::bigint[])
        and c.service_date between \(reading.window.lowerBound)::date
        and \(reading.isMemorable ? never : reading.window.upperBound)::date
    """
  }

  /// Every row that `earlierMeals` rests on, of some persons since a day.
  static func mealRows(of diners: [Diner.ID], since: Day) -> SQL {
    """
    select from check_ins
    where diner_id = any(\(diners)::bigint[]) and service_date >= \(since)::date
    union all
    select from check_in_reversals
    where diner_id = any(\(diners)::bigint[]) and service_date >= \(since)::date
    union all
    select from adjustments
    where diner_id = any(\(diners)::bigint[]) and service_date >= \(since)::date
    """
  }

  private static func storedMeal(_ row: Row) throws -> StoredMeal {
    let (day, period): (Day, MealPeriod) = (
      try row.decode("service_date"), try row.decode("period")
    )
    let grants: String? = try row.decode("grants")
    let stands: Bool = try row.decode("stands")
    return StoredMeal(
      meal: CheckInContext.EarlierMeal(
        day: day, period: period, servedAt: try row.decode("served_at"),
        terminal: try row.decode("terminal"), stands: stands,
        accepted: AcceptedMeal(
          day: day, period: period, mode: try row.decode("mode"),
          canteen: try row.decode("canteen_code"), listFen: try row.decode("list_fen"),
          grants: try grants.map(StoredPricing.grants) ?? [])),
      rows: 1 + (stands ? 0 : 1) + (try row.decode("adjustments")))
  }

  /// Numbers for guests: rows of `diners` that belong to nobody of the register.
  static func newGuests(
    _ count: Int, at now: Instant, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID] {
    try transaction.query(
      """
      insert into diners (created_at)
      select \(now)::timestamptz from generate_series(1, \(count)::integer)
      returning diner_id
      """
    ).map { try $0.decode("diner_id") }
  }

  /// Stores decided check-ins, their keys, their transfers, which of them are late, and what they took of
  /// budgets, and commits.
  /// - Parameter claim: what has to hold where it was decided from memory: the persons are locked first
  ///   then, which was done before where they were read.
  /// - Throws: `KeyTaken` if another transaction took one of the keys since they were read,
  ///   `ClaimFailed` if the claim does not hold.
  static func writeAndCommit(
    _ batch: [CheckInBatch.Decided], _ budget: BudgetStore.Standing, on claim: Claim? = nil,
    at now: Instant, _ transaction: borrowing Transaction
  ) throws {
    let decided = batch.map(\.checkIn)
    let checkIns = decided.map(\.checkIn)
    let pricings = try decided.map { try StoredPricing($0).json() }
    var taken = BudgetUse()
    if !budget.use.isEmpty {
      for one in decided { taken.add(one.line, on: one.checkIn.day) }
    }
    var statements = claim.map { [lock(for: $0.reading), $0.query] } ?? []
    statements += [
      """
      insert into check_in_keys (check_in_id, diner_id, service_date, body_sha256)
      \(rows:
        .init("uuid", checkIns.map(\.id)), .init("bigint", checkIns.map(\.diner)),
        .init("date", checkIns.map(\.day)),
        .init("bytea", decided.map { Seal.of($0.body.utf8) }))
      """,
      """
      insert into check_ins (
          diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on,
          canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
          terminal, source_no, pricing, recorded_by, recorded_at, entry, guest_kind, proxy_no
      )
      \(rows:
        .init("bigint", checkIns.map(\.diner)), .init("date", checkIns.map(\.day)),
        .init("uuid", checkIns.map(\.id)), .init("text", checkIns.map(\.period)),
        .init("smallint", decided.map(\.mealNo)), .init("timestamptz", checkIns.map(\.servedAt)),
        .init("date", checkIns.map(\.postedOn)), .init("text", checkIns.map(\.canteen)),
        .init("text", checkIns.map(\.mode)), .init("text", checkIns.map(\.means)),
        .init("text", checkIns.map(\.auth)), .init("bigint", checkIns.map(\.list)),
        .init("bigint", checkIns.map(\.dinerPays)), .init("text", checkIns.map(\.category)),
        .init("text", checkIns.map(\.terminal)), .init("text", decided.map(\.sourceNo)),
        .init("jsonb", pricings), .init("text", batch.map(\.by.by)),
        .init("timestamptz", batch.map(\.by.at)), .init("text", checkIns.map(\.entry)),
        .init("text", checkIns.map(\.guest)), .init("integer", checkIns.map(\.proxy)))
      """,
      TransferStore.insert(
        decided.flatMap { decided in
          decided.transfers.enumerated().map { index, transfer in
            TransferStore.Row(decided.checkIn, number: index + 1, transfer)
          }
        }),
    ]
    let late = batch.filter { $0.checkIn.checkIn.postedOn > $0.checkIn.checkIn.day }
    if !late.isEmpty { statements.append(LateCheckInStore.insert(late)) }
    if let use = BudgetStore.insert(taken, to: budget, at: now) { statements.append(use) }
    do {
      _ = try transaction.pipelineAndCommit(statements)
    } catch let error as ServerError where error.constraint?.hasPrefix("check_in_keys_once") == true
    {
      throw KeyTaken()
    } catch let error as ServerError where error.sqlState == Claim.failure {
      throw ClaimFailed()
    }
  }

  /// Another transaction took a key between our reading and our writing: read again.
  struct KeyTaken: Error {}
}
