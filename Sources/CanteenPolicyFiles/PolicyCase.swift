import CanteenDomain

/// A case for trying policies without a database: people, meals in any order, optional calendar days
/// and operating periods.
///
/// Written as JSON (or YAML, of which JSON is a part), with the same words as policy documents.
public struct PolicyCase: Sendable {
  /// One meal of the case, with the person who eats it.
  public struct Order: Sendable, Hashable {
    public var person: String
    public var meal: Meal
  }

  /// An operating period, with its volume if the case states it instead of listing every meal.
  public struct Operating: Sendable, Hashable {
    public var period: OperatingPeriod
    public var volume: OperatingVolume?
  }

  /// By the name that the case gives them, in order.
  public var persons: [(name: String, facts: DinerFacts)]
  public var orders: [Order]
  public var calendar: ServiceCalendar
  public var spent: BudgetUse
  public var operating: [Operating]

  /// Why a case cannot be run: everything that is wrong with its text.
  public struct Unreadable: Refusal, Hashable {
    public var findings: [PolicyFinding]
    public var kind: RefusalKind { .invalid }
    public var sentence: Sentence {
      Sentence(
        zh: findings.map { $0.text(in: .zh) }.joined(separator: "\n"),
        en: findings.map { $0.text(in: .en) }.joined(separator: "\n"))
    }
  }

  /// - Throws: `Unreadable`, which names every mistake with its line.
  public init(_ text: String, name: String = "case") throws(Unreadable) {
    let reader = DocumentReader(file: name)
    self.init()
    if let top = reader.top(of: text) {
      top.readCase(into: &self)
      top.finish()
    }
    guard reader.findings.isEmpty else { throw Unreadable(findings: reader.findings) }
  }

  init() {
    persons = []
    orders = []
    calendar = ServiceCalendar()
    spent = BudgetUse()
    operating = []
  }
}

extension Fields {
  fileprivate func readCase(into scene: inout PolicyCase) {
    require("persons", zh: "列出人员", en: "list the persons")
    if let days = map("legal_calendar") {
      scene.calendar.holidays = Set(days.values("holidays", .day))
      scene.calendar.makeUpWorkdays = Set(days.values("make_up_workdays", .day))
      days.finish()
    }
    for (index, inner) in maps("persons").enumerated() {
      let person = inner.person(Int64(index + 1))
      if scene.persons.contains(where: { $0.name == person.name }) {
        inner.error(
          "name", zh: "有两个人都叫“\(person.name)”，请改用不同的名字",
          en: "two persons are called \(person.name); give them different names")
      }
      scene.persons.append(person)
    }
    var canteens: [String: CanteenFacts] = [:]
    for inner in maps("canteens") {
      let canteen = inner.canteen()
      canteens[canteen.code] = canteen
    }
    for (index, inner) in maps("meals").enumerated() {
      let order = inner.order(index + 1, canteens)
      if !scene.persons.contains(where: { $0.name == order.person }) {
        inner.error(
          "person", zh: "persons 里没有“\(order.person)”", en: "there is no person \(order.person)")
      }
      scene.orders.append(order)
    }
    for inner in maps("budget_spent") {
      let key = BudgetUse.Key(
        policyID: inner.text("policy") ?? "", source: inner.value("source", .source) ?? .diner,
        year: inner.value("year", .count(2000...2200)) ?? 0)
      scene.spent.spent[key] = inner.value("amount", .money) ?? 0
      inner.finish()
    }
    scene.operating = maps("operating").map { $0.operating(canteens) }
  }

  private func person(_ number: Int64) -> (name: String, facts: DinerFacts) {
    defer { finish() }
    let name = text("name") ?? "\(number)"
    var facts = DinerFacts(dinerID: number, birthDate: value("birth_date", .day))
    facts.sex = value("sex", .choice(["男": Sex.male, "女": Sex.female]))
    facts.hukou = path("hukou")
    facts.residence = path("residence")
    facts.residenceSince = value("residence_since", .day)
    facts.hasResidencePermit = value("residence_permit", .yesOrNo) ?? false
    facts.entitlements = entitlements()
    facts.institutionStays = spans("institution_stays")
    facts.suspensions = spans("suspensions")
    facts.deceasedOn = value("died", .day)
    facts.isStaff = value("staff", .yesOrNo) ?? false
    return (name, facts)
  }

  /// A region with everything above it: a code that is expanded by the national scheme, or the whole
  /// path from the widest to the narrowest.
  private func path(_ key: String) -> RegionPath? {
    let codes = values(key, .region)
    guard let first = codes.first else { return nil }
    return codes.count == 1 ? RegionPath(expanding: first.text) : RegionPath(codes)
  }

  private func entitlements() -> [Entitlement] {
    let always = Day(number: -50_000)
    var entitlements: [Entitlement] = []
    if let node = node("category") {
      for (index, node) in (node.sequence.map(Array.init) ?? [node]).enumerated() {
        let path = "\(self.path(of: "category"))[\(index)]"
        if case .mapping = node {
          if let inner = map(node, path) { entitlements.append(inner.entitlement(always)) }
        } else if let category = value(node, path, .category) {
          entitlements.append(Entitlement(category: category, from: always))
        }
      }
    }
    if let level = value("care_level", .careLevel) {
      entitlements.append(
        Entitlement(category: Category("DISABLED_CARE"), careLevel: level, from: always))
    }
    if let grade = value("disability_grade", .count(1...4)) {
      entitlements.append(
        Entitlement(category: Category("DISABLED"), disabilityGrade: grade, from: always))
    }
    return entitlements
  }

  private func entitlement(_ always: Day) -> Entitlement {
    defer { finish() }
    require("code", zh: "写类别，如 DIBAO", en: "write the category")
    return Entitlement(
      category: value("code", .category) ?? Category(""),
      careLevel: value("care_level", .careLevel),
      disabilityGrade: value("disability_grade", .count(1...4)),
      from: value("from", .day) ?? always, to: value("to", .day))
  }

  private func spans(_ key: String) -> [DaySpan] {
    maps(key).map { inner in
      defer { inner.finish() }
      inner.require("from", zh: "写起始日期", en: "write the first day")
      return DaySpan(
        from: inner.value("from", .day) ?? Day(number: 0), to: inner.value("to", .day))
    }
  }

  private func canteen() -> CanteenFacts {
    defer { finish() }
    require("code", zh: "写食堂代号", en: "write the canteen's code")
    require("region", zh: "写食堂所在区划代码", en: "write the code of its region")
    return CanteenFacts(
      code: text("code") ?? "", regions: path("region") ?? RegionPath([]), grade: text("grade"))
  }

  private func order(_ number: Int, _ canteens: [String: CanteenFacts]) -> PolicyCase.Order {
    defer { finish() }
    for key in ["person", "date", "list"] { require(key, zh: "每一餐都要写", en: "every meal needs it") }
    let period = value("period", .choice(PolicyWords.periods)) ?? .lunch
    let usual =
      ["breakfast": "07:30", "lunch": "11:30", "dinner": "17:30"][period.rawValue] ?? "12:00"
    var meal = Meal(
      id: text("id") ?? "\(number)", day: value("date", .day) ?? Day(number: 0),
      time: value("time", .time) ?? TimeOfDay(usual) ?? .zero, period: period,
      mode: value("mode", .choice(PolicyWords.modes)) ?? .dineIn, canteen: eaten(at: canteens),
      listFen: value("list", .money) ?? 0)
    meal.extrasFen = value("extras", .money) ?? 0
    meal.isStandardSet = value("standard_set", .yesOrNo) ?? false
    meal.deliveryFeeFen = value("delivery_fee", .money) ?? 0
    meal.packagingFen = value("packaging", .money) ?? 0
    meal.tripID = text("trip")
    meal.wantsFullPrice = value("full_price", .yesOrNo) ?? false
    meal.auth = value("auth", .choice()) ?? .card
    meal.evidence = values("evidence", .choice())
    return PolicyCase.Order(person: text("person") ?? "", meal: meal)
  }

  /// The canteen of a meal: the code of one of the case's canteens, or all about it on the spot.
  private func eaten(at canteens: [String: CanteenFacts]) -> CanteenFacts {
    guard let node = node("canteen") else {
      if canteens.count == 1, let only = canteens.values.first { return only }
      error("canteen", zh: "写在哪家食堂（canteens 里的代号）", en: "say in which canteen")
      return CanteenFacts(code: "", regions: RegionPath([]))
    }
    if case .mapping = node, let inner = map("canteen") { return inner.canteen() }
    let code = text("canteen") ?? ""
    if let canteen = canteens[code] { return canteen }
    error("canteen", zh: "canteens 里没有“\(code)”", en: "there is no canteen \(code)")
    return CanteenFacts(code: code, regions: RegionPath([]))
  }

  private func operating(_ canteens: [String: CanteenFacts]) -> PolicyCase.Operating {
    defer { finish() }
    for key in ["from", "to", "open_days"] { require(key, zh: "运营期要写", en: "a period needs it") }
    let from = value("from", .day) ?? Day(number: 0)
    let counts = ["served", "subsidised", "person_days", "served_person_days", "days_with_meals"]
    let isStated = counts.contains(where: has)
    let values = counts.map { value($0, .count(0...1_000_000_000)) ?? 0 }
    return PolicyCase.Operating(
      period: OperatingPeriod(
        from: from, to: max(from, value("to", .day) ?? from), canteen: eaten(at: canteens),
        openDays: value("open_days", .count(0...366)) ?? 0, rating: text("rating")),
      volume: isStated
        ? OperatingVolume(
          served: values[0], subsidised: values[1], personDays: values[2],
          servedPersonDays: values[3], daysWithMeals: values[4]) : nil)
  }
}

extension TimeOfDay {
  /// Midnight, as far as a day begins at all.
  static var zero: TimeOfDay {
    guard let midnight = TimeOfDay(seconds: 0) else {
      preconditionFailure("a day begins at second 0")
    }
    return midnight
  }
}

extension Form where T == TimeOfDay {
  static var time: Form {
    Form(zh: "时间写作 11:30", en: "write a time as 11:30") { TimeOfDay($0) }
  }
}
