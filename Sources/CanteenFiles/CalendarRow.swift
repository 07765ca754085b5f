import CanteenDomain

/// One row of a yearly notice on holidays (节假日安排): a day, or the days from one to another.
public struct CalendarRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let days: [CalendarDay]
}

extension CalendarRow {
  enum Columns {
    static let day = Column("日期", "起", "开始日期", "date", "from", required: true)
    static let to = Column("至", "止", "结束日期", "to")
    static let kind = Column("类型", "类别", "kind", required: true)
    static let name = Column("名称", "节日", "name")
  }

  /// The columns of a holiday table.
  public static let columns: [Column] = [Columns.day, Columns.to, Columns.kind, Columns.name]

  /// The longest holiday that a row may hold, in days; more is a slip of the pen.
  static let longest = 31

  /// Reads the table at `path`; see `read(_:)`.
  public static func read(
    contentsOf path: String
  ) throws(FileRefusal) -> [RowReading<CalendarRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it.
  public static func read(_ table: Table) -> [RowReading<CalendarRow>] {
    table.rows.map { row in
      var reader = RowReader(row)
      let value = CalendarRow(&reader)
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let from = reader.required(Columns.day, form: RowReader.dateForm) { Day(office: $0) }
    let to = reader.optional(Columns.to, form: RowReader.dateForm) { Day(office: $0) }
    let kind = reader.required(Columns.kind, in: Words.calendarDay)
    guard let from, let kind else { return nil }
    let last = to ?? from
    guard last >= from, last - from < Self.longest else {
      reader.fail(
        Columns.to,
        Sentence(
          zh: "应在起始日期当天或之后，且一行不超过 \(Self.longest) 天",
          en: "must not be before the first day, and a row has at most \(Self.longest) days"))
      return nil
    }
    line = reader.row.line
    let name = reader.text(Columns.name)
    days = (0...(last - from)).map { CalendarDay(day: from + $0, kind: kind, name: name) }
  }
}

extension Words {
  static let calendarDay = WordList<CalendarDay.Kind>([
    (["节假日", "法定节假日", "放假", "假期", "休假", "休", "holiday"], .holiday),
    (
      [
        "调休上班", "调休上班日", "调休补班", "上班", "上班日", "补班", "补班日", "班", "workday",
      ], .workday
    ),
    (["平常", "普通", "撤销", "ordinary"], .ordinary),
  ])
}
