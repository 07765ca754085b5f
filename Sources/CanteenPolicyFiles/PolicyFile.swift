import CanteenDomain

/// Reads a policy document: YAML in which every scalar is taken as text and then typed by us, so that
/// `no` is never false and `1.10` never loses its zero.
public enum PolicyFile {
  /// Never throws: what is wrong becomes findings with their lines.
  public static func read(_ text: String, name: String) -> PolicyReading {
    let reader = DocumentReader(file: name)
    var policy: Policy?
    if let top = reader.top(of: text) {
      policy = top.policy()
      top.finish()
    }
    policy?.openQuestions = reader.questions
    let hasErrors = reader.findings.contains { $0.severity == .error }
    return PolicyReading(
      name: name, policy: hasErrors ? nil : policy, findings: reader.findings, lines: reader.lines)
  }
}

extension Fields {
  /// The whole document; a field that is missing or wrong has a stand-in here and a finding, so
  /// that everything else is checked in the same run.
  fileprivate func policy() -> Policy {
    require("policy", zh: "给政策起一个代号，如 policy: wuhu", en: "give the policy an id")
    require("version", zh: "如 version: \"2022\"", en: "such as version: \"2022\"")
    require("title", zh: "政策名称", en: "the policy's name")
    require("valid_from", zh: "从哪一天起执行", en: "the first day")
    require("region", zh: "适用地区的区划代码", en: "the code of its region")
    readPlaces()
    var codes: Set<String> = []
    var policy = Policy(
      id: text("policy") ?? "?", version: text("version") ?? "?", title: text("title") ?? "?",
      authority: text("authority"), documentNumber: text("document"),
      validFrom: value("valid_from", .day) ?? Day(number: 0), validTo: value("valid_to", .day),
      scope: scope(), stages: maps("stages").compactMap { $0.stage(taken: &codes) })
    readPeople(into: &policy)
    policy.guidePrice = guidePrice()
    policy.caps = caps()
    policy.minCopay = value("min_copay", .money)
    policy.rounding = rounding() ?? Rounding()
    policy.exclusiveGroup = text("not_together")
    policy.priority = value("priority", .count(0...1000))
    policy.delivery = deliveryRules()
    policy.operating = operatingRules()
    policy.budgets = budgets()
    policy.settlement = settlement()
    policy.evidence = evidence()
    policy.output = output()
    _ = node("notes")
    return policy
  }

  private func readPlaces() {
    for (name, node) in map("places")?.ownWords ?? [] {
      reader.places[name] = value(node, "\(path(of: "places")).\(name)", .region)
    }
  }

  private func scope() -> PolicyScope {
    PolicyScope(
      regions: values("region", .region),
      by: value(
        "applies_by", .choice(["食堂": .canteen, "户籍": .hukou, "常住": .residence, "任一": .any]))
        ?? .canteen,
      canteens: values("canteens", .word))
  }

  private func readPeople(into policy: inout Policy) {
    policy.attain = value("age_counts_from", .choice(PolicyWords.attain)) ?? .birthday
    policy.homeBy =
      value(
        "home_is",
        .choice(["户籍": .hukou, "常住": .residence, "任一": .either, "两者": .both])) ?? .residence
    if let scale = map("care_scale") {
      policy.careScale = [:]
      for (word, node) in scale.ownWords {
        guard let level = CareLevel(named: word) else {
          error(
            "care_scale", zh: "“\(word)”不是照护等级，可写 轻度、中度、重度", en: "\(word) is no care level")
          continue
        }
        policy.careScale[level.rawValue] = value(
          node, "\(path(of: "care_scale")).\(word)", .count(0...6))
      }
    }
    readExclusions(into: &policy)
    policy.when = condition(direct: ["periods", "modes", "days"])
  }

  private func readExclusions(into policy: inout Policy) {
    guard let node = node("exclude") else { return }
    let nodes = node.sequence.map(Array.init) ?? [node]
    for (index, node) in nodes.enumerated() {
      let path = "\(self.path(of: "exclude"))[\(index)]"
      if case .mapping = node {
        if let inner = map(node, path) { policy.excludeWhen.append(inner.onlyCondition()) }
      } else if let exclusion = value(node, path, .choice(PolicyWords.exclusions)) {
        policy.exclusions.append(exclusion)
      }
    }
  }
}
