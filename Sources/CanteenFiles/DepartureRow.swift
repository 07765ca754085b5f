import CanteenDomain

/// One person of a list of deaths, moves or entries into institutions, as civil affairs (民政) or
/// the police send it.
public struct DepartureRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let name: String
  public let document: IdentityDocument
  /// Never `active`.
  public let kind: RosterStatus.Kind
  /// 死亡日期, 迁出日期 or 入住日期.
  public let day: Day
  /// 迁往 or 机构名称, as written.
  public let place: String?
  public let remark: String?
}

extension DepartureRow {
  enum Columns {
    /// What a date column without further words may mean is told by 变动类型, or by the file's title.
    static let kind = Column(
      "变动类型", "状态", "类型", "变动情况", "变动原因", "注销原因", "人员状态", "注销类型", "kind")
    static let day = Column(
      "变动日期", "日期", "注销日期", "变动时间", "变更日期", "注销时间", "状态日期", "day", "date")
    static let remark = Column("备注", "说明", "remark")
  }

  /// The columns of such a list; name and number are needed, and one of the dates.
  public static let columns: [Column] = [
    RosterRow.Columns.serial, RosterRow.Columns.name, RosterRow.Columns.sex,
    RosterRow.Columns.documentKind, RosterRow.Columns.idNumber, RosterRow.Columns.birthDate,
    RosterRow.Columns.hukou, RosterRow.Columns.community, RosterRow.Columns.group,
    RosterRow.Columns.address, Columns.kind, Columns.day, RosterRow.Columns.deathDate,
    RosterRow.Columns.moveDate, RosterRow.Columns.movedTo, RosterRow.Columns.institutionDate,
    RosterRow.Columns.institution, Columns.remark, RosterRow.Columns.reason,
  ]

  /// Reads the list at `path`; see `read(_:asOf:)`.
  public static func read(
    contentsOf path: String, asOf today: Day
  ) throws(FileRefusal) -> [RowReading<DepartureRow>] {
    read(try Table(contentsOf: path, columns: columns), asOf: today)
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a missing name, a faulty or missing number, a missing date, more dates
  /// than one, or a death after `today`. The same person and fact again is a duplicate.
  public static func read(_ table: Table, asOf today: Day) -> [RowReading<DepartureRow>] {
    var seen: [String: Int] = [:]
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = DepartureRow(&reader, table: table, today: today)
      let reading = reader.finish(value)
      guard let value = reading.value else { return reading }
      let key = "\(value.document.number ?? value.name)|\(value.kind.rawValue)|\(value.day)"
      guard let earlier = seen[key] else {
        seen[key] = row.line
        return reading
      }
      return RowReading(
        line: row.line, value: nil, warnings: reading.warnings,
        duplicate: RowFault(
          address: row.address,
          reason: Sentence(
            zh: "与第 \(earlier) 行是同一件事，不重复登记", en: "says line \(earlier) again")))
    }
  }

  private init?(_ reader: inout RowReader, table: Table, today: Day) {
    let name = reader.personName(RosterRow.Columns.name)
    let document = reader.document(
      RosterRow.Columns.idNumber, kind: RosterRow.Columns.documentKind, asOf: today)
    let fact = DepartureRow.fact(&reader, table)
    guard let name, let document, let (kind, day, column) = fact else { return nil }
    if kind == .deceased, day > today {
      reader.fail(column, Sentence(zh: "晚于今天", en: "has not come yet"))
    }
    if let birth = document.residentID?.birthDate, day < birth {
      reader.fail(column, Sentence(zh: "早于出生日期", en: "lies before the birth date"))
    }
    line = reader.row.line
    self.name = name
    self.document = document
    self.kind = kind
    self.day = day
    place =
      reader.optionalText(
        kind == .inInstitution ? RosterRow.Columns.institution : RosterRow.Columns.movedTo)
      ?? reader.optionalText(RosterRow.Columns.institution)
    remark = reader.optionalText(Columns.remark)
  }

  private static func fact(
    _ reader: inout RowReader, _ table: Table
  ) -> (RosterStatus.Kind, Day, Column)? {
    let dated: [(Column, RosterStatus.Kind)] = [
      (RosterRow.Columns.deathDate, .deceased), (RosterRow.Columns.moveDate, .moved),
      (RosterRow.Columns.institutionDate, .inInstitution),
    ]
    let filled = dated.filter { !reader.text($0.0).isEmpty }
    if filled.count > 1 {
      reader.fail(
        filled[1].0,
        Sentence(
          zh: "与“\(filled[0].0.name)”同时填写，请分两行写明",
          en: "stands beside “\(filled[0].0.name)”; write two rows"))
      return nil
    }
    if let (column, kind) = filled.first { return reader.date(column).map { (kind, $0, column) } }
    guard reader.has(Columns.day) else {
      let needed = dated.first { reader.has($0.0) }?.0 ?? RosterRow.Columns.deathDate
      reader.fail(needed, Sentence(zh: "不能为空", en: "must not be blank"))
      return nil
    }
    // The file's title says what a plain date means where the row does not: 2025年死亡人员名单.
    let text = reader.text(Columns.kind)
    guard let kind = RosterStatus.kind(text.isEmpty ? table.title : text), kind != .active else {
      reader.fail(
        Columns.kind,
        Sentence(
          zh: "“\(text)”没有写明是死亡、迁出还是入住机构",
          en: "“\(text)” does not say whether it is a death, a move or an institution"))
      return nil
    }
    guard let text = reader.requiredText(Columns.day) else { return nil }
    guard let date = OfficeDate(text), !date.isMonth else {
      reader.fail(
        Columns.day, Sentence(zh: "“\(text)”\(RowReader.dateForm.zh)", en: RowReader.dateForm.en))
      return nil
    }
    return (kind, date.day, Columns.day)
  }
}
