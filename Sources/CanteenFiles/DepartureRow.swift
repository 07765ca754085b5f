import CanteenDomain

/// One person of a list of deaths, moves or entries into institutions, as civil affairs (民政) or
/// the police send it.
public struct DepartureRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  public let name: String
  /// Nil if the list gives none that is whole: the person is then the one of the name and birth date.
  public let document: IdentityDocument?
  /// The number's own, or else the list's; never nil without a document.
  public let birthDate: Day?
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
    /// As in a roster, but a list may do without.
    static let idNumber = Column(names: RosterRow.Columns.idNumber.names)
  }

  /// The columns of such a list; the name is needed, a number or a birth date, and the date of what
  /// happened.
  public static let columns: [Column] = [
    RosterRow.Columns.serial, RosterRow.Columns.name, RosterRow.Columns.sex,
    RosterRow.Columns.documentKind, Columns.idNumber, RosterRow.Columns.birthDate,
    RosterRow.Columns.hukou, RosterRow.Columns.community, RosterRow.Columns.group,
    RosterRow.Columns.address, Columns.kind, Columns.day, RosterRow.Columns.deathDate,
    RosterRow.Columns.moveDate, RosterRow.Columns.movedTo, RosterRow.Columns.institutionDate,
    RosterRow.Columns.institution, Columns.remark, RosterRow.Columns.reason,
  ]

  /// What the column of numbers is called in remarks on a row.
  public static let numberColumnName = Columns.idNumber.name

  /// Reads the list at `path`; see `read(_:asOf:)`.
  public static func read(
    contentsOf path: String, asOf today: Day
  ) throws(FileRefusal) -> [RowReading<DepartureRow>] {
    read(try Table(contentsOf: path, columns: columns), asOf: today)
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a missing name, a faulty or missing number without a birth date beside it,
  /// a missing date, more dates than one, or a death after `today`. The same person and fact again is a duplicate.
  public static func read(_ table: Table, asOf today: Day) -> [RowReading<DepartureRow>] {
    var seen: [String: Int] = [:]
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = DepartureRow(&reader, table: table, today: today)
      let reading = reader.finish(value)
      guard let value = reading.value else { return reading }
      let who = value.document?.number ?? "\(value.name) \(value.birthDate?.description ?? "")"
      let key = "\(who)|\(value.kind.rawValue)|\(value.day)"
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
    let who = DepartureRow.who(&reader, today)
    let fact = DepartureRow.fact(&reader, table)
    guard let name, let who, let (kind, day, column) = fact else { return nil }
    if kind == .deceased, day > today {
      reader.fail(column, Sentence(zh: "晚于今天", en: "has not come yet"))
    }
    if let birth = who.birthDate, day < birth {
      reader.fail(column, Sentence(zh: "早于出生日期", en: "lies before the birth date"))
    }
    line = reader.row.line
    self.name = name
    document = who.document
    birthDate = who.birthDate
    self.kind = kind
    self.day = day
    place =
      reader.optionalText(
        kind == .inInstitution ? RosterRow.Columns.institution : RosterRow.Columns.movedTo)
      ?? reader.optionalText(RosterRow.Columns.institution)
    remark = reader.optionalText(Columns.remark)
  }

  /// The document, or else the birth date beside a number that is missing or damaged.
  private static func who(
    _ reader: inout RowReader, _ today: Day
  ) -> (document: IdentityDocument?, birthDate: Day?)? {
    var strict = reader
    let document = strict.document(
      Columns.idNumber, kind: RosterRow.Columns.documentKind, asOf: today)
    let stated = OfficeDate(reader.text(RosterRow.Columns.birthDate)).flatMap {
      $0.isMonth ? nil : $0.day
    }
    if let document, document.kind != .none {
      reader = strict
      return (document, document.residentID?.birthDate ?? stated)
    }
    guard let stated else {
      reader = strict
      if document != nil {
        reader.fail(
          RosterRow.Columns.birthDate,
          Sentence(
            zh: "没有证件号时必须填写完整的出生日期，否则无法认定是谁",
            en: "must be whole where there is no number, or nobody knows who it is"))
      }
      return nil
    }
    return (nil, stated)
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
