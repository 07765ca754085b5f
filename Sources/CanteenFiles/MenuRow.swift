import CanteenDomain

/// One dish of a week's menu (食谱).
public struct MenuRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// Nil if the file does not say: then it is one canteen's menu.
  public let canteen: Canteen.Code?
  public let day: Day
  public let period: MealPeriod
  public let dish: Dish
}

extension MenuRow {
  enum Columns {
    static let canteen = Column("助餐点", "助餐点编码", "食堂", "食堂编码", "canteen")
    static let day = Column("日期", "供餐日期", "day", "date", required: true)
    static let period = Column("餐次", "餐别", "period", required: true)
    static let dish = Column("菜名", "菜品", "名称", "dish", required: true)
    static let category = Column("类别", "菜品类别", "category", required: true)
    static let price = Column("价格", "单价", "price")
    static let allergens = Column("过敏原", "致敏物", "allergens")
  }

  /// The columns of a menu.
  public static let columns: [Column] = [
    Columns.canteen, Columns.day, Columns.period, Columns.dish, Columns.category, Columns.price,
    Columns.allergens,
  ]

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<MenuRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it; whether the menu as a whole may be published is the domain's
  /// question (`Menu.checkPublishable`).
  public static func read(_ table: Table) -> [RowReading<MenuRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = MenuRow(&reader)
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let day = reader.required(Columns.day, form: RowReader.dateForm) { Day(office: $0) }
    let period = reader.required(Columns.period, in: Words.period)
    let name = reader.requiredText(Columns.dish)
    let category = reader.required(Columns.category, in: Words.dish)
    let price = reader.optionalPrice(Columns.price, max: SignInRow.priceMax)
    guard let day, let period, let name, let category else { return nil }
    line = reader.row.line
    canteen = reader.optionalText(Columns.canteen).map { $0.normalisedWidth() }
    self.day = day
    self.period = period
    dish = Dish(
      name: name, category: category, price: price,
      allergens: Words.parts(reader.text(Columns.allergens)),
      isSingle: category != .set && price != nil)
  }
}
