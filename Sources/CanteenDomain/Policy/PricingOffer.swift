extension Rounding {
  /// Rounds an amount given in millionths of a fen to this unit.
  func round(exact: Int) -> Fen {
    let step = unit.count * 1_000_000
    let (whole, rest) = (exact / step, exact % step)
    let up =
      switch mode {
      case .down: false
      case .halfUp: rest * 2 >= step
      case .up: rest > 0
      }
    return unit * (whole + (up ? 1 : 0))
  }
}

extension Benefit {
  /// What this benefit gives on a basis, before anything is clipped.
  func offer(on base: Fen, period: MealPeriod, rounding: Rounding) -> PricingRun.Offer {
    var exact = 0
    switch form {
    case .fixed, .upToActual: exact = amount(in: period).count * 1_000_000
    case .targetPrice:
      let target = amount(in: period)
      exact = max(0, (base - target).count) * 1_000_000
    case .percent, .discount: exact = (rate ?? .zero).exact(of: base)
    case .nthMeal: exact = 0
    }
    if let cap { exact = min(exact, cap.count * 1_000_000) }
    let toFen = Rounding(unit: 1, mode: rounding.moment == .line ? rounding.mode : .down)
    let rule = rounding.side == .benefit && rounding.moment == .line ? rounding : toFen
    let nominal = rule.round(exact: exact)
    var offer = PricingRun.Offer(
      fen: nominal, nominal: nominal, base: base, dropped: exact % 1_000_000)
    if let limit = cap ?? (form == .upToActual ? amount : nil) { offer.ceiling = limit }
    return offer
  }

  private func amount(in period: MealPeriod) -> Fen {
    if let amountByPeriod, let special = amountByPeriod[period.rawValue] { return special }
    return amount ?? .zero
  }
}
