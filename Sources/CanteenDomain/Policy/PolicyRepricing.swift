extension PolicySet {
  /// The meals of one diner that today's facts would price otherwise, in the order given.
  ///
  /// `past` are the diner's meals that still stand, with the lines as they are now, in the order in
  /// which they were accepted, so that a meal that was entered late takes nothing from those before
  /// it; give those from `capsWindow` of the first day in question on. A meal that keeps its line
  /// counts with it in the caps of the later ones. `budget` is what sources have spent by now, these
  /// meals included; a meal's own money is free for it, and more is granted only while it lasts. It is
  /// moved by what is due. `openMonth` is the first day of the period that is
  /// still open at a canteen, from which each policy's retro window is counted back. Meals before
  /// `since` keep their line unasked.
  public func reprice(
    _ past: [PricedMeal], with diner: DinerFacts, since: Day? = nil, budget: inout BudgetUse,
    openMonth: (Canteen.Code) -> Day
  ) -> [Adjustment] {
    let isLimited = plans.contains(where: \.hasBudgets)
    var accepted: [AcceptedMeal] = []
    var adjustments: [Adjustment] = []
    for priced in past {
      if let since, priced.meal.day < since {
        accepted.append(AcceptedMeal(priced.meal, priced.line))
        continue
      }
      var left = budget
      if isLimited { left.remove(priced.line, on: priced.meal.day) }
      let fresh = price(priced.meal, for: diner, accepted: accepted, budget: left)
      let open = openMonth(priced.meal.canteen.code)
      guard let adjustment = adjustment(priced, fresh, diner, accepted, open) else {
        accepted.append(AcceptedMeal(priced.meal, priced.line))
        continue
      }
      adjustments.append(adjustment)
      if isLimited, adjustment.isDue {
        left.add(fresh, on: priced.meal.day)
        budget = left
      }
      accepted.append(AcceptedMeal(priced.meal, adjustment.isDue ? fresh : priced.line))
    }
    return adjustments
  }

  /// The same where no source has a budget, or nobody counts what was spent of it.
  public func reprice(
    _ past: [PricedMeal], with diner: DinerFacts, since: Day? = nil,
    openMonth: (Canteen.Code) -> Day
  ) -> [Adjustment] {
    var budget = BudgetUse()
    return reprice(past, with: diner, since: since, budget: &budget, openMonth: openMonth)
  }

  private func adjustment(
    _ priced: PricedMeal, _ fresh: PricedLine, _ diner: DinerFacts, _ accepted: [AcceptedMeal],
    _ openMonth: Day
  ) -> Adjustment? {
    let differences = Self.differences(priced.line, fresh)
    guard !differences.isEmpty else { return nil }
    let day = priced.meal.day
    let total = fresh.sharesFen - priced.line.sharesFen
    let cause: Adjustment.Cause =
      diner.isDead(on: day)
      ? .deceased
      : fresh.reasons.contains { $0.detail == PolicyExclusion.inInstitution.rawValue }
        ? .inInstitution : .facts
    let terms = terms(of: differences, on: day)
    var adjustment = Adjustment(
      mealID: priced.meal.id, dinerID: priced.dinerID, day: day, kind: .credit, cause: cause,
      old: priced.line, new: fresh, differences: differences, fen: total, accepted: accepted,
      payee: terms.adjustmentTo)
    if total < 0 {
      let isReversed = cause != .facts || terms.clawback != .none
      adjustment.kind = isReversed ? .clawback : .waived
      adjustment.payee = cause == .facts && terms.clawback == .diner ? .diner : .canteen
    } else if total == 0 {
      adjustment.kind = .reallocation
    }
    // Payments for the dead are recovered however late they are found.
    let isInWindow = day >= openMonth.firstOfMonth.addingMonths(-terms.retroMonths)
    if !isInWindow, cause != .deceased { adjustment.kind = .outsideWindow }
    return adjustment
  }

  /// The settlement terms of the policy whose money changes most.
  private func terms(of differences: [Adjustment.Difference], on day: Day) -> SettlementTerms {
    let main = differences.max { $0.fen.count.magnitude < $1.fen.count.magnitude }
    let plan = plans.first {
      $0.id == main?.policyID && day >= $0.validFrom && day <= $0.validTo
    }
    return plan?.policy.settlement ?? SettlementTerms()
  }

  private static func differences(_ old: PricedLine, _ new: PricedLine) -> [Adjustment.Difference] {
    var differences: [Adjustment.Difference] = []
    for (share, sign) in new.shares.map({ ($0, 1) }) + old.shares.map({ ($0, -1) }) {
      if let index = differences.firstIndex(where: {
        $0.source == share.source && $0.policyID == share.policyID && $0.version == share.version
          && $0.layer == share.layer && $0.rule == share.rule
      }) {
        differences[index].fen += share.fen * sign
      } else {
        differences.append(
          Adjustment.Difference(
            source: share.source, policyID: share.policyID, version: share.version,
            kind: share.kind, layer: share.layer, rule: share.rule, fen: share.fen * sign))
      }
    }
    return differences.filter { $0.fen != 0 }
  }
}
