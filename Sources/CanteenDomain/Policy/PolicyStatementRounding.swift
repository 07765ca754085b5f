/// What a statement pays on top of its lines because rounding was put off to it (`at: statement`).
public struct StatementRounding: Sendable, Hashable, Codable {
  public var policyID: String
  public var version: String
  public var layer: String
  public var rule: String
  /// How many lines dropped a fraction.
  public var count: Int
  /// What each source pays of it: as it paid of the lines.
  public var sources: [Statement.SourceTotal]

  public var fen: Fen { sources.map(\.fen).sum() }
}

extension PolicySet {
  /// The fractions of a fen that the lines of one statement dropped, summed by rule and rounded once
  /// by the policy's unit and mode. Statements of policies that round on the line get nothing.
  public func statementRounding(of meals: [PricedMeal]) -> [StatementRounding] {
    struct Key: Hashable {
      var policyID: String, version: String, layer: String, rule: String

      init(_ share: FundedShare) {
        (policyID, version, layer, rule) = (
          share.policyID, share.version, share.layer, share.rule
        )
      }
    }
    struct Sum { var millionths = 0, count = 0, granted: [FundingSource: Fen] = [:] }
    var sums: [Key: Sum] = [:]
    for priced in meals {
      for share in priced.line.shares where share.source != .points {
        sums[Key(share), default: Sum()].granted[share.source, default: 0] += share.fen
      }
      for reason in priced.line.reasons where reason.code == .rounded {
        guard
          let share = priced.line.shares.first(where: {
            $0.policyID == reason.policyID && $0.layer == reason.layer && $0.rule == reason.rule
          })
        else { continue }
        sums[Key(share), default: Sum()].millionths += reason.value ?? 0
        sums[Key(share), default: Sum()].count += 1
      }
    }
    return sums.compactMap { key, sum in
      guard sum.count > 0,
        let plan = plans.first(where: { $0.id == key.policyID && $0.version == key.version }),
        let stage = plan.stages.first(where: { $0.code == key.layer }),
        stage.kind != .discount
      else { return nil }
      let paid = sum.granted.values.sum()
      let due = stage.rounding.round(exact: paid.count * 1_000_000 + sum.millionths)
      return StatementRounding(
        policyID: key.policyID, version: key.version, layer: key.layer, rule: key.rule,
        count: sum.count, sources: Self.divided(due - paid, as: sum.granted))
    }.filter { $0.fen != 0 }
      .sorted {
        ($0.policyID, $0.version, $0.layer, $0.rule) < ($1.policyID, $1.version, $1.layer, $1.rule)
      }
  }

  /// Whether any policy puts rounding off to the statement.
  var roundsOnStatements: Bool {
    plans.contains { $0.stages.contains { $0.rounding.moment == .statement } }
  }

  /// Divides a sum as the sources paid, in the order of their codes, to the fen.
  private static func divided(
    _ fen: Fen, as granted: [FundingSource: Fen]
  ) -> [Statement.SourceTotal] {
    let whole = granted.values.sum().count
    guard whole > 0 else { return [] }
    var (before, given) = (0, Fen.zero)
    return granted.sorted { $0.key < $1.key }.map { source, part in
      before += part.count
      let through = Fen(fen.count * before / whole)
      defer { given = through }
      return Statement.SourceTotal(source: source, fen: through - given)
    }.filter { $0.fen != 0 }
  }
}
