import CanteenDomain
import Postgres

/// The part of R01 and R24 that SQL cannot do: prices each line again by the domain's function from
/// the facts that were stored with it.
struct ReconciliationRepricing {
  private let titles: [String: Sentence]
  private let policies: PolicySet

  /// The checks of a set that are priced again; none in an installation's own.
  init(_ set: CheckSet, _ reference: Reference) {
    titles = Dictionary(
      set.checks.filter { ["R01", "R24"].contains($0.id) }.map { ($0.id, $0.title) },
      uniquingKeysWith: { first, _ in first })
    policies = reference.policies
  }

  /// Lines whose money is other than the function gives (R01), and those that a policy in force now
  /// would price by another version (R24). Meals with an adjustment were looked at by a person.
  func findings(
    _ canteen: Canteen.Code, from: Day, to: Day, _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    guard !titles.isEmpty else { return [] }
    return try transaction.query(
      """
      select
          c.service_date, c.check_in_id::text as check_in_id, c.list_fen, c.diner_fen,
          c.pricing::text as pricing
      from standing_check_ins as c
      where c.canteen_code = \(canteen)
          and c.service_date between \(from)::date and \(to)::date
          and not exists (
              select
              from adjustments as a
              where a.diner_id = c.diner_id
                  and a.service_date = c.service_date
                  and a.check_in_id = c.check_in_id
          )
      order by c.service_date, c.check_in_id
      """
    ).compactMap { row in
      let day: Day = try row.decode("service_date")
      let subject: String = try row.decode("check_in_id")
      let list: Fen = try row.decode("list_fen")
      let diner: Fen = try row.decode("diner_fen")
      func finding(_ check: String, _ sentence: Sentence) -> Finding? {
        titles[check].map {
          Finding(
            check: check, title: $0, severity: .blocking, canteen: canteen, day: day,
            subject: subject, sentence: sentence)
        }
      }
      guard let stored = try? StoredPricing(json: row.decode("pricing")) else {
        return finding(
          "R01",
          Sentence(zh: "计价依据缺失，无法重算", en: "cannot be priced again: its facts are missing"))
      }
      let fresh = policies.price(
        stored.inputs.meal, for: stored.inputs.diner, accepted: stored.inputs.accepted,
        budget: BudgetUse(statedBy: stored.line, on: day))
      if fresh.shares.map(\.version) != stored.line.shares.map(\.version)
        || fresh.shares.map(\.policyID) != stored.line.shares.map(\.policyID)
      {
        return finding(
          "R24",
          Sentence(zh: "按现行有效政策重算，版本不同", en: "priced again, it has another version"))
      }
      guard fresh.listFen == list, fresh.dinerFen == diner, fresh.shares == stored.line.shares
      else {
        return finding(
          "R01",
          Sentence(
            zh:
              "标价 \(list.count) 分、自付 \(diner.count) 分，重算为 \(fresh.listFen.count) 分、\(fresh.dinerFen.count) 分",
            en:
              "list \(list.count), diner \(diner.count) fen; priced again \(fresh.listFen.count), \(fresh.dinerFen.count)"
          ))
      }
      return nil
    }
  }
}
