import CanteenDomain
import Postgres

/// What funding sources have spent of their yearly budgets, from the check-ins that stand.
enum BudgetStore {
  /// Sums of the years in which a batch has meals; nothing is read where no policy has a budget.
  static func spent(
    _ policies: PolicySet, _ batch: [CheckInService.Submission],
    _ transaction: borrowing Transaction
  ) throws -> BudgetUse {
    let years = Set(batch.map(\.request.day.year))
    let limited = policies.policies.filter { policy in
      policy.budgets.contains { years.contains($0.year) }
    }.map(\.id)
    guard !limited.isEmpty, let first = years.min(), let last = years.max() else {
      return BudgetUse()
    }
    let rows = try transaction.query(
      """
      select
          s.policy, s.source, extract(year from c.service_date)::integer as year,
          sum(s.fen)::bigint as fen
      from check_ins as c
      cross join lateral jsonb_to_recordset(c.pricing #> '{line,shares}')
          as s (policy text, source text, fen bigint)
      where c.service_date between make_date(\(first)::integer, 1, 1)
              and make_date(\(last)::integer, 12, 31)
          and c.category is not null
          and s.policy = any(\(limited)::text[])
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      group by s.policy, s.source, extract(year from c.service_date)
      """)
    var use = BudgetUse()
    for row in rows {
      let key = BudgetUse.Key(
        policyID: try row.decode("policy"), source: FundingSource(try row.decode("source")),
        year: try row.decode("year"))
      use.spent[key] = try row.decode("fen")
    }
    return use
  }
}
