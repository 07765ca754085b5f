/// The parts of a paragraph.
extension Policy {
  static let everybody = Sentence(zh: "所有人", en: "everybody")

  /// What statements call a group: its title, or else the ages and categories that it is for, or
  /// whatever it asks for.
  static func title(of group: BenefitGroup) -> String {
    if let title = group.title { return title }
    if group.when.isEmpty { return everybody.zh }
    var persons = Condition()
    persons.age = group.when.age
    persons.categoriesAny = group.when.categoriesAny
    persons.categoriesAll = group.when.categoriesAll
    return words(for: persons.isEmpty ? group.when : persons).zh
  }

  /// A condition in words; tests are joined with commas because all of them must hold.
  public static func words(for condition: Condition) -> Sentence {
    var parts: [Sentence] = []
    func add(_ zh: String, _ en: String) { parts.append(Sentence(zh: zh, en: en)) }
    if let age = condition.age { parts.append(age.name) }
    if let attain = condition.attain { parts.append(attain.name) }
    if let sex = condition.sex { parts.append(sex.name) }
    for (name, codes) in [
      (ConditionTest.hukou.name, condition.hukou),
      (ConditionTest.residence.name, condition.residence),
      (ConditionTest.home.name, condition.home),
      (ConditionTest.canteen.name, condition.canteenWithin),
    ] where !codes.isEmpty {
      let list = codes.map(\.text).joined(separator: "、")
      add("\(name.zh)在\(list)", "\(name.en) in \(list)")
    }
    if let months = condition.residenceMonthsMin {
      add("居住满\(months)个月", "resident for \(months) months")
    }
    if let permit = condition.hasResidencePermit {
      add(
        permit ? "持居住证" : "无居住证", permit ? "with a residence permit" : "without a residence permit")
    }
    for (name, level) in [
      ("家", condition.homeSameAsCanteen), ("户籍", condition.hukouSameAsCanteen),
      ("常住地", condition.residenceSameAsCanteen),
    ] {
      guard let level else { continue }
      add("\(name)与食堂在同一\(level.name.zh)", "home in the canteen's \(level.name.en)")
    }
    if let level = condition.splitResidence { add("人户分离（跨\(level.name.zh)）", "split residence") }
    parts += categories(of: condition) + circumstances(of: condition) + nested(in: condition)
    return Sentence(
      zh: parts.map(\.zh).joined(separator: "，"), en: parts.map(\.en).joined(separator: ", "))
  }

  private static func categories(of condition: Condition) -> [Sentence] {
    var parts: [Sentence] = []
    if !condition.categoriesAny.isEmpty {
      parts.append(list(condition.categoriesAny.map(\.name), zh: "、", en: " or "))
    }
    if !condition.categoriesAll.isEmpty {
      parts.append(list(condition.categoriesAll.map(\.name), zh: "且", en: " and "))
    }
    if let level = condition.careLevelMin {
      parts.append(
        Sentence(zh: "照护等级\(level.name.zh)及以上", en: "care level \(level.name.en) or above"))
    }
    if let grade = condition.disabilityGradeMax {
      let name = grade == 1 ? "一级" : "一至\(["", "一", "二", "三", "四"][min(grade, 4)])级"
      parts.append(Sentence(zh: "\(name)残疾", en: "disability grade \(grade) or graver"))
    }
    if let inside = condition.inInstitution {
      parts.append(
        Sentence(zh: inside ? "入住养老机构" : "居家", en: inside ? "in an institution" : "at home"))
    }
    if let staff = condition.isStaff {
      parts.append(Sentence(zh: staff ? "工作人员" : "非工作人员", en: staff ? "staff" : "not staff"))
    }
    return parts
  }

  private static func circumstances(of condition: Condition) -> [Sentence] {
    var parts: [Sentence] = []
    for names in [
      condition.periods.map(\.name), condition.modes.map(\.name), condition.days.map(\.name),
      condition.dates.map(\.name),
      condition.auth.map(\.name), condition.evidence.map(\.name),
    ] where !names.isEmpty {
      parts.append(list(names, zh: "、", en: " or "))
    }
    if !condition.canteens.isEmpty {
      let codes = condition.canteens.joined(separator: "、")
      parts.append(Sentence(zh: "食堂\(codes)", en: "canteen \(codes)"))
    }
    if !condition.canteenGrades.isEmpty {
      let grades = condition.canteenGrades.joined(separator: "、")
      parts.append(Sentence(zh: "\(grades)食堂", en: "canteens of grade \(grades)"))
    }
    if condition.timeFrom != nil || condition.timeTo != nil {
      let (from, to) = (
        condition.timeFrom?.hourAndMinute ?? "00:00", condition.timeTo?.hourAndMinute ?? "24:00"
      )
      parts.append(Sentence(zh: "\(from)至\(to)", en: "\(from) to \(to)"))
    }
    if let isSet = condition.standardSet {
      parts.append(
        Sentence(zh: isSet ? "标准套餐" : "非标准套餐", en: isSet ? "standard set" : "no standard set"))
    }
    if let low = condition.listPriceMin {
      parts.append(Sentence(zh: "标价不低于\(low.yuan)元", en: "list price at least \(low.yuan)"))
    }
    if let high = condition.listPriceMax {
      parts.append(Sentence(zh: "标价不高于\(high.yuan)元", en: "list price at most \(high.yuan)"))
    }
    return parts
  }

  private static func nested(in condition: Condition) -> [Sentence] {
    var parts: [Sentence] = []
    if !condition.any.isEmpty {
      let inner = list(condition.any.map(words), zh: "；或", en: "; or ")
      parts.append(Sentence(zh: "符合下列之一（\(inner.zh)）", en: "one of (\(inner.en))"))
    }
    for inner in condition.none.map(words) {
      parts.append(Sentence(zh: "不属于（\(inner.zh)）", en: "not (\(inner.en))"))
    }
    return parts
  }

  private static func list(_ names: [Sentence], zh: String, en: String) -> Sentence {
    Sentence(zh: names.map(\.zh).joined(separator: zh), en: names.map(\.en).joined(separator: en))
  }

  static func words(for benefit: Benefit) -> Sentence {
    let amount = benefit.amount?.yuan ?? "0.00"
    let cap = benefit.cap.map { Sentence(zh: "，最高\($0.yuan)元", en: ", at most \($0.yuan)") }
    let periods = MealPeriod.allCases.compactMap { period in
      benefit.amountByPeriod?[period.rawValue].map { (period.name, $0.yuan) }
    }
    let text: Sentence =
      switch benefit.form {
      case .fixed where !periods.isEmpty:
        Sentence(
          zh: "补" + periods.map { "\($0.zh)\($1)元" }.joined(separator: "、"),
          en: periods.map { "\($0.en) \($1)" }.joined(separator: ", "))
      case .fixed: Sentence(zh: "每餐补\(amount)元", en: "\(amount) a meal")
      case .percent:
        Sentence(
          zh: "按\((benefit.rate ?? .zero).percent)补贴",
          en: "\((benefit.rate ?? .zero).percent) of the basis")
      case .upToActual: Sentence(zh: "据实补贴，不超过\(amount)元", en: "the actual price up to \(amount)")
      case .targetPrice where benefit.amount == .zero: Sentence(zh: "免费", en: "free")
      case .targetPrice: Sentence(zh: "个人付\(amount)元，其余补贴", en: "the diner pays \(amount)")
      case .discount:
        Sentence(
          zh: "优惠\((benefit.rate ?? .zero).percent)", en: "\((benefit.rate ?? .zero).percent) off")
      case .nthMeal:
        Sentence(
          zh: (benefit.schedule ?? []).enumerated().map { "当日第\($0 + 1)餐\(words(for: $1).zh)" }
            .joined(separator: "、"),
          en: (benefit.schedule ?? []).enumerated().map {
            "meal \($0 + 1) of the day: \(words(for: $1).en)"
          }
          .joined(separator: ", "))
      }
    return Sentence(zh: text.zh + (cap?.zh ?? ""), en: text.en + (cap?.en ?? ""))
  }

  static func words(for spend: MinSpend) -> Sentence {
    Sentence(
      zh: "\(spend.basis.name.zh)须\(spend.isStrict ? "超过" : "满")\(spend.amount.yuan)元",
      en:
        "\(spend.basis.name.en) must be \(spend.isStrict ? "more than" : "at least") \(spend.amount.yuan)"
    )
  }

  static func words(for cap: Cap) -> Sentence {
    let only = (cap.periods.map(\.name.zh) + cap.modes.map(\.name.zh)).joined(separator: "、")
    let count = cap.count.map { "\($0)次" }
    let amount = cap.amount.map { "\($0.yuan)元" }
    let most = [count, amount].compactMap(\.self).joined(separator: "、")
    return Sentence(
      zh: "\(only)每人\(cap.per.name.zh)最多\(most)",
      en: "at most "
        + [cap.count.map { "\($0) times" }, cap.amount?.yuan].compactMap(\.self)
        .joined(separator: " and ") + " \(cap.per.name.en)")
  }

  static func words(for rounding: Rounding) -> Sentence {
    let side = rounding.side == .benefit ? "补贴额" : "个人付款"
    let moment = rounding.moment == .statement ? "，在结算单上统一取整" : ""
    return Sentence(
      zh: "\(side)按\(rounding.unit.yuan)元\(rounding.mode.name.zh)\(moment)",
      en: "rounded \(rounding.mode.name.en) to \(rounding.unit.yuan)")
  }

  static func words(for split: FundingSplit) -> Sentence {
    let parts = split.shares.map { share -> Sentence in
      let place = share.when.isEmpty ? nil : words(for: share.when)
      let part = share.rate?.percent ?? share.amount.map { "\($0.yuan)元" }
      let all = split.shares.count == 1 && part == nil
      return Sentence(
        zh: share.source.name.zh + (all ? "全额" : part ?? "其余")
          + (place.map { "（\($0.zh)时）" } ?? ""),
        en: share.source.name.en + " " + (all ? "all" : part ?? "the rest")
          + (place.map { " (if \($0.en))" } ?? ""))
    }
    let gap = split.unfunded == .diner ? "" : "，缺口由\(split.unfunded.name.zh)承担"
    return Sentence(
      zh: parts.map(\.zh).joined(separator: "、") + "承担" + gap,
      en: parts.map(\.en).joined(separator: ", "))
  }
}

extension Budget.Exhaustion {
  public var name: Sentence {
    switch self {
    case .stop: Sentence(zh: "停止承担", en: "stop")
    case .warn: Sentence(zh: "继续承担并提醒", en: "pay and warn")
    case .queue: Sentence(zh: "挂账待付", en: "owe")
    }
  }
}

extension DeliveryRule.Per {
  public var name: Sentence {
    switch self {
    case .meal: Sentence(zh: "每餐", en: "a meal")
    case .trip: Sentence(zh: "每趟", en: "a trip")
    case .day: Sentence(zh: "每日", en: "a day")
    }
  }
}

extension OperatingRule.Denominator {
  public var name: Sentence {
    switch self {
    case .openDays: Sentence(zh: "营业天数", en: "open days")
    case .calendarDays: Sentence(zh: "日历天数", en: "calendar days")
    case .workdays: Sentence(zh: "法定工作日数", en: "workdays")
    case .daysWithMeals: Sentence(zh: "有人就餐的天数", en: "days with meals")
    }
  }
}
