import CanteenDomain

extension Fields {
  /// One stage; nil (and findings) if its kind or its groups are missing.
  func stage(taken codes: inout Set<String>) -> Stage? {
    require(
      "stage", zh: "写 discount（优惠）、subsidy（补贴）或 charity（慈善）",
      en: "write discount, subsidy or charity")
    let kind = value("stage", .choice(PolicyWords.stages)) ?? .subsidy
    if kind == .delivery {
      error(
        "stage", zh: "送餐补贴请写在顶层的 delivery 里", en: "write delivery subsidies under delivery")
    }
    let code = uniqueCode(default: kind.rawValue, taken: &codes)
    let split = split() ?? .all(.diner)
    var groupCodes: Set<String> = []
    let groups = maps("groups").enumerated().map { $1.group($0, taken: &groupCodes) }
    if !has("split"), !has("source"), groups.contains(where: { $0.split == nil }) {
      sourceIsMissing()
    }
    require("groups", zh: "列出各档规则", en: "list the rules of the stage")
    let stage = Stage(
      kind: kind, code: code,
      stacking: value("stack", .choice(PolicyWords.stacking)) ?? .bestOf,
      basis: value("basis", .choice(PolicyWords.bases)), basisMax: value("basis_max", .money),
      when: condition(), minSpend: minSpend(), minCopay: value("min_copay", .money), caps: caps(),
      rounding: rounding(), split: split, groups: groups,
      unlessGranted: values("unless_granted", .word),
      onlyIfGranted: values("only_if_granted", .word), allowsOverlap: overlapAllowed())
    _ = node("notes")
    finish()
    return stage
  }

  private func overlapAllowed() -> Bool {
    guard let word = text("overlap") else { return false }
    if PolicyWords.plain(word) != "allowed" {
      error("overlap", zh: "只能写 allowed（确认年龄段可以重叠）", en: "write allowed, or leave it out")
    }
    return true
  }

  private func sourceIsMissing() {
    reader.error(
      path, line, zh: "没有写由谁出钱：写 source: city，或用 split 分项列出",
      en: "nobody pays: write source: city, or list the sources under split")
  }

  func uniqueCode(default word: String, taken: inout Set<String>) -> String {
    let code = text("code") ?? word
    if taken.insert(code).inserted { return code }
    if has("code") {
      error("code", zh: "代码“\(code)”已用过，请换一个", en: "the code \(code) is used twice")
      return code
    }
    let free = (2...).lazy.map { "\(word)-\($0)" }.first { !taken.contains($0) } ?? word
    taken.insert(free)
    return free
  }

  // MARK: - Groups and benefits

  private func group(_ index: Int, taken codes: inout Set<String>) -> BenefitGroup {
    let when = condition()
    let natural = when.age?.code ?? when.categoriesAny.first?.rawValue ?? "rule\(index + 1)"
    let group = BenefitGroup(
      code: uniqueCode(default: natural, taken: &codes), title: text("title"), when: when,
      minSpend: minSpend(), benefit: benefit() ?? .fixed(0), caps: caps(), split: split())
    _ = node("notes")
    finish()
    return group
  }

  static let benefitKeys = [
    "fixed", "percent", "up_to", "target_price", "discount", "nth_meal", "free",
  ]

  /// The one benefit of a group; nil (and a finding) if there is none or more than one.
  private func benefit() -> Benefit? {
    let written = Self.benefitKeys.filter(has)
    guard let form = written.first, written.count == 1 else {
      let listed = Self.benefitKeys.joined(separator: "、")
      reader.error(
        path, line,
        zh: written.isEmpty
          ? "没有写补贴方式，请写其中一项：\(listed)" : "只能写一种补贴方式，现写了：\(written.joined(separator: "、"))",
        en: "write exactly one benefit of: \(Self.benefitKeys.joined(separator: ", "))")
      return nil
    }
    let cap = value("cap", .money)
    switch form {
    case "fixed": return amounts(form, .fixed, .money, cap)
    case "up_to": return amounts(form, .upToActual, .money, cap)
    case "target_price": return amounts(form, .targetPrice, .price, cap)
    case "percent":
      return value(form, .rate).map { Benefit(form: .percent, rate: $0, cap: cap) }
    case "discount":
      return value(form, .reduction).map { Benefit(form: .discount, rate: $0, cap: cap) }
    case "free":
      guard value(form, .yesOrNo) == true else { return nil }
      return Benefit(form: .targetPrice, amount: 0, cap: cap)
    default: return schedule(cap)
    }
  }

  /// One amount, or one a meal period.
  private func amounts(
    _ key: String, _ form: Benefit.Form, _ money: Form<Fen>, _ cap: Fen?
  ) -> Benefit? {
    guard let node = node(key) else { return nil }
    guard case .mapping = node else {
      return value(key, money).map { Benefit(form: form, amount: $0, cap: cap) }
    }
    var byPeriod: [String: Fen] = [:]
    for (word, node) in map(key)?.ownWords ?? [] {
      let path = "\(self.path(of: key)).\(word)"
      guard let period = Form<MealPeriod>.choice(PolicyWords.periods).read(word, reader) else {
        reader.error(
          path, node.line, zh: "“\(word)”不是餐次，可写 breakfast、lunch、dinner",
          en: "\(word) is no meal period (breakfast, lunch, dinner)")
        continue
      }
      if let amount = value(node, path, money) { byPeriod[period.rawValue] = amount }
    }
    return Benefit(form: form, cap: cap, amountByPeriod: byPeriod)
  }

  /// The first, second, third meal of the day: amounts, rates or whole benefits.
  private func schedule(_ cap: Fen?) -> Benefit? {
    guard case .sequence(let nodes)? = node("nth_meal") else {
      error(
        "nth_meal", zh: "请按顺序列出第一餐、第二餐……各给多少，如 [3.00, 2.00]",
        en: "list what the first, the second … meal gives, such as [3.00, 2.00]")
      return nil
    }
    let steps: [Benefit] = nodes.enumerated().compactMap { index, node in
      let path = "\(self.path(of: "nth_meal"))[\(index)]"
      if case .mapping = node {
        guard let inner = map(node, path), let step = inner.benefit() else { return nil }
        inner.finish()
        return step
      }
      return value(node, path, .step)
    }
    return Benefit(
      form: .nthMeal, cap: cap, schedule: steps, countsEveryMeal: value("nth_counts_all", .yesOrNo))
  }
}

extension AgeBand {
  /// `60-69`, `80+`, `-59`.
  var code: String {
    switch (min, max) {
    case (let min?, let max?): "\(min)-\(max)"
    case (let min?, nil): "\(min)+"
    case (nil, let max?): "-\(max)"
    case (nil, nil): "all"
    }
  }
}

extension Form where T == Benefit {
  /// A step of a schedule in short: an amount in yuan, or a rate with its sign.
  static var step: Form {
    Form(zh: "写金额（如 3.00）或比例（如 50%）", en: "write an amount (3.00) or a rate (50%)") {
      if $0.normalisedWidth().hasSuffix("%") { return Rate(percentText: $0).map { .percent($0) } }
      guard let fen = Fen(yuan: $0), fen >= 0 else { return nil }
      return .fixed(fen)
    }
  }
}
