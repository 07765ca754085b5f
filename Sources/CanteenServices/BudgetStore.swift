import CanteenDomain
import Postgres

/// What funding sources have spent of their yearly budgets, from the check-ins that stand.
enum BudgetStore {
  /// Sums of the years in which a batch has meals; nothing is read where no policy has a budget.
  static func spent(
    _ policies: PolicySet, _ batch: [CheckInService.Submission],
    _ transaction: borrowing Transaction
  ) throws -> BudgetUse {
    try spent(policies, years: Set(batch.map(\.request.day.year)), transaction)
  }

  /// Sums of some years, what later-known facts changed about their meals included.
  static func spent(
    _ policies: PolicySet, years: Set<Int>, _ transaction: borrowing Transaction
  ) throws -> BudgetUse {
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
      left join lateral (
          select a.pricing
          from adjustments as a
          where a.diner_id = c.diner_id
              and a.service_date = c.service_date
              and a.check_in_id = c.check_in_id
          order by a.adjustment_no desc
          limit 1
      ) as a on true
      cross join lateral jsonb_to_recordset(coalesce(a.pricing, c.pricing) #> '{line,shares}')
          as s (policy text, source text, fen bigint)
      where c.service_date between make_date(\(first)::integer, 1, 1)
              and make_date(\(last)::integer, 12, 31)
          and (c.category is not null or a.pricing is not null)
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
