import CanteenDomain

/// One person of a roster (花名册), as the office's table has it.
public struct RosterRow: Sendable, Hashable {
  /// A diet or an allergy: its code if the word is known; the word itself is never lost.
  public struct Diet: Sendable, Hashable {
    /// The diets and allergies that a kitchen is told of by code.
    public enum Code: String, Sendable, Hashable, CaseIterable {
      case lowSalt = "low_salt"
      case diabetic
      case soft
      case liquid
      case halal
      case vegetarian
      case lowFat = "low_fat"
      case notSpicy = "not_spicy"
      case peanutAllergy = "peanut_allergy"
      case seafoodAllergy = "seafood_allergy"
      case milkAllergy = "milk_allergy"
      case eggAllergy = "egg_allergy"
      case glutenAllergy = "gluten_allergy"
    }

    /// Nil for a word of the office's own.
    public let code: Code?
    public let text: String
  }

  /// Where a birth date comes from.
  public enum BirthDateSource: String, Word, Sendable, Hashable, CaseIterable {
    /// The number of the document carries it.
    case idNumber = "id_number"
    /// The roster says so.
    case roster

    public var name: Sentence {
      switch self {
      case .idNumber: Sentence(zh: "证件号", en: "ID number")
      case .roster: Sentence(zh: "名册", en: "roster")
      }
    }
  }

  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// 序号, as written.
  public let serial: String
  public let name: String
  /// 曾用名: under which the person may be registered.
  public let formerNames: [String]
  /// As the ID number has it; as the roster has it for a document that does not tell.
  public let sex: Sex
  public let document: IdentityDocument
  /// Nil if neither the document nor the roster tells it.
  public let birthDate: Day?
  /// Nil if there is no birth date.
  public let birthDateSource: BirthDateSource?
  /// Digits only; without what was malformed.
  public let phones: [String]
  /// 户籍地, 居住社区 and 居民小组 or 网格 as written; finding their regions is the importer's task.
  public let hukou: String?
  public let community: String?
  /// What stands above a row whose table has no community in any row; nil otherwise.
  public let headings: RowHeadings?
  public let group: String?
  public let grid: String?
  /// 常住起始, the first day of living here without a break; nil if the office did not say.
  public let residenceSince: Day?
  /// 居住证; nil if the office did not say.
  public let hasResidencePermit: Bool?
  /// 现住址, as written.
  public let address: String?
  /// 人员类别, each with its term.
  public let terms: [Term]
  public let diets: [Diet]
  public let contactName: String?
  public let contactPhones: [String]
  /// 卡号: of the office's cards.
  public let cards: [String]
  /// Nil if the roster says nothing of it.
  public let status: RosterStatus?
  public let remark: String?

  /// The number of a document that is built as a resident ID; nil for other documents.
  public var idNumber: ResidentID? { document.residentID }
  /// The first of `phones`.
  public var phone: String? { phones.first }
  /// The first of `contactPhones`.
  public var contactPhone: String? { contactPhones.first }
}

extension RosterRow {
  /// Reads the roster at `path`; see `read(_:asOf:words:)`.
  public static func read(
    contentsOf path: String, asOf today: Day, words: CategoryWords = .standard
  ) throws(FileRefusal) -> [RowReading<RosterRow>] {
    read(try Table(contentsOf: path, columns: columns), asOf: today, words: words)
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a missing name, a faulty or missing number, a birth date after `today`, a
  /// number that stands earlier under another name, or a card that is another person's. The same
  /// person again is a duplicate. A sex that contradicts the number, malformed phone numbers, an age
  /// below 60, unknown words and remarks that speak of death are warnings.
  public static func read(
    _ table: Table, asOf today: Day, words: CategoryWords = .standard
  ) -> [RowReading<RosterRow>] {
    var seen = Seen()
    return read(table, asOf: today, words: words, &seen)
  }

  /// The same of one of several tables: who came in an earlier one does not come anew.
  public static func read(
    _ table: Table, asOf today: Day, words: CategoryWords, _ seen: inout Seen
  ) -> [RowReading<RosterRow>] {
    let communities = RosterCommunities(table)
    let readings = table.rows.mapInParallel { row in
      var reader = RowReader(row)
      let value = RosterRow(&reader, today: today, words: words, communities)
      return reader.finish(value)
    }
    let admitted = zip(readings, table.rows).map { reading, row in
      guard let value = reading.value else { return reading }
      return seen.admit(value, reading, row, sheet: table.sheet)
    }
    return doubting(admitted, table)
  }

  /// One number in eleven that a spreadsheet cut passes its check digit all the same: where some of
  /// a file's numbers were cut, those that end in 000 too are to be looked at.
  private static func doubting(
    _ readings: [RowReading<RosterRow>], _ table: Table
  ) -> [RowReading<RosterRow>] {
    let cut = ResidentID.Fault.tailLost.sentence
    guard readings.contains(where: { $0.faults.contains { $0.reason == cut } }) else {
      return readings
    }
    return readings.map { reading in
      guard let value = reading.value, value.idNumber?.number.hasSuffix("000") == true else {
        return reading
      }
      let address = CellAddress(
        file: table.fileName, line: reading.line, column: Columns.idNumber.name)
      return reading.warned(
        RowFault(
          address: address,
          reason: Sentence(
            zh: "末三位是000，而表中有号码被表格软件改过，请核对原件",
            en: "ends in 000, and a spreadsheet spoilt other numbers of the file; "
              + "compare it with the card")))
    }
  }

  private init?(
    _ reader: inout RowReader, today: Day, words: CategoryWords, _ communities: RosterCommunities
  ) {
    let name = reader.personName(Columns.name)
    let document = reader.document(Columns.idNumber, kind: Columns.documentKind, asOf: today)
    residenceSince = reader.date(Columns.residenceSince)
    hasResidencePermit = reader.holdsPermit(Columns.residencePermit)
    terms = reader.terms(words)
    phones = reader.phones(Columns.phone)
    let contact = reader.contact(Columns.contactName, phones: Columns.contactPhone)
    contactName = contact.name
    contactPhones = contact.phones
    diets = Words.parts(reader.text(Columns.diets)).map { Diet(code: Words.diet[$0], text: $0) }
    status = reader.status(asOf: today)
    guard let name, let document else { return nil }
    let sex = reader.sex(Columns.sex, document)
    let birth = reader.birth(Columns.birthDate, document, asOf: today)
    guard let sex else { return nil }
    if let birth, birth.day.addingMonths(12 * 60) > today {
      reader.warn(Columns.idNumber, Sentence(zh: "不满60周岁", en: "is of a person below 60"))
    }
    if let birth, birth.day.addingMonths(12 * 121) <= today {
      reader.warn(
        birth.source == .idNumber ? Columns.idNumber : Columns.birthDate,
        Sentence(zh: "已超过120周岁，请核对是否健在、有无写错", en: "is of a person above 120; see that it is right"))
    }
    line = reader.row.line
    serial = reader.text(Columns.serial)
    self.name = name
    formerNames = Words.parts(reader.text(Columns.formerNames)).map(\.nameWithoutBlanks)
    self.sex = sex
    self.document = document
    birthDate = birth?.day
    birthDateSource = birth?.source
    hukou = reader.optionalText(Columns.hukou)
    community = reader.community(Columns.community, communities)
    headings = communities.isLeftOut ? reader.row.headings : nil
    group = reader.optionalText(Columns.group)
    grid = reader.optionalText(Columns.grid)
    address = reader.optionalText(Columns.address)
    cards = reader.cards(Columns.card)
    remark = reader.optionalText(Columns.remark)
  }

  /// The first column that says something and says it otherwise than an earlier row of the person.
  private func differing(from earlier: RosterRow) -> Column? {
    let told: [(Column, isNew: Bool)] = [
      (Columns.phone, !Set(phones).isSubset(of: earlier.phones)),
      (Columns.hukou, hukou != nil && hukou != earlier.hukou),
      (Columns.community, community != nil && community != earlier.community),
      (Columns.group, isOtherGroup(than: earlier)),
      (Columns.address, address != nil && address != earlier.address),
      (Columns.categories, !Set(categories).isSubset(of: earlier.categories)),
      (Columns.diets, !Set(diets).isSubset(of: earlier.diets)),
      (Columns.contactPhone, !Set(contactPhones).isSubset(of: earlier.contactPhones)),
      (Columns.card, !Set(cards).isSubset(of: earlier.cards)),
      (Columns.status, status != nil && status != earlier.status),
    ]
    return told.first(where: \.isNew)?.0
  }

  private func isOtherGroup(than earlier: RosterRow) -> Bool {
    guard let group, group != earlier.group else { return false }
    let number = Region.groupNumber(group)
    return number == nil || number != earlier.group.flatMap(Region.groupNumber)
  }

  /// Who and which cards came in earlier rows of the same file.
  public struct Seen {
    private var people: [String: (row: RosterRow, sheet: String?)] = [:]
    private var cards: [String: Int] = [:]

    /// Nobody yet.
    public init() {}

    mutating func admit(
      _ value: RosterRow, _ reading: RowReading<RosterRow>, _ row: Row, sheet: String?
    ) -> RowReading<RosterRow> {
      // Without a number a person is the one of the same name, birth date and phone.
      let key =
        value.document.number
        ?? "\(value.name)|\(value.birthDate?.description ?? "")|\(value.phone ?? "")"
      if let (earlier, place) = people[key] {
        let place = place == sheet ? "" : place.map { "“\($0)”" } ?? ""
        func refused(_ column: Column, _ reason: Sentence) -> RowReading<RosterRow> {
          RowReading(
            line: row.line, value: nil,
            faults: [RowFault(address: row.address(column.name), reason: reason)],
            warnings: reading.warnings)
        }
        guard earlier.name == value.name else {
          return refused(
            Columns.idNumber,
            Sentence(
              zh: "与\(place)第 \(earlier.line) 行号码相同而姓名不同，请核对",
              en: "is the number of line \(earlier.line), which has another name"))
        }
        if let column = value.differing(from: earlier) {
          return refused(
            column,
            Sentence(
              zh: "与\(place)第 \(earlier.line) 行是同一人，而这一项不同，请合成一行",
              en:
                "differs from line \(earlier.line), which is the same person; make one row of them")
          )
        }
        let remark = Sentence(
          zh: "与\(place)第 \(earlier.line) 行是同一人，不重复登记",
          en: "is the person of line \(earlier.line) again")
        return RowReading(
          line: row.line, value: nil, warnings: reading.warnings,
          duplicate: RowFault(address: row.address(Columns.idNumber.name), reason: remark))
      }
      if let (card, earlier) = value.cards.lazy.compactMap({ [cards] card in
        cards[card].map { (card, $0) }
      }).first {
        let fault = RowFault(
          address: row.address(Columns.card.name),
          reason: Sentence(
            zh: "“\(card)”已是第 \(earlier) 行的卡号",
            en: "“\(card)” is already the card of line \(earlier)"))
        return RowReading(line: row.line, value: nil, faults: [fault], warnings: reading.warnings)
      }
      people[key] = (value, sheet)
      for card in value.cards { cards[card] = value.line }
      return reading
    }
  }
}

extension RowReader {
  /// A name without the blanks that offices put between its characters to line them up.
  mutating func personName(_ column: Column) -> String? {
    guard let text = requiredText(column) else { return nil }
    let scalars = text.unicodeScalars
    if let doubt = Self.doubt(ofName: text) {
      fail(column, doubt)
      return nil
    }
    if scalars.allSatisfy({ $0.properties.isIdeographic }) { return text }
    let visible = String(
      String.UnicodeScalarView(scalars.filter { $0.properties.generalCategory != .format }))
    guard visible.unicodeScalars.contains(where: { $0.properties.isIdeographic }) else {
      if visible.unicodeScalars.contains(where: { $0.properties.isAlphabetic }) { return visible }
      fail(column, Sentence(zh: "“\(text)”不像姓名", en: "“\(text)” does not look like a name"))
      return nil
    }
    return visible.nameWithoutBlanks
  }

  /// Why a cell does not hold the name of one person.
  private static func doubt(ofName text: String) -> Sentence? {
    let plain = text.normalisedWidth()
    if let bracket = plain.firstIndex(where: { "([【".contains($0) }),
      let kind = RosterStatus.kind(String(plain[bracket...])), kind != .active
    {
      return Sentence(
        zh: "“\(text)”写着“\(kind.name.zh)”，请填在“状态”一列，并写明日期",
        en: "“\(text)” says \(kind.name.en); write that under 状态, with the day")
    }
    if plain.contains(where: { "/、,;?*□＊×○●".contains($0) }) || plain.hasPrefix("例")
      || plain.contains("示例") || plain.count(where: \.isASCIIDigit) >= 7
    {
      let shown = text.numbersMasked
      return Sentence(zh: "“\(shown)”不像一个人的姓名", en: "“\(shown)” is not the name of one person")
    }
    return nil
  }

  /// The numbers of cards; one that a spreadsheet turned into 6.22E+18 is left out with a warning.
  mutating func cards(_ column: Column) -> [String] {
    guard let text = optionalText(column) else { return [] }
    var cards: [String] = []
    for card in Words.places(text) where !Words.nothing.contains(card) && !cards.contains(card) {
      if card.uppercased().contains("E+"), Double(card) != nil {
        warn(
          column,
          Sentence(
            zh: "被表格软件改成了科学计数法，末尾数字已丢失，未录入",
            en: "was turned into scientific notation by a spreadsheet and is left out"))
        continue
      }
      cards.append(card)
    }
    return cards
  }

  /// `有`, `无`, or the number of the permit, which is not kept.
  mutating func holdsPermit(_ column: Column) -> Bool? {
    guard let text = optionalText(column)?.normalisedWidth() else { return nil }
    if Words.isNo(text) || text == "未办" { return false }
    if Words.isYes(text) || text == "已办" { return true }
    if text.count(where: \.isWholeNumber) >= 8 { return true }
    warn(
      column,
      Sentence(
        zh: "应为“有”或“无”，未录入", en: "is to be 有 or 无 and is left out"))
    return nil
  }
}
