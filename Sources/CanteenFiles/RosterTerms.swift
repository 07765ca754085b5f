import CanteenDomain

extension RosterRow {
  /// 资格: a category of the person with what the row says of it.
  public struct Term: Sendable, Hashable {
    public let category: Category
    /// 类别起始; nil if the office did not say.
    public let from: Day?
    /// 类别截止, the last day; nil if the office did not say or wrote 长期.
    public let to: Day?
    public let careLevel: CareLevel?
    /// 残疾等级, 1 (the most severe) to 4.
    public let disabilityGrade: Int?
    /// 证明材料, as written.
    public let evidence: String?
  }

  public var categories: [Category] { terms.map(\.category) }
}

extension RowReader {
  /// The categories of a row with their terms. Each column beside 人员类别 says one thing for all of
  /// them, or one for each in their order: `低保、失能` from `2024-01-01、2025-03-01`.
  mutating func terms(_ words: CategoryWords) -> [RosterRow.Term] {
    let columns = RosterRow.Columns.self
    var categories = categories(columns.categories, words)
    for ticked in tickedCategories(words) { add(ticked, to: &categories, columns.categories) }
    let count = categories.count
    let first = each(columns.categoryStart, count) { $0.termDays($1, $2, .first) }
    let last = each(columns.categoryEnd, count) { $0.termDays($1, $2, .last) }
    let both = each(columns.categoryTerm, count) { $0.termDays($1, $2, .both) }
    let validity = each(columns.validity, count) { $0.termDays($1, $2, .validity) }
    let said = [first, last, both, validity]
    let starts = first.indices.map { place in
      agreed(said.map { $0[place]?.from }, columns.categoryStart)
    }
    let ends = first.indices.map { place in
      agreed(said.map { $0[place]?.to }, columns.categoryEnd)
    }
    let levels = each(columns.careLevel, count) { $0.careLevel($1, $2) }
    let grades = each(columns.disabilityGrade, count) { $0.disabilityGrade($1, $2) }
    let evidence = each(columns.evidence, count) { $2 }
    for (start, end) in zip(starts, ends) {
      guard let start, let end, end < start else { continue }
      fail(columns.categoryEnd, Sentence(zh: "早于起始日期", en: "lies before the first day"))
    }
    if categories.isEmpty {
      if levels[0].map({ $0.rank() != 0 }) ?? false { doubtLevel(columns.careLevel) }
      if grades[0] != nil { doubtLevel(columns.disabilityGrade) }
    }
    var terms: [RosterRow.Term] = []
    for (place, one) in categories.enumerated() {
      if isWell(one, levels[place]) { continue }
      if one.isAssumed, levels[place] == nil, let level = one.careLevel {
        warn(
          columns.categories,
          Sentence(
            zh: "没有写明失能等级，按\(level.name.zh)录入，请核对",
            en: "does not say the level of care itself; taken as \(level.name.en)"))
      }
      terms.append(
        RosterRow.Term(
          category: one.category, from: starts[place], to: ends[place],
          careLevel: careLevel(of: one, beside: levels[place]),
          disabilityGrade: level(
            columns.disabilityGrade, grades[place], said: one.disabilityGrade),
          evidence: evidence[place]))
    }
    return terms
  }

  /// The column's level counts before one that a word is only taken for; one that a word says must be
  /// the same. Words and numbers belong to different scales, but for 0, which is none on any.
  private mutating func careLevel(of one: GradedCategory, beside own: CareLevel?) -> CareLevel? {
    let said = one.isAssumed && own != nil ? nil : one.careLevel
    return level(RosterRow.Columns.careLevel, own, said: said) { own, said in
      (Int(own.rawValue) == nil) == (Int(said.rawValue) == nil)
        || own.rank() == 0 || said.rank() == 0
    }
  }

  /// Whether a need of care is of level 0, which is none; a warning says so. A word that says another
  /// level is compared first.
  private mutating func isWell(_ one: GradedCategory, _ own: CareLevel?) -> Bool {
    guard one.category == Category("DISABLED_CARE") else { return false }
    let said = one.isAssumed && own != nil ? nil : one.careLevel
    let known = [own, said].compactMap { $0?.rank() }
    guard known.contains(0), known.allSatisfy({ $0 == 0 }) else { return false }
    warn(
      RosterRow.Columns.categories,
      Sentence(
        zh: "“\(one.category.name.zh)”的等级为0级（能力完好），不算这一类，未录入",
        en: "“\(one.category.name.en)” is of level 0, which is none, and is left out"))
    return true
  }

  /// One value a category, and at least one, so that a cell without a category is read too.
  private mutating func each<T>(
    _ column: Column, _ count: Int, _ read: (inout RowReader, Column, String) -> T?
  ) -> [T?] {
    guard let text = optionalText(column) else {
      return Array(repeating: nil, count: max(1, count))
    }
    let parts = Words.places(text)
    guard count > 1, parts.count == count else {
      let one = Words.nothing.contains(text) ? nil : read(&self, column, text)
      return Array(repeating: one, count: max(1, count))
    }
    return parts.map { Words.nothing.contains($0) ? nil : read(&self, column, $0) }
  }
}
