import CanteenDomain

extension Fields {
  func deliveryRules() -> [DeliveryRule] {
    var codes: Set<String> = []
    return maps("delivery").map { inner in
      defer { inner.finish() }
      inner.require("per", zh: "写 meal、trip（每趟）或 day", en: "write meal, trip or day")
      inner.require("amount", zh: "写每次多少元", en: "write the amount")
      if !inner.has("source"), !inner.has("split") {
        inner.reader.error(
          inner.path, inner.line, zh: "没有写由谁出钱：写 source 或 split", en: "write source or split")
      }
      _ = inner.node("notes")
      return DeliveryRule(
        code: inner.uniqueCode(default: "delivery", taken: &codes), when: inner.condition(),
        per: inner.value("per", .choice(["每餐": .meal, "每趟": .trip, "每日": .day])) ?? .meal,
        toward: inner.value("toward", .choice(["送餐费": .fee, "送餐人": .courier])) ?? .fee,
        amount: inner.value("amount", .money) ?? 0, payee: inner.text("payee") ?? "courier",
        caps: inner.caps(), split: inner.split() ?? .all(.diner))
    }
  }

  func operatingRules() -> [OperatingRule] {
    var codes: Set<String> = []
    return maps("operating").map { inner in
      defer { inner.finish() }
      inner.require(
        "per", zh: "写 served、subsidised、person_day 或 settlement",
        en: "write served, subsidised, person_day or settlement")
      if inner.has("amount") == inner.has("tiers") {
        inner.reader.error(
          inner.path, inner.line, zh: "写 amount（单一标准）或 tiers（按日均分档），二选一",
          en: "write amount or tiers, one of them")
      }
      if !inner.has("source"), !inner.has("split") {
        inner.reader.error(
          inner.path, inner.line, zh: "没有写由谁出钱：写 source 或 split", en: "write source or split")
      }
      _ = inner.node("notes")
      return OperatingRule(
        code: inner.uniqueCode(default: "operating", taken: &codes), when: inner.condition(),
        per: inner.value("per", .choice(Self.perWords)) ?? .served,
        amount: inner.value("amount", .money), tiers: inner.tiers(),
        multipliers: inner.multipliers(), maximum: inner.value("maximum", .money),
        split: inner.split() ?? .all(.diner))
    }
  }

  private static let perWords: [String: OperatingRule.Per] = [
    "每人次": .served, "每补贴人次": .subsidised, "每人每日": .personDay, "每期": .settlement,
    "subsidised_meal": .subsidised, "subsidized": .subsidised,
  ]

  private func tiers() -> OperatingRule.Tiers? {
    guard let inner = map("tiers") else { return nil }
    defer { inner.finish() }
    inner.require(
      "divided_by", zh: "日均除以什么：open_days、calendar_days、workdays 或 days_with_meals",
      en: "say what the average is divided by")
    inner.require("steps", zh: "列出各档", en: "list the tiers")
    return OperatingRule.Tiers(
      average: inner.value("average_of", .choice(Self.perWords)) ?? .served,
      denominator: inner.value(
        "divided_by",
        .choice(["营业天数": .openDays, "日历天数": .calendarDays, "工作日": .workdays])) ?? .openDays,
      mode: inner.value("mode", .choice(["全部": .whole, "超额": .marginal])) ?? .whole,
      steps: inner.maps("steps").map { step in
        step.require("from", zh: "日均达到多少", en: "from which average on")
        step.require("amount", zh: "标准多少元", en: "how much")
        defer { step.finish() }
        return OperatingRule.Tier(
          from: step.value("from", .count(0...1_000_000)) ?? 0,
          amount: step.value("amount", .money) ?? 0)
      })
  }

  private func multipliers() -> [String: Rate] {
    var rates: [String: Rate] = [:]
    for (word, node) in map("multipliers")?.ownWords ?? [] {
      rates[word] = value(node, "\(path(of: "multipliers")).\(word)", .rate)
    }
    return rates
  }

  func budgets() -> [Budget] {
    maps("budgets").map { inner in
      for key in ["source", "year", "amount", "when_exhausted"] {
        inner.require(key, zh: "预算要写全来源、年度、金额和用完后的做法", en: "a budget needs it")
      }
      defer { inner.finish() }
      return Budget(
        source: inner.value("source", .source) ?? .diner,
        year: inner.value("year", .count(2000...2200)) ?? 0,
        amount: inner.value("amount", .money) ?? 0,
        whenExhausted: inner.value(
          "when_exhausted", .choice(["停止": .stop, "提醒": .warn, "挂账": .queue])) ?? .warn)
    }
  }

  func settlement() -> SettlementTerms {
    guard let inner = map("settlement") else { return SettlementTerms() }
    defer { inner.finish() }
    var terms = SettlementTerms()
    if let period = inner.value("period", .choice(["月": .month, "季度": .quarter]))
      as SettlementTerms
      .Period?
    {
      terms.period = period
    }
    terms.cutoffDay = inner.value("cutoff_day", .count(1...31))
    terms.claimDeadlineDays = inner.value("claim_within_days", .count(1...366))
    if let months = inner.value("retro_months", .count(0...120)) { terms.retroMonths = months }
    if let payee = inner.value("adjust_to", .choice(["个人": .diner, "食堂": .canteen]))
      as SettlementTerms.Payee?
    {
      terms.adjustmentTo = payee
    }
    if let clawback = inner.value(
      "clawback", .choice(["不追回": .none, "食堂": .canteen, "个人": .diner]))
      as SettlementTerms.Clawback?
    {
      terms.clawback = clawback
    }
    if let advance = inner.value("operator_advance", .yesOrNo) { terms.operatorAdvance = advance }
    return terms
  }

  func evidence() -> EvidenceTerms {
    guard let inner = map("evidence") else { return EvidenceTerms() }
    defer { inner.finish() }
    var required: [String: [MealEvidence]] = [:]
    if let modes = inner.map("required") {
      for mode in ServiceMode.allCases {
        let kinds: [MealEvidence] = modes.values(
          mode.rawValue, .choice(["照片": .photo, "签字": .signature, "代领登记": .proxy]))
        if !kinds.isEmpty { required[mode.rawValue] = kinds }
      }
      modes.finish()
    }
    return EvidenceTerms(
      auth: inner.values("auth", .choice()), required: required,
      manualShareMax: inner.value("manual_share_max", .rate))
  }

  func output() -> OutputTerms {
    guard let inner = map("output") else { return OutputTerms() }
    defer { inner.finish() }
    return OutputTerms(
      form: inner.text("form"), columns: inner.values("columns", .word),
      masking: inner.text("masking"))
  }

  func guidePrice() -> GuidePrice? {
    guard let inner = map("guide_price") else { return nil }
    defer { inner.finish() }
    for key in ["amount", "float", "outside"] {
      inner.require(
        key, zh: "指导价要写 amount、float 和 outside（超出时 flag 只标记，no_subsidy 不补贴）",
        en: "a guide price needs amount, float and outside (flag or no_subsidy)")
    }
    return GuidePrice(
      amount: inner.value("amount", .money) ?? 0, float: inner.value("float", .rate) ?? .zero,
      outside: inner.value("outside", .choice()) ?? .flag,
      standardSetOnly: inner.value("standard_set_only", .yesOrNo) ?? true)
  }
}
