import CanteenDomain
import Postgres

/// 说明: why a check-in was priced as it was, from what was stored with it and nothing else.
public struct ExplainedCheckIn: Sendable, Hashable {
  public var checkIn: CheckIn
  public var inputs: PricingInputs
  public var line: PricedLine
  /// False once it was reversed.
  public var stands: Bool
  /// What later-known facts changed, the first change first.
  public var adjustments: [StoredAdjustment]

  /// What held of the person on the day of the meal.
  public var categories: [Entitlement] {
    inputs.diner.entitlements.filter { $0.isActive(on: checkIn.day) }
  }

  /// What the price was made from, in a few words each: the age, never the birth date or a name.
  public var facts: [Sentence] {
    let diner = inputs.diner
    var facts = [
      line.age.map { Sentence(zh: "\($0)周岁", en: "aged \($0)") }
        ?? Sentence(zh: "年龄未知", en: "age unknown")
    ]
    func place(_ path: RegionPath?) -> Sentence {
      path?.codes.last.map { Sentence(zh: $0.text, en: $0.text) }
        ?? Sentence(zh: "未登记", en: "unknown")
    }
    let (hukou, residence) = (place(diner.hukou), place(diner.residence))
    facts.append(Sentence(zh: "户籍 \(hukou.zh)", en: "hukou \(hukou.en)"))
    facts.append(Sentence(zh: "常住 \(residence.zh)", en: "residence \(residence.en)"))
    facts += categories.map(\.category.name)
    if diner.isDead(on: checkIn.day) { facts.append(Sentence(zh: "已去世", en: "dead")) }
    if diner.institutionStays.contains(where: { $0.contains(checkIn.day) }) {
      facts.append(Sentence(zh: "入住养老机构", en: "in an institution"))
    }
    let list = inputs.meal.listFen.yuan
    facts.append(Sentence(zh: "标价 \(list) 元", en: "list price \(list)"))
    if inputs.meal.wantsFullPrice {
      facts.append(Sentence(zh: "要求按原价", en: "full price by wish"))
    }
    let count = inputs.accepted.count { !$0.grants.isEmpty }
    facts.append(
      Sentence(zh: "此前计入上限的补贴餐 \(count) 次", en: "\(count) subsidised meals counted before"))
    return facts
  }
}

extension CheckInService {
  /// - Throws: `CheckInRefusal.unknownCheckIn`.
  public func explain(_ id: CheckIn.ID) async throws -> ExplainedCheckIn {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      guard let key = try CheckInStore.key(id, transaction),
        let found = try CheckInStore.explained(id, key, transaction)
      else { throw CheckInRefusal.unknownCheckIn(id) }
      return found
    }
  }
}

extension CheckInStore {
  fileprivate static func explained(
    _ id: CheckIn.ID, _ key: StoredKey, _ transaction: borrowing Transaction
  ) throws -> ExplainedCheckIn? {
    let rows = try transaction.query(
      """
      select \(fragment: columns), r.check_in_id is null as stands
      from check_ins as c
      left join check_in_reversals as r
          on r.diner_id = c.diner_id
          and r.service_date = c.service_date
          and r.check_in_id = c.check_in_id
      where c.diner_id = \(key.diner)
          and c.service_date = \(key.day)::date
          and c.check_in_id = \(id)::uuid
      """)
    guard let row = rows.first else { return nil }
    let pricing = try StoredPricing(json: row.decode("pricing"))
    return ExplainedCheckIn(
      checkIn: try checkIn(row), inputs: pricing.inputs, line: pricing.line,
      stands: try row.decode("stands"),
      adjustments: try AdjustmentStore.of(id, diner: key.diner, day: key.day, transaction))
  }
}
