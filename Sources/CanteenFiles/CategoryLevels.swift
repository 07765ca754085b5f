import CanteenDomain

/// A category with the level that its word says too: `重度失能`, `视力一级`.
struct GradedCategory: Sendable, Hashable {
  let category: Category
  var careLevel: CareLevel?
  /// Whether no word says the level itself (半失能).
  var isAssumed = false
  var disabilityGrade: Int?
}

extension CategoryWords {
  /// The category of a word with the level in it. A level alone tells the category too, but for a
  /// disability of grade 3 or 4, which is none that the register knows.
  func graded(_ word: String) -> (known: Category?, careLevel: CareLevel?, grade: Int?) {
    // What brackets add, such as the ground of a category, does not make it another one.
    let known = self[word] ?? self[String(word.prefix { $0 != "(" })]
    let plain = word.filter { !"()".contains($0) }
    if let level = Self.careLevel(in: plain) { return (known ?? self["失能"], level, nil) }
    guard let grade = Self.grade(in: plain) else { return (known, nil, nil) }
    return (known ?? (grade <= 2 ? self["重残"] : nil), nil, grade)
  }

  private static func careLevel(in word: String) -> CareLevel? {
    guard word.contains("失能") || word.contains("失智") else { return nil }
    let rest = Self.without(["失能", "失智", "老年人", "老人", "人员", "照护", "护理", "等级"], word)
    return levels[rest] ?? CareLevel(named: rest)
  }

  /// Words that do not name a level of the scale themselves.
  private static let levels: [String: CareLevel] = [
    "半": .moderate, "部分": .moderate, "完全": .severe, "全": .severe,
  ]

  /// Whether the level of a word is only what it is taken for.
  static func isAssumed(_ word: String) -> Bool {
    ["半失", "部分失", "全失"].contains { word.contains($0) }
  }

  private static func grade(in word: String) -> Int? {
    let kinds = ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]
    guard word.contains("残") || kinds.contains(where: { word.contains($0) }) else { return nil }
    let rest = Self.without(kinds + ["残疾人", "残疾", "重残", "重度", "无业"], word)
    guard rest.count == 2, rest.last == "级", let first = rest.first else { return nil }
    return grades[first]
  }

  private static func without(_ parts: [String], _ word: String) -> String {
    parts.reduce(word) { $0.replacing($1, with: "") }
  }

  static let grades: [Character: Int] = [
    "一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4,
  ]
}

extension RowReader {
  /// `一级`, `2级`, `肢体三级`, `4`.
  mutating func disabilityGrade(_ column: Column, _ text: String) -> Int? {
    let found = text.normalisedWidth().compactMap { CategoryWords.grades[$0] }
    if found.count == 1 { return found[0] }
    warn(
      column,
      Sentence(
        zh: "“\(text)”不是残疾等级（一级至四级），未录入",
        en: "“\(text)” is no disability grade (1 to 4) and is left out"))
    return nil
  }

  mutating func careLevel(_ column: Column, _ text: String) -> CareLevel? {
    if let level = CareLevel(named: text) { return level }
    warn(
      column,
      Sentence(
        zh: "“\(text)”不是已知的等级（轻度、中度、重度或0–6级），未录入",
        en: "“\(text)” is no known level (mild, moderate, severe or 0 to 6) and is left out"))
    return nil
  }

  /// The level of a category: its column's, else its word's. Two that differ refuse the row, for money
  /// hangs on them.
  mutating func level<Level: Hashable>(
    _ column: Column, _ own: Level?, said: Level?,
    comparable: (Level, Level) -> Bool = { _, _ in true }
  ) -> Level? {
    if let own, let said, own != said, comparable(own, said) {
      let words = RosterRow.Columns.categories.name
      fail(
        column,
        column.name == words
          ? Sentence(zh: "写了两个不同的等级，请核对", en: "says two different levels")
          : Sentence(zh: "与“\(words)”中写的等级不符，请核对", en: "differs from the level in \(words)"))
    }
    return own ?? said
  }

  /// A level that stands in a row without a category would be lost.
  mutating func doubtLevel(_ column: Column) {
    guard let text = optionalText(column), !Words.nothing.contains(text) else { return }
    warn(
      column,
      Sentence(
        zh: "为“\(text)”，而这一行没有人员类别，未录入；请补写类别（如失能、重残）",
        en: "is “\(text)” in a row without a category and is left out; write the category too"))
  }
}
