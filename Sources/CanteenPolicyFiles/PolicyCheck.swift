import CanteenDomain

/// Checks what the form of a document cannot tell: whether its rules make sense together, and with
/// the other documents that are to be in force.
public enum PolicyCheck {
  /// What reading found and what checking finds, by file and line.
  public static func findings(in readings: [PolicyReading]) -> [PolicyFinding] {
    var findings = readings.flatMap(\.findings)
    for reading in readings {
      guard let policy = reading.policy else { continue }
      var check = DocumentCheck(reading: reading, policy: policy)
      check.run()
      findings += check.findings
    }
    findings += versions(of: readings)
    return findings.sorted { ($0.file, $0.line, $0.path) < ($1.file, $1.line, $1.path) }
  }

  /// Whether every document can be activated: no error and no open question.
  public static func isClean(_ findings: [PolicyFinding]) -> Bool {
    findings.allSatisfy { $0.severity == .warning }
  }

  /// Versions of one policy must not overlap; a gap between them is worth a look.
  private static func versions(of readings: [PolicyReading]) -> [PolicyFinding] {
    let known = readings.compactMap { reading in reading.policy.map { (reading, $0) } }
      .sorted { $0.1.validFrom < $1.1.validFrom }
    var findings: [PolicyFinding] = []
    for (index, (reading, policy)) in known.enumerated() {
      guard let (_, next) = known[(index + 1)...].first(where: { $0.1.id == policy.id }) else {
        continue
      }
      let line = reading.line(of: policy.validTo == nil ? "valid_from" : "valid_to")
      let end = policy.validTo.map(\.description)
      if policy.validTo.map({ $0 >= next.validFrom }) ?? true {
        findings.append(
          PolicyFinding(
            severity: .error, file: reading.name, line: line, path: "valid_to",
            sentence: Sentence(
              zh:
                "版本 \(policy.version) \(end.map { "到 \($0) 才结束" } ?? "没有写结束日期")，而版本 \(next.version) 从 \(next.validFrom) 开始，日期重叠；请写 valid_to: \(next.validFrom - 1)",
              en: "version \(policy.version) overlaps version \(next.version), which starts on "
                + "\(next.validFrom); write valid_to: \(next.validFrom - 1)")))
      } else if let last = policy.validTo, last < next.validFrom - 1 {
        findings.append(
          PolicyFinding(
            severity: .warning, file: reading.name, line: line, path: "valid_to",
            sentence: Sentence(
              zh: "\(last + 1) 至 \(next.validFrom - 1) 没有任何版本有效，其间不会有补贴",
              en: "no version is in force from \(last + 1) to \(next.validFrom - 1)")))
      }
    }
    return findings
  }
}

/// The checks of one document.
struct DocumentCheck {
  let reading: PolicyReading
  let policy: Policy
  var findings: [PolicyFinding] = []

  init(reading: PolicyReading, policy: Policy) {
    self.reading = reading
    self.policy = policy
  }

  mutating func run() {
    checkWhole()
    checkRegister()
    checkSettlement()
    for (index, stage) in policy.stages.enumerated() {
      let path = "stages[\(index)]"
      checkBands(stage, path)
      checkRates(stage, path)
      checkOrder(stage, index, path)
      let shared = stage.groups.filter { $0.split == nil }
      if !shared.isEmpty { checkSplit(stage.split, of: shared.map(\.benefit), path) }
      for (number, group) in stage.groups.enumerated() {
        guard let split = group.split else { continue }
        checkSplit(split, of: [group.benefit], "\(path).groups[\(number)]")
      }
    }
    for (index, rule) in policy.delivery.enumerated() {
      checkSplit(rule.split, of: [.fixed(rule.amount)], "delivery[\(index)]")
    }
    for (index, rule) in policy.operating.enumerated() {
      checkOperating(rule, "operating[\(index)]")
    }
  }

  mutating func report(
    _ severity: PolicyFinding.Severity, _ path: String, zh: String, en: String
  ) {
    findings.append(
      PolicyFinding(
        severity: severity, file: reading.name, line: reading.line(of: path), path: path,
        sentence: Sentence(zh: zh, en: en)))
  }

  private mutating func checkWhole() {
    if let last = policy.validTo, last < policy.validFrom {
      report(.error, "valid_to", zh: "结束日期早于开始日期", en: "ends before it starts")
    }
    if policy.stages.isEmpty, policy.delivery.isEmpty, policy.operating.isEmpty {
      report(.error, "stages", zh: "没有任何补贴内容", en: "there is nothing in it that pays")
    }
    if !policy.stages.isEmpty, !policy.exclusions.contains(.inInstitution) {
      report(
        .warning, "exclude", zh: "没有排除入住养老机构的人；若原文排除，请写 exclude: [in_institution]",
        en: "people in institutions are not excluded; write exclude: [in_institution] if they are")
    }
    let conditions = policy.everyCondition
    if conditions.contains(where: { $0.days.contains(where: \.needsLegalCalendar) }) {
      report(
        .warning, "days", zh: "用到法定工作日或节假日，请每年录入节假日安排，否则按星期推定",
        en: "needs the legal calendar of every year; without it workdays are told by weekday")
    }
    for category in Set(conditions.flatMap { $0.categoriesAny + $0.categoriesAll }).sorted()
    where !category.isKnown {
      report(
        .warning, "stages", zh: "类别“\(category.rawValue)”不是花名册已有的类别，请核对写法，或先在花名册登记",
        en: "the register has no category \(category.rawValue) from the start; check the spelling")
    }
    let sources = Set(policy.everySplit.flatMap { $0.shares.map(\.source) + [$0.unfunded] })
    for (index, budget) in policy.budgets.enumerated() where !sources.contains(budget.source) {
      report(
        .warning, "budgets[\(index)].source", zh: "预算的来源“\(budget.source.name.zh)”不承担任何补贴",
        en: "no split has the budget's source \(budget.source.rawValue)")
    }
  }

  // MARK: - Age bands

  private mutating func checkBands(_ stage: Stage, _ path: String) {
    let banded = stage.groups.enumerated().filter { $0.element.when.age != nil }
    for (position, (index, group)) in banded.enumerated() {
      for (other, rival) in banded[..<position] where group.isRival(of: rival) {
        guard let band = group.when.age, let first = rival.when.age, band.overlaps(first) else {
          continue
        }
        let age = max(band.min ?? 0, first.min ?? 0)
        report(
          stage.allowsOverlap ? .warning : .error, "\(path).groups[\(index)]",
          zh:
            "\(age)周岁同时属于“\(rival.code)”和“\(group.code)”两段（第\(reading.line(of: "\(path).groups[\(other)]"))行）；"
            + "请改成不重叠的年龄段；若确系如此（\(stage.stacking.name.zh)），在本阶段写 overlap: allowed",
          en: "age \(age) is in \(rival.code) and in \(group.code); mend the bands, or write "
            + "overlap: allowed on the stage if it is meant")
      }
    }
    checkHoles(stage, path)
  }

  /// Ages between the youngest and everybody older that no band covers, for each set of rules that
  /// differ in their ages alone.
  private mutating func checkHoles(_ stage: Stage, _ path: String) {
    var rest = stage.groups.filter { $0.when.age != nil }
    while let first = rest.first {
      let rivals = rest.filter { $0.isRival(of: first) }
      rest.removeAll { $0.isRival(of: first) }
      if rivals.count > 1 || stage.groups.count == 1 {
        checkHoles(among: rivals.compactMap(\.when.age), path)
      }
    }
  }

  private mutating func checkHoles(among bands: [AgeBand], _ path: String) {
    let covered = (0...130).map { age in bands.contains { $0.contains(age) } }
    guard let first = covered.firstIndex(of: true) else { return }
    var age = first
    while age <= 130 {
      guard !covered[age] else {
        age += 1
        continue
      }
      let end = covered[age...].firstIndex(of: true)
      let range = end.map { "\(age)—\($0 - 1)周岁" } ?? "\(age)周岁及以上"
      report(
        .warning, "\(path).groups", zh: "\(range)没有对应的年龄段，这些老人不会得到补贴",
        en: "no band covers the ages from \(age)\(end.map { " to \($0 - 1)" } ?? " on")")
      age = end ?? 131
    }
  }

  // MARK: - Amounts and order

  private mutating func checkRates(_ stage: Stage, _ path: String) {
    for (index, group) in stage.groups.enumerated() {
      let path = "\(path).groups[\(index)]"
      for benefit in [group.benefit] + (group.benefit.schedule ?? []) {
        if let rate = benefit.rate, rate > .whole {
          report(.error, path, zh: "比例 \(rate.percent) 超过 100%", en: "a rate above 100 %")
        }
        if benefit.form == .nthMeal,
          (benefit.schedule ?? []).contains(where: { $0.form == .nthMeal })
        {
          report(.error, path, zh: "nth_meal 里不能再写 nth_meal", en: "nth_meal within nth_meal")
        }
      }
      if let minSpend = group.minSpend ?? stage.minSpend, minSpend.basis == .list,
        policy.stages.contains(where: { $0.kind == .discount })
      {
        report(
          .warning, "\(path).min_spend", zh: "本政策先有优惠，而消费门槛按优惠前的标价计，请确认原文如此",
          en: "the policy has a discount and the threshold is of the list price; make sure of it")
      }
    }
  }

  private mutating func checkOrder(_ stage: Stage, _ index: Int, _ path: String) {
    let earlier = Set(policy.stages[..<index].map(\.code))
    for (key, codes) in [
      ("unless_granted", stage.unlessGranted), ("only_if_granted", stage.onlyIfGranted),
    ] {
      for code in codes where !earlier.contains(code) {
        report(
          .error, "\(path).\(key)", zh: "“\(code)”不是本阶段之前的阶段代码", en: "\(code) is no earlier stage")
      }
    }
  }

  private mutating func checkOperating(_ rule: OperatingRule, _ path: String) {
    checkSplit(rule.split, of: [.percent(.whole)], path)
    if rule.when.asksAboutPeople {
      report(
        .error, "\(path).when", zh: "运营补贴按人次计，条件只能写餐次、方式、日期、食堂，不能写个人条件",
        en: "operating rules may only ask about the meal and the canteen")
    }
    guard let steps = rule.tiers?.steps, !steps.isEmpty else { return }
    if zip(steps, steps.dropFirst()).contains(where: { $0.from >= $1.from }) {
      report(
        .error, "\(path).tiers.steps", zh: "各档的 from 要从小到大", en: "tiers must rise")
    }
  }
}

extension BenefitGroup {
  /// Whether the two rules differ in their ages alone, so that an overlap is a likely mistake.
  fileprivate func isRival(of other: BenefitGroup) -> Bool {
    var (mine, theirs) = (when, other.when)
    mine.age = nil
    theirs.age = nil
    return mine == theirs
  }
}

extension Condition {
  fileprivate var nested: [Condition] { [self] + (any + none).flatMap(\.nested) }

  /// Whether a test needs to know the diner.
  fileprivate var asksAboutPeople: Bool {
    nested.contains { part in
      part.age != nil || part.sex != nil || part.inInstitution != nil || part.isStaff != nil
        || part.careLevelMin != nil || part.disabilityGradeMax != nil
        || part.residenceMonthsMin != nil || part.hasResidencePermit != nil
        || part.homeSameAsCanteen != nil || part.hukouSameAsCanteen != nil
        || part.residenceSameAsCanteen != nil || part.splitResidence != nil
        || !(part.hukou + part.residence + part.home).isEmpty
        || !(part.categoriesAny + part.categoriesAll).isEmpty
    }
  }
}

extension Policy {
  fileprivate var everySplit: [FundingSplit] {
    stages.flatMap { [$0.split] + $0.groups.compactMap(\.split) } + delivery.map(\.split)
      + operating.map(\.split)
  }

  var everyCondition: [Condition] {
    let top = [when] + excludeWhen + stages.flatMap { [$0.when] + $0.groups.map(\.when) }
    let rules = delivery.map(\.when) + operating.map(\.when)
    return (top + rules + everySplit.flatMap { $0.shares.map(\.when) }).flatMap(\.nested)
  }
}
