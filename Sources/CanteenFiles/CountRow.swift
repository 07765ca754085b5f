import CanteenDomain

/// One row of a table of counts: the till by means of payment, or portions, trays and receipts by meal.
public struct CountRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let count: IndependentCount
}

extension CountRow {
  enum Columns {
    static let canteen = Column("助餐点", "助餐点编码", "canteen", required: true)
    static let day = Column("日期", "date", required: true)
    static let source = Column("来源", "source", required: true)
    static let key = Column("餐次或支付方式", "餐次", "支付方式", "key", required: true)
    static let amount = Column("数量", "数量或金额", "金额", "amount", required: true)
  }

  /// The columns of such a table; the till's amounts are in yuan.
  public static let columns: [Column] = [
    Columns.canteen, Columns.day, Columns.source, Columns.key, Columns.amount,
  ]

  /// Reads the table at `path`.
  public static func read(
    contentsOf path: String, asOf today: Day
  ) throws(FileRefusal) -> [RowReading<CountRow>] {
    read(try Table(contentsOf: path, columns: columns), asOf: today)
  }

  /// Every row with what became of it. A count of a day after `today` is a fault; the same count a second time is a fault: which of the two is
  /// right, the table cannot say.
  public static func read(_ table: Table, asOf today: Day) -> [RowReading<CountRow>] {
    var seen: [[String]: Int] = [:]
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = CountRow(&reader, asOf: today)
      if let count = value?.count {
        let key = [count.canteen, count.day.description, count.source.rawValue, count.key]
        if let line = seen[key] {
          reader.fail(
            Columns.amount,
            Sentence(
              zh: "与第 \(line) 行是同一清点，请只留一行", en: "counts the same as line \(line); keep one of them"
            ))
        }
        seen[key] = row.line
      }
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader, asOf today: Day) {
    let canteen = reader.text(Columns.canteen)
    let day = reader.required(Columns.day, form: RowReader.dateForm) { Day(office: $0) }
    if let day { reader.refuseFuture(day, Columns.day, asOf: today) }
    let source = reader.required(Columns.source, in: Words.countSource)
    guard let source else { return nil }
    let isTill = source == .till
    let key = reader.required(
      Columns.key,
      form: isTill
        ? Sentence(
          zh: "不是支付方式，可写 \(MeansOfPayment.allCases.map(\.name.zh).joined(separator: "、"))",
          en: "is no means of payment")
        : Sentence(
          zh: "不是餐次，可写 \(MealPeriod.allCases.map(\.name.zh).joined(separator: "、"))",
          en: "is no meal")
    ) { Self.key($0, isTill: isTill) }
    let amount = reader.required(
      Columns.amount,
      form: isTill
        ? Sentence(zh: "不是不小于 0 的金额（元），写法如 326.50", en: "is no amount in yuan from 0 on")
        : Sentence(zh: "不是份数，请写不小于 0 的整数", en: "is no whole number from 0 on")
    ) { text in
      isTill
        ? Fen(yuan: text).flatMap { $0 < 0 ? nil : $0.count }
        : Int(text).flatMap { $0 < 0 ? nil : $0 }
    }
    guard let day, let key, let amount else { return nil }
    line = reader.row.line
    count = IndependentCount(canteen: canteen, day: day, source: source, key: key, amount: amount)
  }

  private static func key(_ text: String, isTill: Bool) -> String? {
    isTill
      ? MeansOfPayment.allCases.first { $0.rawValue == text || $0.name.zh == text }?.rawValue
      : MealPeriod.allCases.first { $0.rawValue == text || $0.name.zh == text }?.rawValue
  }
}

extension Words {
  static let countSource = WordList<IndependentCount.Source>([
    (["收银", "till"], .till), (["闸机", "餐盘", "gate"], .gate),
    (["送餐回执", "delivered"], .delivered), (["制作", "厨房", "厨房份数", "produced"], .produced),
    (["上餐结转", "carried_in"], .carriedIn), (["结转", "carried_over"], .carriedOver),
    (["废弃", "wasted"], .wasted),
  ])
}
