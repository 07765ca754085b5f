import CanteenDomain

extension Fields {
  /// The condition that stands here: under `who` and `when`, and as fields of this mapping itself.
  ///
  /// All parts must hold together; a test that is written in two of the three places is an error,
  /// because it could be meant either way.
  ///
  /// `direct` narrows which tests may stand beside `who` and `when` (the top of a document has
  /// fields of the same names with other meanings).
  func condition(direct: [String] = conditionKeys) -> Condition {
    var condition = Condition()
    var written: Set<String> = []
    if direct.count == Self.conditionKeys.count {
      read(into: &condition, &written)
    } else {
      written = Set(direct.filter(has))
      readMealKinds(into: &condition)
    }
    for key in ["who", "when"] {
      guard let inner = map(key) else { continue }
      inner.read(into: &condition, &written)
      inner.finish()
    }
    return condition
  }

  /// A mapping that is nothing but a condition.
  func onlyCondition() -> Condition {
    let condition = condition()
    finish()
    return condition
  }

  private func read(into condition: inout Condition, _ written: inout Set<String>) {
    for key in Self.conditionKeys where has(key) {
      guard written.insert(key).inserted else {
        error(
          key, zh: "“\(key)”在 who、when 或本项里写了两次，请合为一处",
          en: "\(key) is written twice here (in who, when or beside them); write it once")
        continue
      }
    }
    readPerson(into: &condition)
    readRegions(into: &condition)
    readMeal(into: &condition)
    readNested(into: &condition)
  }

  /// Every field that a condition may have.
  static let conditionKeys = [
    "age", "age_counts_from", "sex", "category", "category_all", "care_level", "disability_grade",
    "in_institution", "staff", "hukou", "residence", "home", "residence_months", "permit",
    "home_same_as_canteen", "hukou_same_as_canteen", "residence_same_as_canteen",
    "split_residence", "canteen_in", "canteens", "canteen_grade", "periods", "modes", "days",
    "dates", "time", "auth", "evidence", "standard_set", "price_min", "price_max", "any", "none",
    "all",
  ]

  private func readPerson(into condition: inout Condition) {
    if let band = ageBand() { condition.age = band }
    if let rule = value("age_counts_from", .choice(PolicyWords.attain)) { condition.attain = rule }
    if let sex = value("sex", .choice(["男": Sex.male, "女": Sex.female])) { condition.sex = sex }
    condition.categoriesAny += values("category", .category)
    condition.categoriesAll += values("category_all", .category)
    if let level = value("care_level", .careLevel) { condition.careLevelMin = level }
    if let grade = value("disability_grade", .count(1...4)) { condition.disabilityGradeMax = grade }
    if let inside = value("in_institution", .yesOrNo) { condition.inInstitution = inside }
    if let staff = value("staff", .yesOrNo) { condition.isStaff = staff }
  }

  private func ageBand() -> AgeBand? {
    guard let node = node("age") else { return nil }
    guard case .mapping = node, let inner = map("age") else { return value("age", .band) }
    let band = AgeBand(
      min: inner.value("min", .count(0...150)), max: inner.value("max", .count(0...150)))
    inner.finish()
    return band
  }

  private func readRegions(into condition: inout Condition) {
    condition.hukou += values("hukou", .region)
    condition.residence += values("residence", .region)
    condition.home += values("home", .region)
    if let months = value("residence_months", .count(1...1200)) {
      condition.residenceMonthsMin = months
    }
    if let permit = value("permit", .yesOrNo) { condition.hasResidencePermit = permit }
    if let level = level("home_same_as_canteen") { condition.homeSameAsCanteen = level }
    if let level = level("hukou_same_as_canteen") { condition.hukouSameAsCanteen = level }
    if let level = level("residence_same_as_canteen") { condition.residenceSameAsCanteen = level }
    if let level = level("split_residence") { condition.splitResidence = level }
    condition.canteenWithin += values("canteen_in", .region)
    condition.canteens += values("canteens", .word)
    condition.canteenGrades += values("canteen_grade", .word)
  }

  private func level(_ key: String) -> Region.Level? { value(key, .choice(PolicyWords.levels)) }

  private func readMealKinds(into condition: inout Condition) {
    condition.periods += values("periods", .choice(PolicyWords.periods))
    condition.modes += values("modes", .choice(PolicyWords.modes))
    if !isAny("days") { condition.days += values("days", .choice(PolicyWords.days)) }
  }

  private func readMeal(into condition: inout Condition) {
    readMealKinds(into: &condition)
    condition.dates += values("dates", .daySpan)
    if let span = value("time", .timeSpan) {
      condition.timeFrom = span.from
      condition.timeTo = span.to
    }
    condition.auth += values("auth", .choice())
    condition.evidence += values("evidence", .choice())
    if let isSet = value("standard_set", .yesOrNo) { condition.standardSet = isSet }
    if let price = value("price_min", .money) { condition.listPriceMin = price }
    if let price = value("price_max", .money) { condition.listPriceMax = price }
  }

  private func isAny(_ key: String) -> Bool {
    guard let word = node(key)?.scalar?.string else { return false }
    return ["any", "all", "不限", "每天"].contains(word.trimmedSpaces())
  }

  private func readNested(into condition: inout Condition) {
    condition.any += maps("any").map { $0.onlyCondition() }
    condition.none += maps("none").map { $0.onlyCondition() }
    // "All of these" is "none of them fails", which needs no third kind of nesting.
    condition.none += maps("all").map { inner in
      var failing = Condition()
      failing.none = [inner.onlyCondition()]
      return failing
    }
  }
}
