/// Whether a policy applies to the meal at all: exclusions, its own condition, proof, guide price.
extension PricingRun {
  mutating func admits(_ plan: PolicyPlan) -> Bool {
    if let exclusion = exclusion(by: plan) {
      line.reasons.append(
        PricingReason(.excluded, policyID: plan.id, detail: exclusion.rawValue))
      return false
    }
    for condition in plan.excludeWhen where condition.holds(in: &facts) {
      line.reasons.append(PricingReason(.excluded, policyID: plan.id, detail: "exclude_when"))
      return false
    }
    if plan.needsLegalCalendar, !facts.calendar.covers(year: facts.meal.day.year) {
      line.reasons.append(
        PricingReason(.calendarGuess, policyID: plan.id, value: facts.meal.day.year))
    }
    if let failure = plan.when.firstFailure(in: &facts) {
      line.reasons.append(
        PricingReason(.notMet, policyID: plan.id, test: failure.test, value: failure.value))
      return false
    }
    return meetsTerms(of: plan)
  }

  func exclusion(by plan: PolicyPlan) -> PolicyExclusion? {
    let day = facts.meal.day
    if facts.diner.isDead(on: day) { return .deceased }
    if facts.diner.suspensions.contains(where: { $0.contains(day) }) { return .suspended }
    if plan.excludesInstitution, facts.isInInstitution { return .inInstitution }
    if plan.excludesStaff, facts.diner.isStaff { return .staff }
    if plan.excludesElsewhere, isSubsidisedElsewhere(than: plan) { return .subsidisedElsewhere }
    return nil
  }

  func isSubsidisedElsewhere(than plan: PolicyPlan) -> Bool {
    facts.accepted.contains { meal in
      meal.day == facts.meal.day
        && meal.grants.contains { $0.policyID != plan.id && $0.kind == .subsidy && $0.fen > 0 }
    }
  }

  /// How the meal was recognised, what proof it has, and the guide price.
  mutating func meetsTerms(of plan: PolicyPlan) -> Bool {
    guard plan.hasTerms else { return true }
    let evidence = plan.policy.evidence
    if !evidence.auth.isEmpty, !evidence.auth.contains(facts.meal.auth) {
      line.reasons.append(
        PricingReason(.notMet, policyID: plan.id, test: .auth, detail: facts.meal.auth.rawValue))
      return false
    }
    if !evidence.required.isEmpty {
      for kind in evidence.required[facts.meal.mode.rawValue] ?? []
      where !facts.meal.evidence.contains(kind) {
        line.reasons.append(
          PricingReason(.evidenceMissing, policyID: plan.id, detail: kind.rawValue))
      }
    }
    guard let guide = plan.policy.guidePrice, facts.meal.isStandardSet || !guide.standardSetOnly,
      !guide.range.contains(facts.meal.listFen)
    else { return true }
    line.reasons.append(
      PricingReason(.guidePrice, policyID: plan.id, base: facts.meal.listFen, limit: guide.amount))
    return guide.outside == .flag
  }
}
