/// A funding split made ready for speed: divides one benefit among its sources.
///
/// A share whose condition fails is as if it were not written; what the shares that apply leave of
/// the benefit is unfunded and falls to whoever the split names for that.
final class SplitPlan: Sendable {
  /// One share with its condition as a plan.
  private struct Share: Sendable {
    let source: FundingSource
    let amount: Fen?
    let rate: Rate?
    let when: ConditionPlan
    var isResidual: Bool { amount == nil && rate == nil }
  }

  private let shares: [Share]
  private let unfunded: FundingSource
  private let remainder: FundingSource?
  /// The source of a split that needs no arithmetic.
  private let only: FundingSource?
  private let isUnconditional: Bool
  /// The rate of the first of two sources that share everything.
  private let firstOfTwo: Rate?

  init(_ split: FundingSplit, in policy: Policy) {
    let shares = split.shares.map {
      Share(
        source: $0.source, amount: $0.amount, rate: $0.rate,
        when: ConditionPlan($0.when, in: policy))
    }
    self.shares = shares
    let isUnconditional = shares.allSatisfy(\.when.isEmpty)
    self.isUnconditional = isUnconditional
    unfunded = split.unfunded
    let remainder = split.remainder
    self.remainder = remainder
    let first = shares.first
    only =
      shares.count == 1 && isUnconditional && first?.amount == nil
        && first?.rate ?? .whole == .whole ? first?.source : nil
    let adds = shares.count == 2 && isUnconditional && !shares.contains { $0.amount != nil }
    let second = shares.last?.rate
    let known = remainder.map { name in shares.contains { $0.source == name } } ?? true
    let isWhole = (first?.rate?.millionths ?? 0) + (second?.millionths ?? 0) == 1_000_000
    firstOfTwo =
      adds && known && (second == nil || isWhole) && first?.source != shares.last?.source
      ? first?.rate.flatMap { $0 <= .whole ? $0 : nil } : nil
  }

  /// What each source pays of a benefit; what is missing to the benefit is the diner's.
  struct Division {
    var parts: [(source: FundingSource, fen: Fen)] = []
    /// What no share covered, or whose budget was spent, with the source that would have paid it.
    var dropped: [(source: FundingSource?, fen: Fen)] = []
    var funded: Fen { parts.reduce(.zero) { $0 + $1.fen } }

    mutating func add(_ fen: Fen, of source: FundingSource) {
      if let index = parts.firstIndex(where: { $0.source == source }) {
        parts[index].fen += fen
      } else {
        parts.append((source, fen))
      }
    }
  }

  /// The quick way for a single source and for two with rates (or a rate and the residual), none of
  /// them under a condition and adding up to the whole; nil for every other split.
  func divideInTwo(
    _ benefit: Fen
  ) -> (first: (source: FundingSource, fen: Fen), second: (source: FundingSource, fen: Fen))? {
    if let only { return ((only, benefit), (only, 0)) }
    guard let rate = firstOfTwo else { return nil }
    let exact = rate.exact(of: benefit)
    var first = Fen(exact / 1_000_000)
    let rest = exact % 1_000_000
    let firstTakesIt = remainder.map { $0 == shares[0].source } ?? (rest >= 500_000)
    if rest > 0, firstTakesIt { first += 1 }
    return ((shares[0].source, first), (shares[1].source, benefit - first))
  }

  func divide(
    _ benefit: Fen, in facts: inout PricingFacts, mayPay: (FundingSource, Fen) -> Bool
  ) -> Division {
    var division = Division()
    if let only, mayPay(only, benefit) {
      division.parts.append((only, benefit))
      return division
    }
    if isUnconditional { return divide(benefit, among: shares, nil, mayPay: mayPay) }
    var applying: [Share] = []
    var failing: FundingSource?
    for share in shares {
      if share.when.holds(in: &facts) {
        applying.append(share)
      } else if failing == nil {
        failing = share.source
      }
    }
    return divide(benefit, among: applying, failing, mayPay: mayPay)
  }

  private func divide(
    _ benefit: Fen, among applying: [Share], _ failing: FundingSource?,
    mayPay: (FundingSource, Fen) -> Bool
  ) -> Division {
    var division = Division()
    let amounts = amounts(of: benefit, among: applying)
    for (share, fen) in zip(applying, amounts) where fen > 0 {
      if mayPay(share.source, fen) {
        division.add(fen, of: share.source)
      } else {
        division.dropped.append((share.source, fen))
      }
    }
    let missing = benefit - amounts.sum()
    if missing > 0 { division.dropped.append((failing, missing)) }
    if unfunded != .diner {
      for (_, fen) in division.dropped where mayPay(unfunded, fen) {
        division.add(fen, of: unfunded)
      }
    }
    return division
  }

  /// Fixed amounts first, in order, as far as the benefit goes; then rates of the whole benefit, cut
  /// at what is left; then the first residual takes the rest.
  private func amounts(of benefit: Fen, among shares: [Share]) -> [Fen] {
    var amounts = [Fen](repeating: 0, count: shares.count)
    var exact = [Int](repeating: 0, count: shares.count)
    var rest = benefit
    for (index, share) in shares.enumerated() {
      guard let amount = share.amount else { continue }
      amounts[index] = min(amount, rest)
      rest -= amounts[index]
    }
    var left = rest.count * 1_000_000
    for (index, share) in shares.enumerated() {
      guard let rate = share.rate else { continue }
      exact[index] = min(rate.exact(of: benefit), left)
      left -= exact[index]
    }
    if let residual = shares.firstIndex(where: \.isResidual) { exact[residual] = left }
    distribute(exact, among: shares, onto: &amounts)
    return amounts
  }

  /// Whole fen to everybody; the last ones by the largest remainder and, of equals, in the order of
  /// the document, or all to the source that the split names.
  private func distribute(_ exact: [Int], among shares: [Share], onto amounts: inout [Fen]) {
    var missing = exact.reduce(0, +) / 1_000_000
    for index in exact.indices {
      amounts[index] += Fen(exact[index] / 1_000_000)
      missing -= exact[index] / 1_000_000
    }
    guard missing > 0 else { return }
    if let remainder, let index = shares.firstIndex(where: { $0.source == remainder }) {
      amounts[index] += Fen(missing)
      return
    }
    let order = exact.indices.sorted {
      let (left, right) = (exact[$0] % 1_000_000, exact[$1] % 1_000_000)
      return left != right ? left > right : $0 < $1
    }
    for index in order.prefix(missing) { amounts[index] += 1 }
  }
}
