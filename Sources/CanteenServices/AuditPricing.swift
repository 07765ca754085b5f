import CanteenDomain
import Postgres

/// Computes stored lines again, each by the policies that were active and the holidays that were known
/// when it was recorded: what came later, even if it is dated back, says nothing about what was right then.
struct AuditPricing: Sendable {
  /// The policies with their holidays from some moment on, oldest first.
  private let editions: [(from: Instant, policies: PolicySet)]
  /// When each version was activated, by `id version`.
  private let activated: [String: Instant]

  init(_ transaction: borrowing Transaction) throws {
    let all = try PolicyStore.all(transaction)
    activated = Dictionary(
      all.map { ("\($0.id) \($0.version)", $0.activated.at) },
      uniquingKeysWith: { first, _ in first })
    let policies = try all.map { ($0.activated.at, try $0.policy()) }
    let holidays = Set(try CalendarStore.moments(transaction))
    var calendar = ServiceCalendar([])
    var editions = [
      (from: Instant(microseconds: .min), policies: try PolicySet([], calendar: calendar))
    ]
    for moment in holidays.union(policies.map(\.0)).sorted() {
      let active = policies.filter { $0.0 <= moment }.map(\.1)
      if holidays.contains(moment) {
        calendar = try CalendarStore.calendar(knownAt: moment, transaction)
      }
      editions.append((moment, try PolicySet(active, calendar: calendar)))
    }
    self.editions = editions
  }

  /// The policies that a statement was closed by: those that were active at a moment, and with them
  /// whichever priced its lines or pays for its period, for clocks differ. That some ended since changes
  /// nothing: a version ends on no day that has passed (`PolicyService.retire`).
  func policies(of statement: Statement, at moment: Instant) -> PolicySet {
    let named = (statement.subsidies ?? []).map { "\($0.policyID) \($0.version)" }
    return policies(
      at: (statement.policies + named).compactMap { activated[$0] }.reduce(moment, max))
  }

  private func policies(at moment: Instant) -> PolicySet {
    editions.last { $0.from <= moment }?.policies ?? editions[0].policies
  }

  /// The line again, by the policies of when it was recorded; where they give another, by those of
  /// another moment that give just what is stored (clocks differ, and lists are entered later).
  private func fresh(_ stored: StoredPricing, recordedAt: Instant) -> PricedLine {
    let budget = BudgetUse(statedBy: stored.line, on: stored.inputs.meal.day)
    func line(_ policies: PolicySet) -> PricedLine {
      policies.price(
        stored.inputs.meal, for: stored.inputs.diner, accepted: stored.inputs.accepted,
        budget: budget)
    }
    let then = line(policies(at: recordedAt))
    guard then.shares != stored.line.shares else { return then }
    return editions.lazy.reversed().map { line($0.policies) }
      .first { $0.shares == stored.line.shares } ?? then
  }

  /// The first line of a posting day whose money is not what its stored inputs give, or whose
  /// transfers are not what its money gives; nil if there is none.
  func broken(
    _ canteen: Canteen.Code, _ day: Day, _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    var journal = try AuditJournal(canteen, day, transaction)
    if let invalid = journal.invalid {
      return Self.sentence(invalid, "分录无效", "has an invalid transfer")
    }
    for row in try transaction.query(
      """
      select
          check_in_id, list_fen, diner_fen, category, means_of_payment, guest_kind, recorded_at,
          pricing::text as pricing
      from check_ins
      where canteen_code = \(canteen) and posted_on = \(day)::date
      order by service_date, served_at, check_in_id
      """)
    {
      let id: CheckIn.ID = try row.decode("check_in_id")
      guard let stored = try? StoredPricing(json: row.decode("pricing")) else {
        return Self.sentence(id, "计价依据无法读取", "has no facts to price it by")
      }
      let line = fresh(stored, recordedAt: try row.decode("recorded_at"))
      let (list, diner): (Fen, Fen) = (try row.decode("list_fen"), try row.decode("diner_fen"))
      guard line.listFen == list, line.dinerFen == diner, line.shares == stored.line.shares,
        stored.line.listFen == list, stored.line.dinerFen == diner,
        line.tier == (try row.decode("category", as: String?.self))
      else {
        return Self.sentence(
          id,
          "记为标价 \(list.yuan)、自付 \(diner.yuan)，按当时的依据重算为 \(line.listFen.yuan)、\(line.dinerFen.yuan)",
          "says list \(list.yuan), diner \(diner.yuan); its own facts give \(line.listFen.yuan), \(line.dinerFen.yuan)"
        )
      }
      let due = Transfer.transfers(
        for: line, paidBy: try row.decode("means_of_payment"),
        isGuest: try row.decode("guest_kind", as: String?.self) != nil)
      guard journal.takes(due, of: id) else {
        return Self.sentence(id, "分录与金额不符", "has transfers that are not its price")
      }
    }
    if let broken = try brokenAdjustment(canteen, day, &journal, transaction) { return broken }
    return try journal.unexplained(canteen, day, transaction).map {
      Self.sentence($0, "分录与金额不符", "has transfers that are not its price")
    }
  }

  private func brokenAdjustment(
    _ canteen: Canteen.Code, _ day: Day, _ journal: inout AuditJournal,
    _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    for row in try transaction.query(
      """
      select
          check_in_id, fen, payee, differences::text as differences, pricing::text as pricing,
          recorded_at
      from adjustments
      where canteen_code = \(canteen) and posted_on = \(day)::date
      order by service_date, check_in_id, adjustment_no
      """)
    {
      let stored = try StoredPricing(json: row.decode("pricing"))
      let line = fresh(stored, recordedAt: try row.decode("recorded_at"))
      let differences = try CanonicalJSON.value(
        [Adjustment.Difference].self, from: row.decode("differences"))
      guard line.shares == stored.line.shares,
        differences.map(\.fen).sum() == (try row.decode("fen", as: Fen.self))
      else {
        return Self.sentence(
          try row.decode("check_in_id"), "的调整与重算不符", "was adjusted otherwise than its facts give")
      }
      journal.expect(
        Transfer.transfers(
          for: differences, of: try row.decode("fen"), payee: try row.decode("payee")),
        of: try row.decode("check_in_id"))
    }
    return nil
  }

  private static func sentence(_ id: CheckIn.ID, _ zh: String, _ en: String) -> Sentence {
    Sentence(zh: "签到 \(id) \(zh)", en: "the check-in \(id) \(en)")
  }
}

extension BudgetUse {
  /// Budgets as a line found them, for a budget may end in the middle of a line: what its reasons say
  /// was spent before. Where they do not say it, all that the line did not take: then just what was
  /// granted fits, and what was refused does not.
  init(statedBy line: PricedLine, on day: Day) {
    self.init()
    var taken = BudgetUse()
    taken.add(line, on: day)
    for reason in line.reasons where reason.code == .budget {
      guard let policy = reason.policyID, let limit = reason.limit,
        let source = reason.detail?.split(separator: " ").first
      else { continue }
      let key = Key(policyID: policy, source: FundingSource(String(source)), year: day.year)
      spent[key] = reason.base ?? (limit - taken.spent[key, default: 0])
    }
  }
}

/// Who a broken day is about: looked for only when its seal does not hold.
enum AuditSuspect {
  /// A check-in that is gone, one that came from nowhere, or one whose money does not fit; nil if
  /// nothing but the seal tells that something was changed.
  static func find(
    _ canteen: Canteen.Code, _ day: Day, _ pricing: AuditPricing,
    _ transaction: borrowing Transaction
  ) throws -> Sentence? {
    let gone = try transaction.query(
      """
      select k.check_in_id
      from check_in_keys as k
      where k.service_date = \(day)::date
          and not exists (
              select
              from check_ins as c
              where c.diner_id = k.diner_id
                  and c.service_date = k.service_date
                  and c.check_in_id = k.check_in_id
          )
      union
      select l.check_in_id
      from statement_lines as l
      join statements as s on s.statement_no = l.statement_no
      where s.canteen_code = \(canteen)
          and \(day)::date between s.period_from and s.period_to
          and not exists (
              select
              from check_ins as c
              where c.diner_id = l.diner_id
                  and c.service_date = l.service_date
                  and c.check_in_id = l.check_in_id
          )
      order by 1
      limit 1
      """)
    if let id: CheckIn.ID = try gone.first?.decode("check_in_id") {
      return Sentence(zh: "签到 \(id) 不见了", en: "the check-in \(id) is gone")
    }
    let added = try transaction.query(
      """
      select c.check_in_id
      from check_ins as c
      left join statements as s
          on s.canteen_code = c.canteen_code
          and c.posted_on between s.period_from and s.period_to
      where c.canteen_code = \(canteen)
          and c.posted_on = \(day)::date
          and (
              not exists (select from check_in_keys as k where k.check_in_id = c.check_in_id)
              or (
                  s.statement_no is not null
                  and c.guest_kind is null
                  and not exists (
                      select
                      from statement_lines as l
                      where l.statement_no = s.statement_no and l.check_in_id = c.check_in_id
                  )
                  and not exists (
                      select from check_in_reversals as r where r.check_in_id = c.check_in_id
                  )
              )
          )
      order by 1
      limit 1
      """)
    if let id: CheckIn.ID = try added.first?.decode("check_in_id") {
      return Sentence(zh: "签到 \(id) 是后来加上的", en: "the check-in \(id) was put in afterwards")
    }
    return try pricing.broken(canteen, day, transaction)
  }
}
