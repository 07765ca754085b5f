import CanteenDomain
import Postgres

/// Rows of `budget_years` and `budget_uses`: what funding sources have spent of their yearly budgets.
///
/// Whoever spends locks the year's row after persons and canteens, and appends what he took with the
/// sum so far. So two batches at once cannot spend the same money, and nothing is added up again.
enum BudgetStore {
  /// What was spent, and under which number the next use is written.
  struct Standing {
    fileprivate(set) var use = BudgetUse()
    fileprivate var last: [BudgetUse.Key: Int] = [:]
  }

  /// The budgets of which meals of some days may take.
  static func keys(_ policies: PolicySet, _ days: [Day]) -> [BudgetUse.Key] {
    keys(policies, years: Set(days.map(\.year)))
  }

  static func keys(_ policies: PolicySet, years: some Sequence<Int>) -> [BudgetUse.Key] {
    years.flatMap(policies.budgets).sorted()
  }

  static func lock(_ keys: [BudgetUse.Key]) -> SQL {
    """
    select b.year
    from budget_years as b
    join \(fragment: unnested(keys)) using (policy_id, source, year)
    order by b.policy_id, b.source, b.year
    for update of b
    """
  }

  static func standing(_ keys: [BudgetUse.Key]) -> SQL {
    """
    select k.policy_id, k.source, k.year, u.use_no, u.spent_fen
    from \(fragment: unnested(keys))
    cross join lateral (
        select use_no, spent_fen
        from budget_uses as u
        where u.policy_id = k.policy_id and u.source = k.source and u.year = k.year
        order by use_no desc
        limit 1
    ) as u
    """
  }

  static func standing(_ rows: [Row]) throws -> Standing {
    var standing = Standing()
    for row in rows {
      let key = try key(row)
      standing.use.spent[key] = try row.decode("spent_fen")
      standing.last[key] = try row.decode("use_no")
    }
    return standing
  }

  /// Locks the budgets that are counted and reads them.
  static func locked(
    _ keys: [BudgetUse.Key], _ transaction: borrowing Transaction
  ) throws -> Standing {
    guard !keys.isEmpty else { return Standing() }
    let answers = try transaction.pipeline([lock(keys), standing(keys)])
    return try standing(answers[1].rows)
  }

  /// What the lines of a transaction took, as rows; nil if they took nothing that is counted.
  /// - Parameter change: by any policy; only what `standing` has is counted.
  static func insert(_ change: BudgetUse, to standing: Standing, at now: Instant) -> SQL? {
    let keys = change.spent.filter { $0.value != 0 && standing.last[$0.key] != nil }.keys.sorted()
    guard !keys.isEmpty else { return nil }
    let changes = keys.map { change.spent[$0] ?? 0 }
    return """
      insert into budget_uses (policy_id, source, year, use_no, fen, spent_fen, recorded_at)
      select *, \(now)::timestamptz
      from unnest(
          \(keys.map(\.policyID))::text[], \(keys.map(\.source.rawValue))::text[],
          \(keys.map(\.year))::integer[], \(keys.map { (standing.last[$0] ?? 0) + 1 })::bigint[],
          \(changes)::bigint[],
          \(zip(keys, changes).map { (standing.use.spent[$0] ?? 0) + $1 })::bigint[]
      )
      """
  }

  /// Gives back what a meal took that is reversed; its person is locked.
  static func giveBack(
    _ id: CheckIn.ID, _ key: CheckInStore.StoredKey, at now: Instant,
    _ transaction: borrowing Transaction
  ) throws {
    let rows = try transaction.query(
      """
      select policy_id, source, extract(year from service_date)::integer as year, fen
      from standing_shares
      where diner_id = \(key.diner) and service_date = \(key.day)::date and check_in_id = \(id)::uuid
      """)
    var change = BudgetUse()
    for row in rows { change.spent[try self.key(row), default: 0] -= try row.decode("fen") }
    let standing = try locked(change.spent.keys.sorted(), transaction)
    if let insert = insert(change, to: standing, at: now) { try transaction.execute(insert) }
  }

  /// Which of some budgets are counted already.
  static func opened(
    _ keys: [BudgetUse.Key], _ transaction: borrowing Transaction
  ) throws -> Set<BudgetUse.Key> {
    Set(
      try transaction.query(
        """
        select b.policy_id, b.source, b.year
        from budget_years as b
        join \(fragment: unnested(keys)) using (policy_id, source, year)
        """
      ).map(key))
  }

  /// Begins to count with what was spent before. Every canteen is held, so that no check-in of a
  /// policy without the budget is still on its way.
  static func open(
    _ keys: [BudgetUse.Key], at now: Instant, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute("select code from canteens order by code for update")
    let missing = keys.filter { [opened = try opened(keys, transaction)] in !opened.contains($0) }
    guard !missing.isEmpty else { return }
    let columns: SQL = """
      \(missing.map(\.policyID))::text[], \(missing.map(\.source.rawValue))::text[],
      \(missing.map(\.year))::integer[]
      """
    try transaction.execute(
      """
      insert into budget_years (policy_id, source, year, opened_at)
      select *, \(now)::timestamptz from unnest(\(fragment: columns))
      """)
    try transaction.execute(
      """
      insert into budget_uses (policy_id, source, year, use_no, fen, spent_fen, recorded_at)
      select k.policy_id, k.source, k.year, 0, s.fen, s.fen, \(now)::timestamptz
      from \(fragment: unnested(missing))
      cross join lateral (
          select coalesce(sum(fen), 0)::bigint as fen
          from (
              select s.fen
              from standing_shares as s
              where s.policy_id = k.policy_id
                  and s.source = k.source
                  and s.service_date between make_date(k.year, 1, 1) and make_date(k.year, 12, 31)
              union all
              select o.fen
              from period_shares as o
              where o.policy_id = k.policy_id and o.source = k.source and o.year = k.year
          ) as parts
      ) as s
      """)
  }

  /// What was spent of budgets before a statement took its part: by the row that its closing wrote, or
  /// where it took nothing by the last row of its moment.
  static func before(
    _ taken: BudgetUse, of keys: [BudgetUse.Key], at moment: Instant,
    _ transaction: borrowing Transaction
  ) throws -> BudgetUse {
    var use = BudgetUse()
    guard !keys.isEmpty else { return use }
    for row in try transaction.query(
      """
      select k.policy_id, k.source, k.year, u.spent_fen - u.own_fen as spent_fen
      from unnest(
          \(keys.map(\.policyID))::text[], \(keys.map(\.source.rawValue))::text[],
          \(keys.map(\.year))::integer[], \(keys.map { taken.spent[$0, default: 0] })::bigint[]
      ) as k (policy_id, source, year, fen)
      cross join lateral (
          select
              o.spent_fen,
              case
                  when o.recorded_at = \(moment)::timestamptz and o.fen = k.fen then o.fen else 0
              end as own_fen
          from budget_uses as o
          where o.policy_id = k.policy_id
              and o.source = k.source
              and o.year = k.year
              and o.recorded_at <= \(moment)::timestamptz
          order by
              (k.fen <> 0 and o.recorded_at = \(moment)::timestamptz and o.fen = k.fen) desc,
              o.use_no desc
          limit 1
      ) as u
      """)
    {
      use.spent[try key(row)] = try row.decode("spent_fen", as: Fen.self)
    }
    return use
  }

  /// Whether what a statement took of each budget that it has a ceiling of stands among the uses, as the
  /// closing wrote it.
  static func agrees(
    _ taken: BudgetUse, with statement: Statement, _ transaction: borrowing Transaction
  ) throws -> Bool {
    let ceilings = (statement.ceilings ?? []).filter { taken.spent[$0.key, default: 0] != 0 }
    guard !ceilings.isEmpty else { return true }
    return try transaction.query(
      """
      select 1 as present
      from unnest(
          \(ceilings.map(\.policyID))::text[], \(ceilings.map(\.source.rawValue))::text[],
          \(ceilings.map(\.year))::integer[],
          \(ceilings.map { taken.spent[$0.key, default: 0] })::bigint[],
          \(ceilings.map(\.spent))::bigint[]
      ) as k (policy_id, source, year, fen, spent_fen)
      join budget_years as b using (policy_id, source, year)
      where b.opened_at <= \(statement.closedAt)::timestamptz
          and not exists (
              select
              from budget_uses as u
              where u.policy_id = k.policy_id
                  and u.source = k.source
                  and u.year = k.year
                  and u.recorded_at = \(statement.closedAt)::timestamptz
                  and u.fen = k.fen
                  and u.spent_fen = k.spent_fen
          )
      limit 1
      """
    ).isEmpty
  }

  private static func unnested(_ keys: [BudgetUse.Key]) -> SQL {
    """
    unnest(
        \(keys.map(\.policyID))::text[], \(keys.map(\.source.rawValue))::text[],
        \(keys.map(\.year))::integer[]
    ) as k (policy_id, source, year)
    """
  }

  private static func key(_ row: Row) throws -> BudgetUse.Key {
    BudgetUse.Key(
      policyID: try row.decode("policy_id"), source: FundingSource(try row.decode("source")),
      year: try row.decode("year"))
  }
}

extension StatementCeiling {
  /// Whose money of which year it limits.
  var key: BudgetUse.Key { BudgetUse.Key(policyID: policyID, source: source, year: year) }
}

/// Sees to it that budgets are counted before anything is spent of them.
actor BudgetYears {
  private let database: Database
  private var there: Set<BudgetUse.Key> = []

  init(_ database: Database) { self.database = database }

  /// Opens what is missing, outside of any transaction that holds a person's lock.
  func ensure(_ keys: [BudgetUse.Key], at now: Instant) async throws {
    let missing = keys.filter { !there.contains($0) }
    guard !missing.isEmpty else { return }
    let opened = try await database.transaction(readOnly: true) {
      try BudgetStore.opened(missing, $0)
    }
    if opened.count < missing.count {
      try await database.transaction { try BudgetStore.open(missing, at: now, $0) }
    }
    there.formUnion(missing)
  }
}
