import CanteenDomain

/// What offices call the categories of persons; an office adds its own words by a table.
public struct CategoryWords: Sendable {
  private var words: [String: Category]

  /// The words that are known from the start.
  public static let standard = CategoryWords()

  private init() {
    words = [:]
    for category in Category.allKnown {
      words[Column.key(category.rawValue)] = category
      words[Column.key(category.name.zh)] = category
    }
    for (code, names) in CategoryWords.usual {
      for name in names { words[Column.key(name)] = Category(code) }
    }
  }

  /// The standard words and those of a table with the columns 词语 and 类别: the word that the
  /// office writes, and the category's name or code. A word of the table wins over a standard one.
  /// - Throws: `FileRefusal` if the table cannot be read or a row is not whole; nothing is taken
  ///   then.
  public init(contentsOf path: String) throws(FileRefusal) {
    try self.init(Table(contentsOf: path, columns: [Self.word, Self.category]))
  }

  /// The same from a table that has been read.
  public init(_ table: Table) throws(FileRefusal) {
    self.init()
    for row in table.rows {
      var reader = RowReader(row)
      let word = reader.requiredText(Self.word)
      let category = reader.requiredText(Self.category)
      if let fault = reader.faults.first {
        throw .row(fault)
      }
      guard let word, let category else { continue }
      words[Column.key(word)] = words[Column.key(category)] ?? Category(named: category)
    }
  }

  /// The columns of a table of words.
  public static var columns: [Column] { [word, category] }
  private static let word = Column("词语", "写法", "原词", "word", required: true)
  private static let category = Column("类别", "人员类别", "category", required: true)

  /// The category of a word; nil for an unknown one.
  public subscript(_ word: String) -> Category? {
    if let known = words[word] { return known }
    let key = Column.key(word)
    if let known = words[key] { return known }
    // 独居老人, 低保人员, 优抚家庭: what follows the category says nothing.
    for ending in ["老年人", "老人", "人员", "对象", "家庭", "户", "者"] where key.hasSuffix(ending) {
      if let known = words[String(key.dropLast(ending.count))] { return known }
    }
    return nil
  }

  private static let usual: [(String, [String])] = [
    ("TEKUN", ["特困", "特困供养", "五保", "五保户", "农村五保", "城市三无", "三无", "分散供养", "特困分散供养"]),
    ("DIBAO", ["低保", "低保户", "城乡低保", "城市低保", "农村低保", "最低生活保障", "城低保", "农低保", "享受低保"]),
    ("DIBAO_EDGE", ["低保边缘", "低边", "低保边缘户", "低保边缘家庭", "低保边缘人口"]),
    ("LOW_INCOME", ["低收入", "低收入家庭", "低收入户", "刚性支出困难"]),
    ("DISABLED_CARE", ["失能", "失智", "失能失智", "半失能", "完全失能", "部分失能", "重度失能", "中度失能"]),
    (
      "SEVERE_DISABILITY", ["重残", "重度残疾", "重残无业", "重度残疾人", "一级残疾", "二级残疾", "残疾一级", "残疾二级"]
    ),
    (
      "FP_SPECIAL",
      ["计生特殊", "计生特殊家庭", "计划生育特殊家庭", "计划生育特扶", "计生特扶", "特扶", "失独", "失独家庭"]
    ),
    ("YOUFU", ["优抚", "优抚对象", "重点优抚", "重点优抚对象", "退役军人", "伤残军人", "复员军人", "参战退役"]),
    ("SANSHU", ["三属", "烈属"]), ("WULAO", ["五老"]),
    ("CENTENARIAN", ["百岁", "百岁老人"]), ("ADVANCED_AGE", ["高龄"]),
    ("EMPTY_NEST", ["空巢", "纯老", "纯老家庭"]), ("LIVES_ALONE", ["独居"]),
    ("NO_FAMILY", ["孤寡", "孤老"]), ("LEFT_BEHIND", ["留守"]),
  ]
}

extension Words {
  /// What takes back in brackets what stands before them: `低保（2025年已停）`, `失能（否）`, `低保（其妻）`. A
  /// death or a spouse in a longer remark may be the very ground of a category: `失独（独生子女死亡）`.
  private static let denials = [
    "停", "取消", "终止", "注销", "退出", "撤销", "申请", "待批", "待审", "公示", "拟", "否", "不是", "其妻",
    "其夫", "其子", "其女", "其配偶", "本人死亡", "本人已",
  ]
  private static let others: Set<String> = [
    "妻", "夫", "妻子", "丈夫", "配偶", "爱人", "儿子", "女儿", "死亡", "已死亡", "去世", "已去世", "过世", "已故",
    "原", "曾",
  ]

  /// Why a word is not registered as a category: a tick without a name, or a remark that takes it back.
  static func doubt(of word: String) -> Sentence? {
    if isYes(word) || word.lowercased() == "false" {
      return Sentence(
        zh: "“\(word)”没有写明是哪一类，未录入，请写类别名称",
        en: "“\(word)” does not say which category and is left out")
    }
    let plain = word.normalisedWidth()
    guard let bracket = plain.firstIndex(of: "(") else { return nil }
    let remark = plain[bracket...].filter { !"()".contains($0) }
    guard denials.contains(where: { remark.contains($0) }) || others.contains(remark) else {
      return nil
    }
    return Sentence(
      zh: "“\(word)”像是已停止、未批准或别人的，未录入，请核对",
      en: "“\(word)” may be over, not granted or another person's, and is left out")
  }
}

extension RowReader {
  /// The categories that have a column of their own (低保, 失能 …) which is ticked.
  mutating func tickedCategories(_ words: CategoryWords) -> [GradedCategory] {
    RosterRow.categoryColumns.compactMap { column in
      guard has(column), let text = optionalText(column) else { return nil }
      if Words.isYes(text) {
        let found = words.graded(column.name)
        return found.known.map {
          GradedCategory(
            category: $0, careLevel: found.careLevel,
            isAssumed: CategoryWords.isAssumed(column.name), disabilityGrade: found.grade)
        }
      }
      if !Words.isNo(text) {
        warn(
          column,
          Sentence(
            zh: "“\(text)”不是勾选（√ 或留空），未录入", en: "“\(text)” is no tick and is left out"))
      }
      return nil
    }
  }

  /// The categories of a cell; an unknown word stays a category of that name, with a warning.
  mutating func categories(_ column: Column, _ words: CategoryWords) -> [GradedCategory] {
    guard let text = optionalText(column) else { return [] }
    var result: [GradedCategory] = []
    for word in Words.parts(text) where !Words.noCategory.contains(word) {
      if let doubt = Words.doubt(of: word) {
        warn(column, doubt)
        continue
      }
      let found = words.graded(word)
      if found.known == nil {
        warn(
          column,
          Sentence(
            zh: "“\(word)”不是已知的类别，按原词登记；可在类别词表中补充",
            en: "“\(word)” is no known category and is kept as it is; a table of words can add it"))
      }
      add(
        GradedCategory(
          category: found.known ?? Category(named: word), careLevel: found.careLevel,
          isAssumed: CategoryWords.isAssumed(word), disabilityGrade: found.grade),
        to: &result, column)
    }
    return result
  }

  /// Adds a category, or what it says more of one that is there: of two disabilities the graver counts,
  /// and a level that a word says counts before one that a word is only taken for.
  mutating func add(_ one: GradedCategory, to list: inout [GradedCategory], _ column: Column) {
    guard let place = list.firstIndex(where: { $0.category == one.category }) else {
      list.append(one)
      return
    }
    let before = list[place]
    if one.careLevel != nil, before.careLevel == nil || before.isAssumed && !one.isAssumed {
      list[place].careLevel = one.careLevel
      list[place].isAssumed = one.isAssumed
    } else if before.isAssumed == one.isAssumed {
      list[place].careLevel = level(column, before.careLevel, said: one.careLevel)
    }
    list[place].disabilityGrade =
      [list[place].disabilityGrade, one.disabilityGrade].compactMap(\.self).min()
  }
}
