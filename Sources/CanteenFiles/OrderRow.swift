import CanteenDomain

/// One line of a list of orders (订餐表): a day-care centre or a care home sends one a person.
public struct OrderRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// A card, or `#12` for the register's number.
  public let person: String
  public let day: Day
  /// Nil for the command's own.
  public let period: MealPeriod?
  public let mode: ServiceMode?
  public let size: Order.Size
  /// Empty for the set.
  public let dishes: [String]
  public let note: String
}

extension OrderRow {
  enum Columns {
    static let person = Column("卡号", "登记号", "就餐卡号", "person", "card", required: true)
    static let day = Column("日期", "用餐日期", "day", "date", required: true)
    static let period = Column("餐次", "餐别", "period")
    static let mode = Column("用餐方式", "取餐方式", "mode")
    static let size = Column("份量", "大小份", "size")
    static let dishes = Column("菜品", "菜名", "dishes")
    static let note = Column("备注", "note")
  }

  /// The columns of a list of orders.
  public static let columns: [Column] = [
    Columns.person, Columns.day, Columns.period, Columns.mode, Columns.size, Columns.dishes,
    Columns.note,
  ]

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<OrderRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it.
  public static func read(_ table: Table) -> [RowReading<OrderRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = OrderRow(&reader)
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let person = reader.requiredText(Columns.person)
    let day = reader.required(Columns.day, form: RowReader.dateForm) { Day(office: $0) }
    let period = reader.optional(Columns.period, form: Words.period.form) { Words.period[$0] }
    let mode = reader.optional(Columns.mode, form: Words.mode.form) { Words.mode[$0] }
    let size = reader.optional(Columns.size, form: Words.size.form) { Words.size[$0] }
    guard let person, let day else { return nil }
    line = reader.row.line
    self.person = person.normalisedWidth()
    self.day = day
    self.period = period
    self.mode = mode
    self.size = size ?? .regular
    dishes = Words.parts(reader.text(Columns.dishes))
    note = reader.text(Columns.note)
  }
}

extension Words {
  static let size = WordList<Order.Size>([
    (["常规", "标准", "regular"], .regular), (["小份", "小", "small"], .small),
    (["大份", "大", "large"], .large),
  ])
}
