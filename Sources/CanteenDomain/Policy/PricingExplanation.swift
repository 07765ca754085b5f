extension PricedLine {
  /// Why the line is what it is, a sentence a step, made from what is stored with it alone.
  public func explanation() -> [Sentence] {
    var sentences = reasons.map(\.sentence)
    for share in shares where share.fen > 0 {
      let source = share.source.name
      sentences.append(
        Sentence(
          zh:
            "\(source.zh)承担\(share.fen.yuan)元（\(share.policyID) \(share.version)，\(share.layer)/\(share.rule)）",
          en: "\(source.en) pays \(share.fen.yuan) (\(share.policyID) \(share.version), "
            + "\(share.layer)/\(share.rule))"))
    }
    sentences.append(
      Sentence(
        zh: "标价\(listFen.yuan)元，个人付\(dinerFen.yuan)元",
        en: "list price \(listFen.yuan), the diner pays \(dinerFen.yuan)"))
    return sentences
  }

  /// Why the diner pays so much, for who stands at the counter: no names of rules, and nothing twice.
  public func wording() -> [Sentence] {
    reasons.map(\.anywhere.sentence).reduce(into: []) { told, sentence in
      if !told.contains(sentence) { told.append(sentence) }
    }
  }
}

extension PricingReason {
  /// The same step without saying in which rule.
  fileprivate var anywhere: PricingReason {
    var reason = self
    (reason.policyID, reason.layer, reason.rule) = (nil, nil, nil)
    return reason
  }

  /// This step as a sentence.
  public var sentence: Sentence {
    switch code {
    case .granted, .notBest, .notMet, .belowMinSpend: ruleSentence
    case .countCap, .amountCap, .minCopay, .budget, .unfunded, .rounded: limitSentence
    default: circumstanceSentence
    }
  }

  private var place: Sentence {
    let parts = [policyID, layer, rule].compactMap(\.self)
    let text = parts.joined(separator: "/")
    return Sentence(zh: text.isEmpty ? "" : "【\(text)】", en: text.isEmpty ? "" : "[\(text)] ")
  }

  private var ruleSentence: Sentence {
    let given = (fen ?? .zero).yuan
    switch code {
    case .granted:
      let (base, full) = ((base ?? .zero).yuan, limit?.yuan)
      return Sentence(
        zh: "\(place.zh)按\(base)元计算，给予\(given)元" + (full.map { "（规则原为\($0)元）" } ?? ""),
        en: "\(place.en)gives \(given) on \(base)" + (full.map { " (the rule says \($0))" } ?? ""))
    case .notBest:
      return Sentence(
        zh: "\(place.zh)也符合，可得\(given)元，但另一项更高，就高不就低",
        en: "\(place.en)applies as well and would give \(given); another gives more")
    case .belowMinSpend:
      let (spent, asked) = ((base ?? .zero).yuan, (limit ?? .zero).yuan)
      let strict = detail == "more_than"
      return Sentence(
        zh: "\(place.zh)消费\(spent)元，未\(strict ? "超过" : "满")\(asked)元，不补贴",
        en: "\(place.en)\(spent) was spent; \(strict ? "more than" : "at least") \(asked) is asked")
    default:
      let name = test?.name ?? Sentence(zh: "条件", en: "condition")
      let found = value.map { Sentence(zh: "（实为\($0)）", en: " (found \($0))") }
      return Sentence(
        zh: "\(place.zh)不符合：\(name.zh)\(found?.zh ?? "")",
        en: "\(place.en)does not apply: \(name.en)\(found?.en ?? "")")
    }
  }

  private var limitSentence: Sentence {
    let window = detail.flatMap(Cap.Window.init(rawValue:))?.name ?? Sentence(zh: "", en: "")
    switch code {
    case .countCap:
      return Sentence(
        zh: "\(place.zh)\(window.zh)限\(value ?? 0)次，已用完，按原价",
        en: "\(place.en)\(value ?? 0) times \(window.en), all used before")
    case .amountCap:
      return Sentence(
        zh: "\(place.zh)\(window.zh)最多\((limit ?? .zero).yuan)元，尚余\((fen ?? .zero).yuan)元",
        en:
          "\(place.en)at most \((limit ?? .zero).yuan) \(window.en), \((fen ?? .zero).yuan) was left"
      )
    case .minCopay:
      return Sentence(
        zh: "\(place.zh)个人最低自付\((limit ?? .zero).yuan)元，补贴相应减少",
        en: "\(place.en)the diner pays at least \((limit ?? .zero).yuan), so the benefit is lower")
    case .budget:
      return Sentence(
        zh: "\(place.zh)资金来源 \(detail ?? "") 的年度预算\((limit ?? .zero).yuan)元已用完",
        en: "\(place.en)the yearly budget of \((limit ?? .zero).yuan) is used up: \(detail ?? "")")
    case .unfunded:
      let source = detail.map { FundingSource($0).name } ?? Sentence(zh: "未列明", en: "nobody named")
      return Sentence(
        zh: "\(place.zh)\((fen ?? .zero).yuan)元无资金来源（\(source.zh)不承担）",
        en: "\(place.en)\((fen ?? .zero).yuan) is not funded (\(source.en) does not bear it)")
    default:
      return Sentence(
        zh: "\(place.zh)不足一分的部分留待结算单统一取整",
        en: "\(place.en)the fraction of a fen is rounded once on the statement")
    }
  }

  private var circumstanceSentence: Sentence {
    switch code {
    case .excluded:
      let name =
        detail.flatMap(PolicyExclusion.init(rawValue:))?.name
        ?? Sentence(zh: "属政策列明的除外情形", en: "is excluded by the policy")
      return Sentence(zh: "\(place.zh)不予补贴：\(name.zh)", en: "\(place.en)excluded: \(name.en)")
    case .noPolicy: return Sentence(zh: "当日当地没有适用的政策", en: "no policy applies here today")
    case .fullPrice: return Sentence(zh: "本人要求按原价", en: "full price by wish")
    case .exclusivePolicy:
      return Sentence(
        zh: "\(place.zh)与另一政策不重复享受（\(detail ?? "")）",
        en: "\(place.en)is not enjoyed together with another policy (\(detail ?? ""))")
    case .stageOrder:
      return Sentence(
        zh: "\(place.zh)取决于“\(detail ?? "")”一项，本次不适用",
        en: "\(place.en)depends on stage \(detail ?? "") and does not act")
    case .guidePrice:
      return Sentence(
        zh: "\(place.zh)标价\((base ?? .zero).yuan)元超出指导价\((limit ?? .zero).yuan)元的浮动范围",
        en: "\(place.en)price \((base ?? .zero).yuan) is outside of the guide price's range")
    case .evidenceMissing:
      let name = detail.flatMap(MealEvidence.init(rawValue:))?.name ?? Sentence(zh: "", en: "")
      return Sentence(zh: "\(place.zh)缺少凭证：\(name.zh)", en: "\(place.en)proof missing: \(name.en)")
    default:
      return Sentence(
        zh: "\(place.zh)未录入\(value ?? 0)年的节假日安排，工作日按星期推定",
        en: "\(place.en)no legal calendar for \(value ?? 0); workdays were told by weekday")
    }
  }
}

extension ConditionTest {
  /// What the test asks about, for people.
  public var name: Sentence {
    switch self {
    case .age: Sentence(zh: "年龄", en: "age")
    case .sex: Sentence(zh: "性别", en: "sex")
    case .hukou: Sentence(zh: "户籍地", en: "hukou")
    case .residence: Sentence(zh: "常住地", en: "residence")
    case .home: Sentence(zh: "户籍或常住地", en: "home")
    case .permit: Sentence(zh: "居住证", en: "residence permit")
    case .canteen: Sentence(zh: "就餐地点", en: "canteen")
    case .category: Sentence(zh: "人员类别", en: "category")
    case .disability: Sentence(zh: "残疾等级", en: "disability grade")
    case .institution: Sentence(zh: "入住养老机构情况", en: "institution")
    case .staff: Sentence(zh: "是否工作人员", en: "staff")
    case .period: Sentence(zh: "餐次", en: "meal period")
    case .mode: Sentence(zh: "用餐方式", en: "mode")
    case .day: Sentence(zh: "日期类型", en: "kind of day")
    case .date: Sentence(zh: "日期", en: "date")
    case .time: Sentence(zh: "就餐时间", en: "time")
    case .auth: Sentence(zh: "核验方式", en: "how the person was recognised")
    case .evidence: Sentence(zh: "凭证", en: "proof")
    case .price: Sentence(zh: "标价", en: "list price")
    case .any: Sentence(zh: "所列条件之一", en: "one of the listed conditions")
    case .none: Sentence(zh: "所列除外条件", en: "a listed exception")
    case .residenceMonths: Sentence(zh: "居住时间", en: "time of residence")
    case .sameRegion: Sentence(zh: "与食堂同一区域", en: "same region as the canteen")
    case .splitResidence: Sentence(zh: "人户分离", en: "split residence")
    case .canteenGrade: Sentence(zh: "食堂等级", en: "canteen's grade")
    case .careLevel: Sentence(zh: "照护等级", en: "care level")
    case .standardSet: Sentence(zh: "标准套餐", en: "standard set")
    }
  }
}
