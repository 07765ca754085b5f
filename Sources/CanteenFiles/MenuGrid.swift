import CanteenDomain

/// 排餐表: a week's plan as a grid, a row for each meal or part of it, a column for each weekday.
///
/// A cell holds dishes, separated by `、`; `（单点）` behind one says that it is sold by itself, a price
/// behind it (`红烧肉 8.00元`) what it costs.
public struct MenuGrid: Sendable, Hashable {
  /// A cell with its dishes.
  public struct Cell: Sendable, Hashable {
    public let line: Int
    public let period: MealPeriod
    /// 1 for Monday.
    public let weekday: Int
    public let entries: [MenuPlan.Entry]
  }
}

extension MenuGrid {
  private static let weekdays = ["一", "二", "三", "四", "五", "六", "日"]
  private static let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let period = Column("餐次", "餐别", "period", required: true)
  private static let part = Column("类别", "菜品类别", "category")
  private static let days: [Column] = zip(weekdays, english).map { word, english in
    Column(names: ["周\(word)", "星期\(word)", "礼拜\(word)", english])
  }

  /// The columns of a grid.
  public static let columns: [Column] = [period, part] + days

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(contentsOf path: String) throws(FileRefusal) -> [RowReading<[Cell]>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with its cells.
  public static func read(_ table: Table) -> [RowReading<[Cell]>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = cells(&reader)
      return reader.finish(value)
    }
  }

  private static func cells(_ reader: inout RowReader) -> [Cell]? {
    guard let period = reader.required(period, in: Words.period) else { return nil }
    var cells: [Cell] = []
    for (index, column) in days.enumerated() {
      let parts = Words.parts(reader.text(column))
      guard !parts.isEmpty else { continue }
      var entries: [MenuPlan.Entry] = []
      for part in parts {
        guard let entry = entry(part) else {
          reader.fail(
            column,
            Sentence(
              zh: "“\(part)”的价格看不懂，请写成 红烧肉 8.00元", en: "“\(part)” has a price that is none"))
          continue
        }
        entries.append(entry)
      }
      cells.append(
        Cell(line: reader.row.line, period: period, weekday: index + 1, entries: entries))
    }
    return cells
  }

  /// `红烧肉`, `红烧肉（单点）`, `红烧肉 8.00元`; nil if what stands for a price is none.
  static func entry(_ text: String) -> MenuPlan.Entry? {
    var name = text.normalisedWidth().trimmedSpaces()
    var isSingle = false
    for mark in ["(单点)", "（单点）"] where name.contains(mark) {
      name = name.split(separator: mark).joined().trimmedSpaces()
      isSingle = true
    }
    guard let space = name.lastIndex(of: " "), name.hasSuffix("元") else {
      return MenuPlan.Entry(name, isSingle: isSingle)
    }
    guard let price = Fen(yuan: String(name[space...])), price > 0 else { return nil }
    return MenuPlan.Entry(
      String(name[..<space]).trimmedSpaces(), price: price, isSingle: isSingle)
  }

  /// The plans of a week that starts on `monday`: the cells of one meal and day go together.
  public static func plans(
    _ cells: [Cell], canteen: Canteen.Code, monday: Day
  ) -> [MenuPlan] {
    var plans: [MenuPlan] = []
    for cell in cells {
      let day = monday + (cell.weekday - 1)
      if let place = plans.firstIndex(where: { $0.day == day && $0.period == cell.period }) {
        plans[place].entries += cell.entries
      } else {
        plans.append(
          MenuPlan(canteen: canteen, day: day, period: cell.period, entries: cell.entries))
      }
    }
    return plans.sorted { ($0.day, $0.period) < ($1.day, $1.period) }
  }
}
