/// What sources have already spent of their budgets in a year, as the caller knows it.
public struct BudgetUse: Sendable, Hashable {
  /// Whose money of which year.
  public struct Key: Sendable, Hashable, Comparable {
    public var policyID: String
    public var source: FundingSource
    public var year: Int

    public init(policyID: String, source: FundingSource, year: Int) {
      self.policyID = policyID
      self.source = source
      self.year = year
    }

    public static func < (left: Key, right: Key) -> Bool {
      (left.policyID, left.source.rawValue, left.year)
        < (right.policyID, right.source.rawValue, right.year)
    }
  }

  public var spent: [Key: Fen]

  public init(spent: [Key: Fen] = [:]) { self.spent = spent }

  public var isEmpty: Bool { spent.isEmpty }

  /// Whether a source may pay so much more of a year by a policy: a budget that stops lets nothing
  /// pass that does not fit.
  func mayPay(_ fen: Fen, by policy: Policy, source: FundingSource, year: Int) -> Bool {
    policy.budgets.allSatisfy { limit in
      guard limit.source == source, limit.year == year, limit.whenExhausted == .stop else {
        return true
      }
      let key = Key(policyID: policy.id, source: source, year: year)
      return spent[key, default: 0] + fen <= limit.amount
    }
  }

  /// Counts shares that stand beside the meals' lines.
  mutating func add(_ shares: [FundedShare], year: Int) {
    for share in shares {
      let key = Key(policyID: share.policyID, source: share.source, year: year)
      spent[key, default: 0] += share.fen
    }
  }

  /// Counts what a subsidy of a period takes of a year.
  public mutating func add(_ subsidy: StatementSubsidy, year: Int, sign: Int = 1) {
    for part in subsidy.sources {
      let key = Key(policyID: subsidy.policyID, source: part.source, year: year)
      spent[key, default: 0] += part.fen * sign
    }
  }

  /// Counts what a line takes from the budgets of its year.
  public mutating func add(_ line: PricedLine, on day: Day) { count(line, on: day, sign: 1) }

  /// Gives back what a line took: it was reversed, or is priced anew.
  public mutating func remove(_ line: PricedLine, on day: Day) { count(line, on: day, sign: -1) }

  private mutating func count(_ line: PricedLine, on day: Day, sign: Int) {
    for share in line.shares + line.deliveryShares {
      let key = Key(policyID: share.policyID, source: share.source, year: day.year)
      spent[key, default: 0] += share.fen * sign
    }
  }
}
