import CanteenDomain

/// One region of a region table (区划).
public struct RegionRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let region: Region
}

extension RegionRow {
  enum Columns {
    static let code = Column("编码", "区划编码", "区划代码", "代码", "code", required: true)
    static let name = Column("名称", "区划名称", "name", required: true)
    static let level = Column("级别", "层级", "level", required: true)
    static let parent = Column("上级编码", "上级", "上级区划", "parent", required: true)
  }

  /// The columns of a region table.
  public static let columns: [Column] = [
    Columns.code, Columns.name, Columns.level, Columns.parent,
  ]

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<RegionRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it; parents may stand below their children.
  public static func read(_ table: Table) -> [RowReading<RegionRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let code = reader.requiredText(Columns.code)
      let name = reader.requiredText(Columns.name)
      let level = reader.required(Columns.level, in: Words.level)
      let parent = reader.optionalText(Columns.parent)
      guard let code, let name, let level else { return reader.finish(nil) }
      return reader.finish(
        RegionRow(
          line: row.line,
          region: Region(
            code: Region.Code(code.normalisedWidth()), name: name, level: level,
            parent: parent.map { Region.Code($0.normalisedWidth()) })))
    }
  }
}

/// One canteen of a canteen table (助餐点); the day from which it keeps books is not in it.
public struct CanteenRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let code: Canteen.Code
  public let name: String
  public let kind: Canteen.Kind
  public let region: Region.Code
  public let operatorName: String
  public let creditCode: String?
  public let seats: Int?
  public let windows: [ServiceWindow]
  /// 开业日期, where the table has it.
  public let openedOn: Day?
}

extension CanteenRow {
  enum Columns {
    static let code = Column("编码", "助餐点编码", "食堂编码", "code", required: true)
    static let name = Column("名称", "助餐点名称", "食堂名称", "name", required: true)
    static let kind = Column("类型", "助餐点类型", "kind", required: true)
    static let region = Column("区划编码", "区划代码", "所属区划", "region", required: true)
    static let operatorName = Column("运营单位", "运营方", "operator", required: true)
    static let creditCode = Column("统一社会信用代码", "信用代码", "credit_code")
    static let seats = Column("座位数", "座位", "seats")
    static let breakfast = Column("早餐时段", "早餐", "breakfast")
    static let lunch = Column("午餐时段", "午餐", "lunch")
    static let dinner = Column("晚餐时段", "晚餐", "dinner")
    static let openedOn = Column("开业日期", "启用日期", "opened_on")
  }

  /// The columns of a canteen table.
  public static let columns: [Column] = [
    Columns.code, Columns.name, Columns.kind, Columns.region, Columns.operatorName,
    Columns.creditCode, Columns.seats, Columns.breakfast, Columns.lunch, Columns.dinner,
    Columns.openedOn,
  ]

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<CanteenRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it.
  public static func read(_ table: Table) -> [RowReading<CanteenRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = CanteenRow(&reader)
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let code = reader.requiredText(Columns.code)
    let name = reader.requiredText(Columns.name)
    let kind = reader.required(Columns.kind, in: Words.canteen)
    let region = reader.requiredText(Columns.region)
    let operatorName = reader.requiredText(Columns.operatorName)
    seats = reader.optional(
      Columns.seats, form: Sentence(zh: "不是座位数，请写成整数", en: "is no number of seats")
    ) { Int($0.normalisedWidth()).flatMap { $0 > 0 ? $0 : nil } }
    openedOn = reader.optional(Columns.openedOn, form: RowReader.dateForm) { Day(office: $0) }
    windows = [
      (MealPeriod.breakfast, Columns.breakfast), (.lunch, Columns.lunch), (.dinner, Columns.dinner),
    ].compactMap { period, column in reader.window(period, column) }
    guard let code, let name, let kind, let region, let operatorName else { return nil }
    line = reader.row.line
    self.code = code.normalisedWidth()
    self.name = name
    self.kind = kind
    self.region = Region.Code(region.normalisedWidth())
    self.operatorName = operatorName
    creditCode = reader.optionalText(Columns.creditCode)
  }
}

extension RowReader {
  /// A span of time such as `10:30-13:00`; nil where the canteen does not serve that meal.
  fileprivate mutating func window(_ period: MealPeriod, _ column: Column) -> ServiceWindow? {
    optional(
      column,
      form: Sentence(
        zh: "不是有效时段，请写成 10:30-13:00", en: "is no span of time; write it like 10:30-13:00")
    ) { text in
      let ends = text.normalisedWidth().split { "-–—~至".contains($0) }.map { TimeOfDay(String($0)) }
      guard ends.count == 2, let from = ends[0], let to = ends[1], from < to else { return nil }
      return ServiceWindow(period: period, from: from, to: to)
    }
  }
}
