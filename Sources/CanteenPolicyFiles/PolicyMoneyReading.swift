import CanteenDomain

extension Fields {
  /// 消费门槛.
  func minSpend() -> MinSpend? {
    guard has("min_spend"), let inner = map("min_spend") else { return nil }
    defer { inner.finish() }
    inner.require(
      "of", zh: "写明门槛按哪个价：list（标价）或 after_discount（优惠后）；原文没写清就写 ASK",
      en: "say of what: list or after_discount; write ASK if the text does not say")
    let basis = inner.value("of", .choice(PolicyWords.bases)) ?? .list
    let least = inner.value("at_least", .money)
    let more = inner.value("more_than", .money)
    switch (least, more) {
    case (let least?, nil): return MinSpend(amount: least, isStrict: false, basis: basis)
    case (nil, let more?): return MinSpend(amount: more, isStrict: true, basis: basis)
    default:
      if !inner.has("at_least"), !inner.has("more_than") || inner.has("at_least") {
        inner.reader.error(
          inner.path, inner.line, zh: "写 at_least: 15.00（满15元）或 more_than: 5.00（超过5元），二选一",
          en: "write at_least: 15.00 or more_than: 5.00, one of them")
      }
      return MinSpend(amount: 0, isStrict: false, basis: basis)
    }
  }

  /// 次数和金额上限: a list, or in short `{day: 1次, month: 300.00元}`.
  func caps() -> [Cap] {
    guard let node = node("caps") else { return [] }
    if case .mapping(let mapping) = node, !mapping.keys.contains(where: { $0.string == "per" }) {
      return shortCaps()
    }
    return maps("caps").compactMap { inner in
      defer { inner.finish() }
      inner.require("per", zh: "写 day、week、month 等", en: "write day, week, month …")
      let per = inner.value("per", .choice(PolicyWords.windows)) ?? .day
      let cap = Cap(
        per: per, count: inner.value("times", .count(0...10_000)),
        amount: inner.value("amount", .money),
        periods: inner.values("periods", .choice(PolicyWords.periods)),
        modes: inner.values("modes", .choice(PolicyWords.modes)))
      if !inner.has("times"), !inner.has("amount") {
        inner.reader.error(
          inner.path, inner.line, zh: "写 times（次数）或 amount（金额）", en: "write times or amount")
      }
      return cap
    }
  }

  private func shortCaps() -> [Cap] {
    (map("caps")?.ownWords ?? []).compactMap { word, node in
      let path = "\(self.path(of: "caps")).\(word)"
      guard let per = Form<Cap.Window>.choice(PolicyWords.windows).read(word, reader) else {
        reader.error(
          path, node.line, zh: "“\(word)”不是时间范围，可写 meal、period、day、week、month、quarter、year",
          en: "\(word) is no window (meal, period, day, week, month, quarter, year)")
        return nil
      }
      return value(node, path, .cap(per))
    }
  }

  func rounding() -> Rounding? {
    guard let inner = map("rounding") else { return nil }
    defer { inner.finish() }
    let unit = inner.value("unit", .money) ?? 1
    if unit <= 0 { inner.error("unit", zh: "取整单位要大于 0", en: "the unit must be above 0") }
    return Rounding(
      unit: max(1, unit),
      mode: inner.value("mode", .choice(["四舍五入": .halfUp, "舍去": .down, "进位": .up])) ?? .down,
      side: inner.value("side", .choice(["补贴": .benefit, "个人": .diner])) ?? .benefit,
      moment: inner.value("at", .choice()) ?? .line)
  }

  /// 资金分担: `source` for one payer, `split` for several; nil if neither is written.
  func split() -> FundingSplit? {
    let unfunded = value("unfunded_to", .source) ?? .diner
    let remainder = value("remainder_to", .source)
    let single = value("source", .source)
    guard let node = node("split") else {
      return single.map { FundingSplit([SplitShare($0)], unfunded: unfunded, remainder: remainder) }
    }
    if has("source") {
      error("source", zh: "source 和 split 只写一个", en: "write source or split, not both")
    }
    var shares: [SplitShare] = []
    if case .mapping(let mapping) = node, !mapping.keys.contains(where: { $0.string == "source" }) {
      shares = shortShares()
    } else {
      shares = maps("split").map { $0.share() }
    }
    return FundingSplit(shares, unfunded: unfunded, remainder: remainder)
  }

  private func share() -> SplitShare {
    defer { finish() }
    require("source", zh: "写资金来源，如 city", en: "write the source, such as city")
    let written = ["percent", "amount", "rest"].filter(has)
    if written.count != 1 {
      reader.error(
        path, line, zh: "写 percent: 60%、amount: 1.00 或 rest: yes 之一",
        en: "write one of percent: 60%, amount: 1.00, rest: yes")
    }
    if value("rest", .yesOrNo) == false {
      error("rest", zh: "rest 只能写 yes，不承担其余就删去", en: "write rest: yes or leave it out")
    }
    return SplitShare(
      value("source", .source) ?? .diner, amount: value("amount", .money),
      rate: value("percent", .rate), when: condition())
  }

  /// `{city: 60%, street: rest}`.
  private func shortShares() -> [SplitShare] {
    (map("split")?.ownWords ?? []).compactMap { word, node in
      let path = "\(self.path(of: "split")).\(word)"
      guard let source = Form<FundingSource>.source.read(word, reader) else {
        reader.error(path, node.line, zh: "“\(word)”不是资金来源", en: "\(word) is no source")
        return nil
      }
      return value(node, path, .share(of: source))
    }
  }
}

extension Form where T == Cap {
  static func cap(_ per: Cap.Window) -> Form {
    Form(
      zh: "次数写 1次，金额写 300.00元（必须带单位）", en: "write 1次 for times or 300.00元 for an amount"
    ) { text in
      if text.hasSuffix("次"), let count = Int(text.dropLast().trimmingSuffix(while: { $0 == " " }))
      {
        return Cap(per: per, count: count)
      }
      guard text.hasSuffix("元"), let amount = Fen(yuan: text), amount >= 0 else { return nil }
      return Cap(per: per, amount: amount)
    }
  }
}

extension Form where T == SplitShare {
  static func share(of source: FundingSource) -> Form {
    Form(zh: "写 60%、1.00元 或 rest（其余）", en: "write 60%, 1.00元 or rest") { text in
      if ["rest", "其余", "residual"].contains(text.lowercased()) { return SplitShare(source) }
      if text.hasSuffix("元") { return Fen(yuan: text).map { SplitShare(source, amount: $0) } }
      return Rate(percentText: text).map { SplitShare(source, rate: $0) }
    }
  }
}

extension Substring {
  func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, matches(last) { rest = rest.dropLast() }
    return rest
  }
}
