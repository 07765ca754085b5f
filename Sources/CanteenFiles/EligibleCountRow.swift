import CanteenDomain

/// One row of a table of eligible persons.
public struct EligibleCountRow: Sendable, Hashable {
  public let count: EligibleCount
}

extension EligibleCountRow {
  enum Columns {
    static let canteen = Column("助餐点", "助餐点编码", "canteen", required: true)
    static let tier = Column("补贴类别", "类别", "tier")
    static let from = Column("起始日期", "起", "from", required: true)
    static let persons = Column("人数", "可申报人数", "persons", required: true)
  }

  /// The columns of such a table; a blank tier is everybody who is enrolled.
  public static let columns: [Column] = [
    Columns.canteen, Columns.tier, Columns.from, Columns.persons,
  ]

  /// Reads the table at `path`.
  public static func read(
    contentsOf path: String
  ) throws(FileRefusal) -> [RowReading<EligibleCountRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it. The same canteen, tier and day a second time is a fault: which
  /// of the two is right, the table cannot say.
  public static func read(_ table: Table) -> [RowReading<EligibleCountRow>] {
    var seen: [[String]: Int] = [:]
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = EligibleCountRow(&reader)
      if let count = value?.count {
        let key = [count.canteen, count.tier, count.from.description]
        if let line = seen[key] {
          reader.fail(
            Columns.persons,
            Sentence(
              zh: "与第 \(line) 行是同一类别和日期，请只留一行",
              en: "is of the same tier and day as line \(line); keep one of them"))
        }
        seen[key] = row.line
      }
      return reader.finish(value)
    }
  }

  private init?(_ reader: inout RowReader) {
    let canteen = reader.requiredText(Columns.canteen)
    let tier = reader.optionalText(Columns.tier) ?? ""
    let from = reader.required(Columns.from, form: RowReader.dateForm) { Day(office: $0) }
    let persons = reader.required(
      Columns.persons, form: Sentence(zh: "不是人数，请写整数", en: "is no whole number")
    ) { text in Int(text).flatMap { (0...10_000_000).contains($0) ? $0 : nil } }
    guard let canteen, let from, let persons else { return nil }
    count = EligibleCount(canteen: canteen, tier: tier, from: from, persons: persons)
  }
}
