import CanteenDomain

extension RowReader {
  /// The document of a person: what kind it is by 证件类型, else by the form of its number.
  mutating func document(_ number: Column, kind: Column, asOf today: Day) -> IdentityDocument? {
    let stated = documentKind(kind)
    if let stated, case .none = stated { return noDocument(number, kind) }
    guard !self.text(number).isEmpty else {
      fail(
        number,
        Sentence(
          zh: "不能为空；确无证件的请写“无”，并填写出生日期",
          en: "must not be blank; write 无 for a person who has none, and the birth date"))
      return nil
    }
    guard let text = requiredText(number) else { return nil }
    let plain = RowReader.withoutMarks(text)
    if stated == nil, Words.noDocument.contains(plain) { return IdentityDocument.none }
    if let stated, !stated.isEighteenDigits {
      if let document = IdentityDocument(stated, number: plain) { return document }
      if (try? ResidentID(plain)) == nil {
        fail(
          number,
          Sentence(
            zh: "不是有效的\(stated.name.zh)号码", en: "is no number of a \(stated.name.en)"))
        return nil
      }
    } else if stated == nil, let document = RowReader.foreign(plain) {
      warn(
        number,
        Sentence(
          zh: "按\(document.kind.name.zh)录入，请核对证件类型",
          en: "is taken as a \(document.kind.name.en); compare it with the document"))
      return document
    }
    return residentDocument(plain, number, kind, stated, today)
  }

  private mutating func residentDocument(
    _ text: String, _ column: Column, _ kindColumn: Column, _ stated: IdentityDocument.Kind?,
    _ today: Day
  ) -> IdentityDocument? {
    let id: ResidentID
    do {
      id = try ResidentID(text)
    } catch {
      fail(column, error.sentence)
      return nil
    }
    if id.birthDate > today {
      fail(column, Sentence(zh: "号码中的出生日期晚于今天", en: "carries a birth date that has not come yet"))
      return nil
    }
    let document = IdentityDocument(id)
    if let stated, stated != document.kind {
      warn(
        kindColumn,
        Sentence(
          zh: "与号码不符，按\(document.kind.name.zh)录入",
          en: "does not fit the number, which is that of a \(document.kind.name.en)"))
    }
    return document
  }

  private mutating func noDocument(_ number: Column, _ kind: Column) -> IdentityDocument? {
    if let text = optionalText(number), !Words.noDocument.contains(RowReader.withoutMarks(text)) {
      fail(
        kind, Sentence(zh: "写的是无证件，却填了号码", en: "says that there is none, yet there is a number"))
      return nil
    }
    return IdentityDocument.none
  }

  private mutating func documentKind(_ column: Column) -> IdentityDocument.Kind? {
    guard let text = optionalText(column) else { return nil }
    if let kind = Words.document[text] { return kind }
    warn(
      column,
      Sentence(
        zh: "“\(text)”\(Words.document.form.zh)，按号码判断",
        en: "“\(text)” \(Words.document.form.en); the number decides"))
    return nil
  }

  /// A document whose number has letters where a resident ID has none.
  private static func foreign(_ text: String) -> IdentityDocument? {
    let bytes = Array(text.uppercased().utf8)
    guard let first = bytes.first, (0x41...0x5A).contains(first), bytes.count < 15 else {
      return nil
    }
    if let permit = IdentityDocument(.hkMacaoPermit, number: text) { return permit }
    // Passports of this country: a letter or two and seven or eight digits.
    let letters = bytes.prefix { (0x41...0x5A).contains($0) }.count
    let isPassport =
      letters <= 2 && bytes.count == 9 && bytes.dropFirst(letters).allSatisfy(isDigit)
    return isPassport ? IdentityDocument(.passport, number: text) : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// A number without the blanks, hyphens, quotes and invisible signs that say nothing.
  static func withoutMarks(_ text: String) -> String {
    if text.utf8.allSatisfy({ isDigit($0) || (0x41...0x5A).contains($0) || $0 == 0x2E }) {
      return text
    }
    let marks: Set<Unicode.Scalar> = ["-", "'", "`", "‘", "’", "\"", "“", "”", "—", "–", "‐", "_"]
    let kept = text.normalisedWidth().unicodeScalars.filter {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .format
        && $0.properties.generalCategory != .control && !marks.contains($0)
    }
    return String(String.UnicodeScalarView(kept))
  }

  /// The birth date with its source: the number's own, or else the column's.
  mutating func birth(
    _ column: Column, _ document: IdentityDocument, asOf today: Day
  ) -> (day: Day, source: RosterRow.BirthDateSource)? {
    let stated = has(column) ? statedBirth(column, today) : nil
    if let id = document.residentID {
      if let stated, stated != id.birthDate {
        warn(
          column,
          Sentence(
            zh: "与身份证号不符，按身份证号录入", en: "contradicts the ID number, which counts"))
      }
      return (id.birthDate, .idNumber)
    }
    if let stated { return (stated, .roster) }
    let missing = Sentence(
      zh: "没有可用的出生日期，无法计算年龄", en: "gives no birth date, so the age is not known")
    if document.kind == .none { fail(column, missing) } else { warn(column, missing) }
    return nil
  }

  private mutating func statedBirth(_ column: Column, _ today: Day) -> Day? {
    guard let text = optionalText(column) else { return nil }
    guard let date = OfficeDate(text), !date.isMonth, date.day <= today, date.day.year >= 1850
    else {
      warn(
        column,
        Sentence(zh: "不是有效的出生日期，未采用", en: "is no valid birth date and is not used"))
      return nil
    }
    return date.day
  }

  /// The sex of the number, or else the column's.
  mutating func sex(_ column: Column, _ document: IdentityDocument) -> Sex? {
    if let id = document.residentID {
      compareSex(column, with: id)
      return id.sex
    }
    return required(column, in: Words.sex)
  }

  /// Warns if the sex written contradicts the ID number, which then counts.
  private mutating func compareSex(_ column: Column, with number: ResidentID) {
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
