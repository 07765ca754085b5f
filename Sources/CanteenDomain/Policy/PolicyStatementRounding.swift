/// What a statement pays on top of its lines because rounding was put off to it (`at: statement`).
public struct StatementRounding: Sendable, Hashable, Codable {
  public var policyID: String
  public var version: String
  public var layer: String
  public var rule: String
  public var fen: Fen
}

extension PolicySet {
  /// The fractions of a fen that the lines of one statement dropped, summed by rule and rounded once
  /// by the policy's unit and mode. Statements of policies that round on the line get nothing.
  public func statementRounding(of meals: [PricedMeal]) -> [StatementRounding] {
    struct Key: Hashable { var policyID: String, version: String, layer: String, rule: String }
    var dropped: [Key: Int] = [:]
    var granted: [Key: Fen] = [:]
    for priced in meals {
      for share in priced.line.shares {
        let key = Key(
          policyID: share.policyID, version: share.version, layer: share.layer, rule: share.rule)
        granted[key, default: 0] += share.fen
      }
      for reason in priced.line.reasons where reason.code == .rounded {
        guard
          let share = priced.line.shares.first(where: {
            $0.policyID == reason.policyID && $0.layer == reason.layer && $0.rule == reason.rule
          })
        else { continue }
        let key = Key(
          policyID: share.policyID, version: share.version, layer: share.layer, rule: share.rule)
        dropped[key, default: 0] += reason.value ?? 0
      }
    }
    return dropped.compactMap { key, millionths in
      guard let plan = plans.first(where: { $0.id == key.policyID && $0.version == key.version }),
        let stage = plan.stages.first(where: { $0.code == key.layer })
      else { return nil }
      let paid = granted[key] ?? .zero
      let due = stage.rounding.round(exact: paid.count * 1_000_000 + millionths)
      return StatementRounding(
        policyID: key.policyID, version: key.version, layer: key.layer, rule: key.rule,
        fen: due - paid)
    }.filter { $0.fen != 0 }
      .sorted {
        ($0.policyID, $0.version, $0.layer, $0.rule) < ($1.policyID, $1.version, $1.layer, $1.rule)
      }
  }
}
