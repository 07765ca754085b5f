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

  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// 序号, as written.
  public let serial: String
  public let name: String
  /// As the ID number has it.
  public let sex: Sex
  public let idNumber: ResidentID
  /// Digits only; nil if blank or malformed.
  public let phone: String?
  /// 户籍地, 居住社区 and 居民小组 as written; finding their regions is the importer's task.
  public let hukou: String?
  public let community: String?
  public let group: String?
  public let categories: [Category]
  /// 类别起始; nil if the office did not say.
  public let categoryStart: Day?
  public let careLevel: CareLevel?
  public let diets: [Diet]
  public let contactName: String?
  public let contactPhone: String?
  public let card: String?
  public let remark: String?
}

extension RosterRow {
  enum Columns {
    static let serial = Column("序号", "编号", "no", "serial")
    static let name = Column("姓名", "老人姓名", "name", required: true)
    static let sex = Column("性别", "sex", "gender")
    static let idNumber = Column(
      "身份证号", "身份证号码", "公民身份号码", "身份证", "id_number", required: true)
    static let phone = Column("联系电话", "电话", "手机号", "手机号码", "本人电话", "phone")
    static let hukou = Column("户籍地", "户籍所在地", "户籍", "hukou")
    static let community = Column("居住社区", "社区", "所在社区", "所属社区", "community")
    static let group = Column("居民小组", "小组", "组别", "group")
    static let categories = Column("人员类别", "类别", "补贴类别", "对象类别", "category", "categories")
    static let categoryStart = Column("类别起始", "类别起始日期", "资格起始", "起始日期", "category_from")
    static let careLevel = Column("照护等级", "失能等级", "护理等级", "care_level")
    static let diets = Column("饮食禁忌", "忌口", "饮食要求", "diets", "diet")
    static let contactName = Column("紧急联系人", "联系人", "家属姓名", "contact_name")
    static let contactPhone = Column("紧急联系电话", "紧急联系人电话", "家属电话", "contact_phone")
    static let card = Column("卡号", "餐卡号", "就餐卡号", "card")
    static let remark = Column("备注", "说明", "remark")
  }

  /// The columns of a roster; without name and ID number a file is no roster.
  public static let columns: [Column] = [
    Columns.serial, Columns.name, Columns.sex, Columns.idNumber, Columns.phone, Columns.hukou,
    Columns.community, Columns.group, Columns.categories, Columns.categoryStart, Columns.careLevel,
    Columns.diets, Columns.contactName, Columns.contactPhone, Columns.card, Columns.remark,
  ]

  /// Reads the roster at `path`; see `read(_:asOf:)`.
  public static func read(
    contentsOf path: String, asOf today: Day
  ) throws(FileRefusal) -> [RowReading<RosterRow>] {
    read(try Table(contentsOf: path, columns: columns), asOf: today)
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a missing name, a faulty ID number, a birth date after `today`, an ID
  /// number that stands earlier under another name, or a card that is another person's. The same
  /// person again is a duplicate. A sex that contradicts the ID number, a malformed phone number,
  /// an age below 60 and unknown words are warnings.
  public static func read(_ table: Table, asOf today: Day) -> [RowReading<RosterRow>] {
    var seen = Seen()
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = RosterRow(&reader, today: today)
      let reading = reader.finish(value)
      guard let value = reading.value else { return reading }
      return seen.admit(value, reading, row)
    }
  }

  private init?(_ reader: inout RowReader, today: Day) {
    let name = reader.requiredText(Columns.name)
    let idNumber = RosterRow.idNumber(&reader, today: today)
    let start = reader.optional(Columns.categoryStart, form: RowReader.dateForm) { Day(office: $0) }
    phone = reader.phone(Columns.phone)
    contactPhone = reader.phone(Columns.contactPhone)
    careLevel = reader.careLevel(Columns.careLevel)
    diets = Words.parts(reader.text(Columns.diets)).map { Diet(code: Words.diet[$0], text: $0) }
    categories = Words.parts(reader.text(Columns.categories)).map {
      Category(named: Words.category[$0] ?? $0)
    }
    guard let name, let idNumber else { return nil }
    reader.compareSex(Columns.sex, with: idNumber)
    line = reader.row.line
    serial = reader.text(Columns.serial)
    self.name = name
    sex = idNumber.sex
    self.idNumber = idNumber
    hukou = reader.optionalText(Columns.hukou)
    community = reader.optionalText(Columns.community)
    group = reader.optionalText(Columns.group)
    categoryStart = start
    contactName = reader.optionalText(Columns.contactName)
    card = reader.optionalText(Columns.card).map { $0.normalisedWidth() }
    remark = reader.optionalText(Columns.remark)
  }

  private static func idNumber(_ reader: inout RowReader, today: Day) -> ResidentID? {
    guard let text = reader.requiredText(Columns.idNumber) else { return nil }
    do {
      // Offices write the number in groups; blanks inside it say nothing.
      let number = try ResidentID(text.filter { !$0.isWhitespace })
      if number.birthDate > today {
        reader.fail(
          Columns.idNumber,
          Sentence(zh: "中的出生日期晚于今天", en: "carries a birth date that has not come yet"))
        return nil
      }
      if number.birthDate.addingMonths(12 * 60) > today {
        reader.warn(Columns.idNumber, Sentence(zh: "不满60周岁", en: "is of a person below 60"))
      }
      return number
    } catch {
      reader.fail(Columns.idNumber, error.sentence)
      return nil
    }
  }

  /// Who and which cards came in earlier rows of the same file.
  private struct Seen {
    private var people: [String: RosterRow] = [:]
    private var cards: [String: Int] = [:]

    mutating func admit(
      _ value: RosterRow, _ reading: RowReading<RosterRow>, _ row: Row
    ) -> RowReading<RosterRow> {
      if let earlier = people[value.idNumber.number] {
        let again = earlier.name == value.name
        let remark = RowFault(
          address: row.address(Columns.idNumber.name),
          reason: again
            ? Sentence(
              zh: "与第 \(earlier.line) 行是同一人，不重复登记",
              en: "is the person of line \(earlier.line) again")
            : Sentence(
              zh: "与第 \(earlier.line) 行号码相同而姓名不同，请核对",
              en: "is the number of line \(earlier.line), which has another name"))
        return RowReading(
          line: row.line, value: nil, faults: again ? [] : [remark], warnings: reading.warnings,
          duplicate: again ? remark : nil)
      }
      if let card = value.card, let earlier = cards[card] {
        let fault = RowFault(
          address: row.address(Columns.card.name),
          reason: Sentence(
            zh: "“\(card)”已是第 \(earlier) 行的卡号",
            en: "“\(card)” is already the card of line \(earlier)"))
        return RowReading(line: row.line, value: nil, faults: [fault], warnings: reading.warnings)
      }
      people[value.idNumber.number] = value
      if let card = value.card { cards[card] = value.line }
      return reading
    }
  }
}

extension RowReader {
  /// A phone number of digits, or nil with a warning.
  mutating func phone(_ column: Column) -> String? {
    guard let text = optionalText(column) else { return nil }
    var digits = text.normalisedWidth().filter { !" -()".contains($0) && !$0.isWhitespace }
    if digits.hasPrefix("+86") { digits.removeFirst(3) }
    let isMobile = digits.utf8.count == 11 && digits.hasPrefix("1")
    // An area code and seven or eight digits, or these alone.
    let isLandline =
      digits.hasPrefix("0")
      ? (10...12).contains(digits.utf8.count) : (7...8).contains(digits.utf8.count)
    let startsRight =
      digits.dropFirst().first.map { !isMobile || ("3"..."9").contains($0) } ?? false
    if digits.allSatisfy(\.isASCIIDigit), startsRight,
      isMobile || (isLandline && !digits.hasPrefix("1"))
    {
      return digits
    }
    warn(
      column,
      Sentence(zh: "不像电话号码，未录入", en: "does not look like a phone number and is left out"))
    return nil
  }

  mutating func careLevel(_ column: Column) -> CareLevel? {
    guard let text = optionalText(column), text != "无" else { return nil }
    if let level = CareLevel(named: text) { return level }
    warn(
      column,
      Sentence(
        zh: "“\(text)”不是已知的等级（轻度、中度、重度或0–6级），未录入",
        en: "“\(text)” is no known level (mild, moderate, severe or 0 to 6) and is left out"))
    return nil
  }

  /// Warns if the sex written contradicts the ID number, which then counts.
  mutating func compareSex(_ column: Column, with number: ResidentID) {
    guard let text = optionalText(column) else { return }
    guard let sex = Words.sex[text] else {
      warn(
        column,
        Sentence(
          zh: "“\(text)”\(Words.sex.form.zh)，按身份证号录入",
          en: "“\(text)” \(Words.sex.form.en); the ID number counts"))
      return
    }
    if sex != number.sex {
      warn(
        column,
        Sentence(
          zh: "为“\(text)”，与身份证号不符，按身份证号录入为“\(number.sex.name.zh)”",
          en: "contradicts the ID number, which counts: \(number.sex.name.en)"))
    }
  }
}
