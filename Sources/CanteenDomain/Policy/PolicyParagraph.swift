extension Policy {
  /// The policy as one paragraph, to be compared with the published text sentence by sentence.
  public func paragraph() -> Sentence {
    var sentences = [heading, scopeSentence]
    sentences += applicability
    for (index, stage) in stages.enumerated() { sentences += sentencesOf(stage, index) }
    sentences += delivery.map(sentence) + operating.map(sentence)
    sentences += budgets.map { budget in
      Sentence(
        zh:
          "\(budget.source.name.zh)资金\(budget.year)年最多\(budget.amount.yuan)元，用完后\(budget.whenExhausted.name.zh)",
        en: "\(budget.source.name.en) pays at most \(budget.amount.yuan) in \(budget.year), then: "
          + budget.whenExhausted.name.en)
    }
    sentences.append(settlementSentence)
    if !openQuestions.isEmpty {
      sentences.append(
        Sentence(
          zh: "尚有\(openQuestions.count)处原文未写明，不能启用",
          en: "\(openQuestions.count) points are open, so it cannot be activated"))
    }
    return Sentence(
      zh: sentences.map(\.zh).filter { !$0.isEmpty }.joined(separator: "。") + "。",
      en: sentences.map(\.en).filter { !$0.isEmpty }.joined(separator: ". ") + ".")
  }

  private var heading: Sentence {
    let number = documentNumber.map { "（\($0)）" } ?? ""
    return Sentence(
      zh: "《\(title)》\(number)\(version)版，自\(validFrom)起" + (validTo.map { "至\($0)" } ?? "") + "执行",
      en: "\(title) \(number)version \(version), in force from \(validFrom)"
        + (validTo.map { " to \($0)" } ?? ""))
  }

  private var scopeSentence: Sentence {
    let codes = scope.regions.map(\.text).joined(separator: "、")
    let by: Sentence =
      switch scope.by {
      case .canteen: Sentence(zh: "在\(codes)范围内的食堂就餐", en: "for canteens within \(codes)")
      case .hukou: Sentence(zh: "户籍在\(codes)的人", en: "for people with hukou in \(codes)")
      case .residence: Sentence(zh: "常住\(codes)的人", en: "for people living in \(codes)")
      case .any: Sentence(zh: "食堂、户籍或常住地有一项在\(codes)", en: "for canteen or home in \(codes)")
      }
    let only = scope.canteens.isEmpty ? "" : "，限食堂\(scope.canteens.joined(separator: "、"))"
    return Sentence(zh: "适用于\(by.zh)\(only)", en: "it applies \(by.en)")
  }

  private var applicability: [Sentence] {
    var sentences: [Sentence] = []
    if !when.isEmpty {
      let words = Self.words(for: when)
      sentences.append(Sentence(zh: "仅限\(words.zh)", en: "only for \(words.en)"))
    }
    if !exclusions.isEmpty {
      sentences.append(
        Sentence(
          zh: "下列情形不予补贴：" + exclusions.map(\.name.zh).joined(separator: "、"),
          en: "excluded: " + exclusions.map(\.name.en).joined(separator: ", ")))
    }
    for condition in excludeWhen {
      let words = Self.words(for: condition)
      sentences.append(Sentence(zh: "\(words.zh)的不予补贴", en: "excluded: \(words.en)"))
    }
    if usesAges {
      sentences.append(Sentence(zh: "年龄按\(attain.name.zh)计", en: "ages count \(attain.name.en)"))
    }
    if let guide = guidePrice {
      let (low, high) = (guide.range.lowerBound.yuan, guide.range.upperBound.yuan)
      let effect = guide.outside == .flag ? "超出的予以标记" : "超出的不补贴"
      sentences.append(
        Sentence(
          zh: "指导价\(guide.amount.yuan)元，可浮动\(guide.float.percent)（\(low)至\(high)元），\(effect)",
          en: "guide price \(guide.amount.yuan), \(low) to \(high)"))
    }
    sentences += caps.map { Self.words(for: $0) }
    if let least = minCopay {
      sentences.append(
        Sentence(zh: "个人最低自付\(least.yuan)元", en: "the diner pays at least \(least.yuan)"))
    }
    if rounding != Rounding() { sentences.append(Self.words(for: rounding)) }
    if let group = exclusiveGroup {
      let rule =
        priority.map {
          Sentence(zh: "顺序号小的优先，本政策为\($0)", en: "the smaller number wins, this is \($0)")
        } ?? Sentence(zh: "取对老人更好的一项", en: "the better for the diner counts")
      sentences.append(
        Sentence(
          zh: "与同属“\(group)”的其他政策不重复享受，\(rule.zh)",
          en: "not together with other policies of \(group): \(rule.en)"))
    }
    return sentences
  }

  private var usesAges: Bool { conditions.contains { $0.age != nil } }

  private func sentencesOf(_ stage: Stage, _ index: Int) -> [Sentence] {
    let who = stage.when.isEmpty ? nil : Self.words(for: stage.when)
    let start = Sentence(
      zh: "第\(index + 1)步\(stage.kind.name.zh)（\(stage.code)）" + (who.map { "，限\($0.zh)" } ?? ""),
      en: "step \(index + 1), \(stage.kind.name.en) (\(stage.code))"
        + (who.map { ", for \($0.en)" } ?? ""))
    let groups = stage.groups.map { group -> Sentence in
      let who =
        group.when.isEmpty ? Self.everybody : Self.words(for: group.when)
      let gives = Self.words(for: group.benefit)
      let spend = group.minSpend.map(Self.words)
      let caps = group.caps.map(Self.words)
      let split = group.split.map(Self.words)
      return Sentence(
        zh: who.zh + (spend.map { "，\($0.zh)" } ?? "") + "，\(gives.zh)"
          + caps.map { "，\($0.zh)" }.joined() + (split.map { "，由\($0.zh)" } ?? ""),
        en: who.en + (spend.map { ", \($0.en)" } ?? "") + ": \(gives.en)"
          + caps.map { ", \($0.en)" }.joined() + (split.map { ", paid by \($0.en)" } ?? ""))
    }
    let several = stage.groups.count > 1
    var rest: [Sentence] = several ? [stage.stacking.name] : []
    if let basis = stage.basis {
      rest.append(Sentence(zh: "按\(basis.name.zh)计算", en: "computed on \(basis.name.en)"))
    }
    if let most = stage.basisMax {
      rest.append(Sentence(zh: "计算基数最高\(most.yuan)元", en: "on at most \(most.yuan)"))
    }
    rest += [stage.minSpend.map(Self.words)].compactMap(\.self) + stage.caps.map(Self.words)
    if let least = stage.minCopay {
      rest.append(Sentence(zh: "个人最低自付\(least.yuan)元", en: "the diner pays at least \(least.yuan)"))
    }
    if let rounding = stage.rounding { rest.append(Self.words(for: rounding)) }
    let after = { (codes: [String]) in codes.joined(separator: "、") }
    if !stage.unlessGranted.isEmpty {
      rest.append(
        Sentence(
          zh: "已享受\(after(stage.unlessGranted))的不再享受",
          en: "not beside \(after(stage.unlessGranted))"))
    }
    if !stage.onlyIfGranted.isEmpty {
      rest.append(
        Sentence(
          zh: "须已享受\(after(stage.onlyIfGranted))", en: "only beside \(after(stage.onlyIfGranted))"))
    }
    let split = Self.words(for: stage.split)
    rest.append(Sentence(zh: "由\(split.zh)", en: "paid by \(split.en)"))
    return [
      Sentence(
        zh: "\(start.zh)：" + groups.map(\.zh).joined(separator: "；") + "。"
          + rest.map(\.zh).joined(separator: "，"),
        en: "\(start.en): " + groups.map(\.en).joined(separator: "; ") + "; "
          + rest.map(\.en).joined(separator: ", "))
    ]
  }

  private func sentence(_ rule: DeliveryRule) -> Sentence {
    let who = rule.when.isEmpty ? "" : "\(Self.words(for: rule.when).zh)，"
    let split = Self.words(for: rule.split)
    let toward = rule.toward == .fee ? "抵送餐费，超出部分个人付" : "付给送餐方，不抵送餐费"
    return Sentence(
      zh:
        "送餐补贴（\(rule.code)）：\(who)\(rule.per.name.zh)\(rule.amount.yuan)元，\(toward)，收款方\(rule.payee)，由\(split.zh)",
      en: "delivery (\(rule.code)): \(rule.amount.yuan) \(rule.per.name.en) to \(rule.payee), "
        + "paid by \(split.en)")
  }

  private func sentence(_ rule: OperatingRule) -> Sentence {
    let split = Self.words(for: rule.split)
    let rates = rule.multipliers.sorted { $0.key < $1.key }.map { "\($0.key)\($0.value.percent)" }
    let amount = rule.amount.map { "每\(rule.per.name.zh)\($0.yuan)元" }
    let tiers = rule.tiers.map { tiers in
      "\(tiers.average.name.zh)除以\(tiers.denominator.name.zh)得日均，"
        + tiers.steps.map { "\($0.from)起\($0.amount.yuan)元" }.joined(separator: "、")
        + (tiers.mode == .whole ? "，按所达档次全额计" : "，分段计")
    }
    return Sentence(
      zh: "运营补贴（\(rule.code)）：" + [amount, tiers].compactMap(\.self).joined()
        + (rates.isEmpty ? "" : "，考核系数" + rates.joined(separator: "、"))
        + (rule.maximum.map { "，每期最多\($0.yuan)元" } ?? "") + "，由\(split.zh)",
      en: "operating subsidy (\(rule.code)): per \(rule.per.name.en) "
        + (rule.amount?.yuan ?? "by tiers") + ", paid by \(split.en)")
  }

  private var settlementSentence: Sentence {
    let period = settlement.period == .month ? "按月" : "按季度"
    let retro = settlement.retroMonths == 0 ? "不补发" : "追溯补发最多\(settlement.retroMonths)个月"
    let payee = settlement.adjustmentTo == .diner ? "个人" : "食堂"
    let clawback =
      switch settlement.clawback {
      case .none: "资格追溯取消的不追回"
      case .canteen: "资格追溯取消的向食堂追回"
      case .diner: "资格追溯取消的向个人追回"
      }
    return Sentence(
      zh: "\(period)结算，\(retro)，补发给\(payee)，\(clawback)"
        + (settlement.operatorAdvance ? "，食堂先行垫付" : ""),
      en: "settled by the \(settlement.period.rawValue), \(settlement.retroMonths) months back")
  }
}
