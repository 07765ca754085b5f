/// 服务统计: person-times and persons over some days, by month, canteen, meal, age or category.
///
/// 人次 and 人数 are two figures and never added to each other; persons of the parts do not add up to
/// those of the whole, because who came to two parts is one person.
public struct ServiceReport: Sendable, Hashable, Codable {
  /// By what the rows are told apart.
  public enum Grouping: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case month
    case canteen
    case period
    case age
    case category

    public var name: Sentence {
      switch self {
      case .month: Sentence(zh: "月份", en: "month")
      case .canteen: Sentence(zh: "助餐点", en: "canteen")
      case .period: Sentence(zh: "餐次", en: "meal")
      case .age: Sentence(zh: "年龄", en: "age")
      case .category: Sentence(zh: "补贴类别", en: "category")
      }
    }
  }

  /// 人次 and 人数 of one part, or of the whole.
  public struct Count: Sendable, Hashable, Codable {
    /// 人次.
    public var personTimes: Int
    /// 人数, each person once.
    public var persons: Int

    public init(personTimes: Int, persons: Int) {
      self.personTimes = personTimes
      self.persons = persons
    }
  }

  /// One part.
  public struct Row: Sendable, Hashable, Codable {
    public var key: String
    public var title: Sentence
    public var count: Count

    public init(key: String, title: Sentence, count: Count) {
      self.key = key
      self.title = title
      self.count = count
    }
  }

  /// Person-times of one part in one month: a field of the heat map.
  public struct Cell: Sendable, Hashable, Codable {
    /// Such as `2026-10`.
    public var month: String
    public var key: String
    public var personTimes: Int

    public init(month: String, key: String, personTimes: Int) {
      self.month = month
      self.key = key
      self.personTimes = personTimes
    }
  }

  /// What it covers: a region's name or a canteen's.
  public var place: String
  public var from: Day
  public var to: Day
  public var grouping: Grouping
  public var rows: [Row]
  public var total: Count
  /// 累计服务: from the first meal to the last day, whatever the first day of the report.
  public var cumulative: Count
  /// The day of the first meal; nil if there is none.
  public var since: Day?
  public var cells: [Cell]

  public init(
    place: String, from: Day, to: Day, grouping: Grouping, rows: [Row], total: Count,
    cumulative: Count, since: Day?, cells: [Cell]
  ) {
    self.place = place
    self.from = from
    self.to = to
    self.grouping = grouping
    self.rows = rows
    self.total = total
    self.cumulative = cumulative
    self.since = since
    self.cells = cells
  }

  /// The sentence that offices put at the head of a report.
  public var headline: Sentence {
    let start = since.map { "\($0)" } ?? ""
    return Sentence(
      zh: "\(place) \(from) 至 \(to)：\(total.personTimes) 人次，\(total.persons) 人；"
        + "自 \(start) 起累计服务 \(cumulative.personTimes) 人次，\(cumulative.persons) 人",
      en:
        "\(place), \(from) to \(to): \(total.personTimes) person-times, \(total.persons) persons; "
        + "since \(start) \(cumulative.personTimes) person-times, \(cumulative.persons) persons")
  }

  /// The months of the cells, in order.
  public var months: [String] { Set(cells.map(\.month)).sorted() }

  /// Person-times as bars of text, `width` characters for the longest.
  public func bars(width: Int) -> [(row: Row, bar: String)] {
    let most = max(1, rows.map(\.count.personTimes).max() ?? 1)
    return rows.map { row in
      let size = (row.count.personTimes * width + most - 1) / most
      return (row, String(repeating: "█", count: size))
    }
  }
}

/// Why there is no report.
public enum ServiceReportRefusal: Refusal, Hashable {
  case endsBeforeItStarts(from: Day, to: Day)
  case noCanteen(String)

  public var kind: RefusalKind {
    switch self {
    case .endsBeforeItStarts: .invalid
    case .noCanteen: .notFound
    }
  }

  public var sentence: Sentence {
    switch self {
    case .endsBeforeItStarts(let from, let to):
      Sentence(zh: "\(to) 早于 \(from)", en: "\(to) is before \(from)")
    case .noCanteen(let region):
      Sentence(zh: "\(region) 没有助餐点", en: "\(region) has no canteen")
    }
  }
}
